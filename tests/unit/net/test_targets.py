"""Request targets in all their forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.net.targets import Target, parse_target


@pytest.mark.parametrize(
    ("raw", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/a/b?c=d&e", "/a/b", "c=d&e"),
        (b"/a?", "/a", ""),
        (b"/a?b?c", "/a", "b?c"),
        (b"/a%2Fb%20c", "/a%2Fb%20c", ""),
        (b"/a#fragment", "/a", ""),
        (b"/a?b#c?d", "/a", "b"),
        (b"//evil.example/x", "//evil.example/x", ""),
        (b"http://host:81/a?b", "/a", "b"),
        (b"http://host", "/", ""),
        (b"http://host?b=/c", "/", "b=/c"),
        (b"HTTPS://user@host/a", "/a", ""),
        (b"*", "*", ""),
        (b"host:443", "host:443", ""),
        (b"/caf\xc3\xa9?\xff", "/caf%C3%A9", "%FF"),
    ],
)
def test_a_target_is_split_as_its_form_says(raw: bytes, path: str, query: str) -> None:
    assert parse_target(raw) == Target(path, query)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_it_fail_or_leave_ascii(raw: bytes) -> None:
    target = parse_target(raw)
    assert target.path.isascii()
    assert target.query.isascii()
    assert "#" not in target.path + target.query
