"""The words that choose log lines."""

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


def test_no_words_want_every_line() -> None:
    assert LogQuery.parse("  ").matches_line("x", request_id=None, environment=None, function=None)
