from sys import getsizeof

from lambdatui.model.records import EnvironmentFrozen, FunctionLog, Record, ScratchChanged, ScratchFile
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.weight import portions, weight_bytes
from tests.unit.telemetry.samples import NOON_S

SHORT = ("a line",) * 100


def log(*lines: str) -> FunctionLog:
    return FunctionLog(request_id=None, lines=lines)


def parts(records: list[Record], most: int, most_bytes: int) -> list[int]:
    """How many events each portion has; together they are all of them in order."""
    events = [TelemetryEvent(seq, NOON_S, record) for seq, record in enumerate(records, 1)]
    portioned = list(portions(events, most, most_bytes))
    assert [event for portion in portioned for event in portion] == events
    return [len(portion) for portion in portioned]


def test_lines_weigh_what_their_strings_take_and_not_their_characters_alone() -> None:
    assert weight_bytes(log(*SHORT)) == 100 * getsizeof("a line")
    assert weight_bytes(log("\u20ac" * 1000)) > 2000


def test_list_of_tmp_weighs_by_its_entries() -> None:
    file = ScratchFile(path="x" * 1000, size_bytes=1, modified_s=0.0)
    assert weight_bytes(ScratchChanged(files=(file,) * 5, total_bytes=5)) > 5000


def test_record_that_is_always_small_weighs_nothing() -> None:
    assert weight_bytes(EnvironmentFrozen()) == 0


def test_portions_end_at_their_number_of_events() -> None:
    assert parts([EnvironmentFrozen()] * 5, most=2, most_bytes=1) == [2, 2, 1]


def test_portions_end_before_they_weigh_too_much() -> None:
    heavy = log("x" * 951)  # a thousand bytes as a string
    assert parts([heavy, EnvironmentFrozen(), heavy, heavy], most=9, most_bytes=2000) == [3, 1]


def test_event_that_weighs_too_much_is_a_portion_of_its_own() -> None:
    assert parts([EnvironmentFrozen(), log("x" * 9999), EnvironmentFrozen()], most=9, most_bytes=100) == [1, 1, 1]


def test_no_events_are_no_portions() -> None:
    assert parts([], most=9, most_bytes=100) == []
