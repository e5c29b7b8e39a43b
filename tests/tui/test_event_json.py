"""Is it an event, and if not, where."""

from lambdatui.tui.event_json import flaw


def test_valid_json_and_empty_payload_are_events() -> None:
    assert flaw('{"a": [1, null]}') is None
    assert flaw("  \n") is None


def test_flaw_has_line_column_and_reason() -> None:
    found = flaw('{\n  "a": 1\n  "b": 2\n}')
    assert str(found) == "line 3 col 3: Expecting ',' delimiter"


def test_absurd_nesting_is_a_flaw_and_no_crash() -> None:
    assert flaw("[" * 100_000) is not None
