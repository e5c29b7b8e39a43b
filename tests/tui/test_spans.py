"""Rows of toned text."""

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.tui.spans import Line, cells, cut, flow, left, plain, right, spread, width


def test_wide_characters_count_double() -> None:
    assert width((("漢字", "plain"), ("a", "dim"))) == 5


@given(st.text(max_size=30), st.integers(0, 20))
def test_left_fills_exactly_its_room(text: str, room: int) -> None:
    from lambdatui.tui.sanitise import clean

    assert cells(left(clean(text), room)) == room


def test_cut_text_ends_in_an_ellipsis() -> None:
    assert left("thumbnailer", 6) == "thumb…"
    assert right("7", 3) == "  7"


def test_spread_drops_the_right_end_where_both_do_not_fit() -> None:
    start: Line = (("start", "plain"),)
    end: Line = (("end", "dim"),)
    assert plain(spread(start, end, 10)) == "start  end"
    assert plain(spread(start, end, 8)) == "start"


def test_long_line_breaks_between_words_and_keeps_tones() -> None:
    line: Line = (("No environment of ", "dim"), ("orders-api", "plain"), (" yet", "dim"))
    rows = flow([line], 18)
    assert [plain(row) for row in rows] == ["No environment of", "orders-api yet"]
    assert rows[1][0] == ("orders-api", "plain")


def test_word_longer_than_a_row_is_broken() -> None:
    assert [plain(row) for row in flow([(("x" * 25, "plain"),)], 10)] == ["x" * 10, "x" * 10, "x" * 5]


@given(st.lists(st.text("ab 漢", max_size=12), max_size=5), st.integers(8, 20))
def test_no_row_is_wider_than_its_room(texts: list[str], room: int) -> None:
    line: Line = tuple((text, "plain") for text in texts)
    assert all(width(row) <= room for row in flow([line], room))
    assert width(cut(line, room)) <= room


def test_cut_line_says_that_something_is_missing() -> None:
    line: Line = (("template.yaml:6: ", "info"), ("nowhere does not exist", "bad"))
    assert plain(cut(line, 25)) == "template.yaml:6: nowhere…"
    assert plain(cut(line, 17)) == "template.yaml:6:…"
    assert cut(line, 80) is line


def test_rest_of_a_broken_line_hangs_where_there_is_room() -> None:
    line = (("kill        ", "accent"), ("what a crash of it looks like in the end", "dim"))
    assert [plain(row) for row in flow((line,), 36, hang=12)] == [
        "kill        what a crash of it looks", "            like in the end",
    ]  # fmt: skip
    assert plain(flow((line,), 30, hang=12)[1]).startswith("looks")


def test_long_word_is_broken_into_pieces_that_hang() -> None:
    rows = flow(((("path ", "dim"), ("x" * 40, "plain")),), 20, hang=5)
    assert [plain(row) for row in rows] == ["path " + "x" * 15, "     " + "x" * 15, "     " + "x" * 10]
