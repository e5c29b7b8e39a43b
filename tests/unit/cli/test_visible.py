"""What a function may do to a terminal: nothing."""

import pytest

from lambdatui.cli.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nover lines, ü, 日本, \u00a0", "plain\ttext\nover lines, ü, 日本, \u00a0"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("over\rprinted \x08\x7f\x00", "over\\x0dprinted \\x08\\x7f\\x00"),
        ("\x9b31m \x85", "\\x9b31m \\x85"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
    ],
)
def test_control_characters_are_shown_instead_of_obeyed(text: str, shown: str) -> None:
    assert visible(text) == shown
