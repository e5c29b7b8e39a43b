"""The words that choose log lines."""

import pytest

from lambdatui.telemetry.log_query import LogQuery


def test_all_words_must_be_there_in_any_case() -> None:
    query = LogQuery.parse("Cart 8812")
    assert query.matches("loading CART number 8812")
    assert not query.matches("loading cart")


def test_exclamation_mark_excludes() -> None:
    assert LogQuery.parse("!debug").matches("INFO x")
    assert not LogQuery.parse("!debug").matches("[DEBUG] x")


def test_known_keys_look_into_fields() -> None:
    query = LogQuery.parse("req:7f3c level:error")
    assert query.matches("x", {"req": "7f3ca0b1", "level": "[ERROR] boom"})
    assert not query.matches("req:7f3c level:error", {"req": "a11e", "level": "[ERROR]"})


def test_unknown_key_is_ordinary_text() -> None:
    assert LogQuery.parse("https://x").matches("GET https://x/y")


def test_a_line_is_found_by_what_it_belongs_to() -> None:
    line = {"request_id": "7f3ca0b1", "environment": "e2", "function": "orders-api"}
    assert LogQuery.parse("req:7f3c env:e2 fn:orders level:warn").matches_line("[WARNING] low", **line)
    assert not LogQuery.parse("env:e3").matches_line("[WARNING] low", **line)


def test_level_is_looked_for_at_the_beginning_only() -> None:
    nowhere = {"request_id": None, "environment": None, "function": None}
    assert not LogQuery.parse("level:error").matches_line("there was no error", **nowhere)


@pytest.mark.parametrize(
    "line",
    [
        "[ERROR] KeyError: 'id'",
        "[ERROR]\t2026-11-21T13:39:47.486Z\t157f0e53-7700-4cbb-9c49-0eb7b3b18dad\tno such order",
        "2026-11-21T13:39:47.486Z\t157f0e53-7700-4cbb-9c49-0eb7b3b18dad\tERROR\tno such order",
        "2026-11-21T13:39:47.486Z\tundefined\tERROR\tUncaught Exception",
        '{"timestamp":"2026-11-21T13:39:47Z","level":"ERROR","message":"no such order"}',
        '{"message": "no such order", "level": "error"}',
        "REPORT RequestId: 157f0e53\tDuration: 3000.00 ms\tStatus: timeout",
        "REPORT RequestId: 157f0e53\tDuration: 8.00 ms\tStatus: error\tError Type: Runtime.ExitError",
        '{"time":"2026-11-21T14:06:32Z","type":"platform.report","record":{"requestId":"7","status":"timeout"}}',
        "INIT_REPORT Init Duration: 10006.51 ms\tPhase: init\tStatus: timeout",
    ],
)
def test_level_error_finds_errors_however_they_are_written(line: str) -> None:
    assert matches("level:error", line)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-21T13:39:47.486Z\t157f0e53-7700-4cbb-9c49-0eb7b3b18dad\tINFO\tERROR is a word",
        '{"level":"INFO","message":"level ERROR"}',
        '{"time":"2026-11-21T14:06:32Z","type":"platform.report","record":{"requestId":"7","status":"success"}}',
        '["level", "ERROR"]',
        "REPORT RequestId: 157f0e53\tDuration: 3.00 ms",
        "Status: timeout",
    ],
)
def test_level_error_finds_nothing_else(line: str) -> None:
    assert not matches("level:error", line)


def matches(words: str, line: str) -> bool:
    return LogQuery.parse(words).matches_line(line, request_id=None, environment=None, function=None)


def test_no_words_want_every_line() -> None:
    assert LogQuery.parse("  ").matches_line("x", request_id=None, environment=None, function=None)
