"""The bounded log and what a filter keeps of it."""

from lambdatui.tui.log_lines import Kind, LogLine
from lambdatui.tui.log_ring import LogRing, LogSelection


def line(number: int) -> LogLine:
    return LogLine(kind=Kind.OUTPUT, time_s=0.0, text=f"line {number}")


def ring(capacity: int, count: int) -> LogRing:
    made = LogRing(capacity)
    made.extend(line(number) for number in range(count))
    return made


def text(ring_: LogRing, number: int) -> str | None:
    found = ring_.get(number)
    return None if found is None else found.text


def test_rows_keep_their_numbers_when_older_ones_leave() -> None:
    full = ring(10, 25)
    assert (full.first, full.end) == (15, 25)
    assert text(full, 15) == "line 15"
    assert text(full, 14) is None
    assert text(full, 25) is None


def test_since_gives_what_is_still_there() -> None:
    full = ring(10, 25)
    assert [number for number, _ in full.since(23)] == [23, 24]
    assert [row.text for _, row in full.since(0)] == [f"line {number}" for number in range(15, 25)]


def test_selection_counts_what_it_gained_and_lost() -> None:
    source = ring(10, 8)
    selection = LogSelection(source, lambda row: row.text.endswith(("0", "5")))
    assert selection.update() == (2, 0)
    source.extend(line(number) for number in range(8, 16))
    assert selection.update() == (2, 2)
    assert [selection[index] for index in range(len(selection))] == [10, 15]


def test_selection_that_slept_through_everything_still_matches_the_ring() -> None:
    source = ring(10, 5)
    selection = LogSelection(source, None)
    selection.update()
    source.extend(line(number) for number in range(5, 100))
    selection.update()
    assert [selection[index] for index in range(len(selection))] == list(range(90, 100))
