"""The filter grammar."""

from lambdatui.tui.search import Query, mark


def test_all_words_must_be_there_in_any_case() -> None:
    query = Query.parse("Cart 8812")
    assert query.matches("loading CART number 8812")
    assert not query.matches("loading cart")


def test_exclamation_mark_excludes() -> None:
    assert Query.parse("!debug").matches("INFO x")
    assert not Query.parse("!debug").matches("[DEBUG] x")


def test_known_keys_look_into_fields() -> None:
    query = Query.parse("req:7f3c level:error")
    assert query.matches("x", {"req": "7f3ca0b1", "level": "[ERROR] boom"})
    assert not query.matches("req:7f3c level:error", {"req": "a11e", "level": "[ERROR]"})


def test_unknown_key_is_ordinary_text() -> None:
    assert Query.parse("https://x").matches("GET https://x/y")


def test_hits_are_marked_without_changing_the_text() -> None:
    assert mark((("loading Cart", "plain"),), ("cart",)) == (("loading ", "plain"), ("Cart", "hit"))


def test_text_whose_length_changes_in_lower_case_is_left_alone() -> None:
    line = (("İstanbul cart", "plain"),)
    assert mark(line, ("cart",)) == line
