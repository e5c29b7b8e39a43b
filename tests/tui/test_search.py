"""What a filter found is marked."""

from lambdatui.tui.search import mark


def test_hits_are_marked_without_changing_the_text() -> None:
    assert mark((("loading Cart", "plain"),), ("cart",)) == (("loading ", "plain"), ("Cart", "hit"))


def test_text_whose_length_changes_in_lower_case_is_left_alone() -> None:
    line = (("İstanbul cart", "plain"),)
    assert mark(line, ("cart",)) == line
