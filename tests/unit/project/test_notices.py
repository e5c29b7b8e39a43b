"""The system's notices, or files compared in their place: what is a notice, what is none, and what ends a wait."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.project.notices import Notices, step_ms

STOP = threading.Event()


@contextlib.contextmanager
def started(directory: Path, *, polling: bool) -> Iterator[Notices]:
    notices = Notices([str(directory)], polling=polling)
    try:
        yield notices
    finally:
        notices.close()


@pytest.fixture(params=["system", "polling"])
def polling(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "polling")


def names_until(notices: Notices, *names: str) -> set[str]:
    """What changed until all of ``names`` had."""
    found: set[str] = set()
    while not found.issuperset(names):
        found |= {os.path.basename(path) for path in notices.wait(STOP, 0.0) or set()}
    return found


def test_a_save_is_noticed(polling: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    os.utime(tmp_path / "app.py", (0, 0))  # compared files differ by whole seconds

    with started(tmp_path, polling=polling) as notices:
        (tmp_path / "app.py").write_text("x = 12\n")
        assert names_until(notices, "app.py") == {"app.py"}


def test_both_names_of_a_file_that_is_renamed_are_noticed(polling: bool, tmp_path: Path) -> None:
    (tmp_path / "draft.py").write_text("x = 1\n")

    with started(tmp_path, polling=polling) as notices:
        (tmp_path / "draft.py").rename(tmp_path / "app.py")
        assert names_until(notices, "app.py", "draft.py") == {"app.py", "draft.py"}


def test_a_deleted_file_is_noticed(polling: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")

    with started(tmp_path, polling=polling) as notices:
        (tmp_path / "app.py").unlink()
        assert names_until(notices, "app.py") == {"app.py"}


def test_what_changes_below_a_subdirectory_is_not_noticed(polling: bool, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()

    with started(tmp_path, polling=polling) as notices:
        (tmp_path / "below" / "app.py").write_text("x = 1\n")
        (tmp_path / "last").write_text("")
        assert "app.py" not in names_until(notices, "last")


def test_being_told_to_stop_ends_the_wait(polling: bool, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with started(tmp_path, polling=polling) as notices:
        assert notices.wait(stop, 0.0) == set()


def test_reading_a_file_is_no_change(polling: bool, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")

    with started(tmp_path, polling=polling) as notices:
        (tmp_path / "app.py").read_text()
        (tmp_path / "last").write_text("")
        assert "app.py" not in names_until(notices, "last")


def test_a_directory_that_is_gone_is_an_error(polling: bool, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Notices([str(tmp_path / "gone")], polling=polling)


def test_a_directory_that_is_gone_may_be_left_out(tmp_path: Path) -> None:
    Notices([str(tmp_path / "gone")], strict=False).close()


def test_steps_are_longer_once_nobody_has_saved_for_a_minute() -> None:
    assert [step_ms(quiet_s) for quiet_s in (0.0, 59.0, 60.0, 3600.0)] == [10, 10, 25, 25]
