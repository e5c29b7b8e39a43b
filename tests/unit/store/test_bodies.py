from pathlib import Path

import pytest

from lambdatui.store.bodies import INLINE_BYTES, Bodies, BodyLost


@pytest.fixture
def bodies(tmp_path: Path) -> Bodies:
    return Bodies(tmp_path / "blobs")


@pytest.mark.parametrize("body", [None, b"", b"x" * INLINE_BYTES])
def test_short_payload_stays_in_its_row(bodies: Bodies, body: bytes | None) -> None:
    assert bodies.put(body) == (body, None)
    assert not bodies.directory.exists()


def test_long_payload_becomes_a_file_named_after_its_content(bodies: Bodies) -> None:
    body = b"x" * (INLINE_BYTES + 1)
    stored = bodies.put(body)
    assert stored == bodies.put(body)
    assert bodies.get(*stored) == body
    assert [path.name for path in bodies.directory.iterdir()] == [stored[1]]


def test_file_that_is_gone_is_an_error(bodies: Bodies) -> None:
    with pytest.raises(BodyLost, match="0abc"):
        bodies.get(None, "0abc")


def test_only_named_files_are_kept(bodies: Bodies) -> None:
    (_, kept), (_, gone) = (bodies.put(bytes([number]) * (INLINE_BYTES + 1)) for number in (1, 2))
    bodies.keep_only([kept or ""])
    assert [path.name for path in bodies.directory.iterdir()] == [kept]
    assert gone != kept
    assert bodies.size_bytes() == INLINE_BYTES + 1
