import asyncio

from lambdatui.model.ids import RequestId
from lambdatui.model.records import FunctionLog, InvokeStart
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.folding import FOLD_BYTES
from lambdatui.telemetry.log_tail import LogTail
from tests.unit.telemetry.samples import NOON_S, REQUEST, event, report

OTHER = RequestId("00000000-0000-4000-8000-000000000000")


def test_tail_runs_from_start_to_report() -> None:
    tail = LogTail(REQUEST)
    for record in (
        FunctionLog(request_id=None, lines=("printed by init",)),
        InvokeStart(request_id=REQUEST, version="$LATEST"),
        FunctionLog(request_id=OTHER, lines=("another invoke",)),
        FunctionLog(request_id=REQUEST, lines=("one", "two")),
    ):
        tail.add(event(record))
    assert not tail.complete
    tail.add(event(report()))
    assert tail.complete
    assert tail.getvalue().decode().split("\n") == [
        f"START RequestId: {REQUEST} Version: $LATEST",
        "one",
        "two",
        f"END RequestId: {REQUEST}",
        (
            f"REPORT RequestId: {REQUEST}\tDuration: 133.61 ms\tBilled Duration: 214 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 31 MB\t"
        ),
        "",
    ]


def test_tail_is_the_last_bytes_however_the_lines_fall() -> None:
    written = tuple(f"line {number:06d} é" for number in range(5000))
    whole = "".join(line + "\n" for line in written).encode()
    tail = LogTail(REQUEST, limit_bytes=1000)
    tail.add(event(FunctionLog(request_id=REQUEST, lines=written)))
    assert tail.getvalue() == whole[-1000:]


def test_one_line_longer_than_the_limit_keeps_its_end() -> None:
    tail = LogTail(REQUEST, limit_bytes=10)
    tail.add(event(FunctionLog(request_id=REQUEST, lines=("x" * 100 + "the end",))))
    assert tail.getvalue() == b"xxthe end\n"


async def test_tail_that_follows_a_stream_has_what_came_before_and_after_it_folded() -> None:
    bus = Bus(lambda: NOON_S)
    tail = LogTail(REQUEST, limit_bytes=12)
    with tail.following(bus):
        bus.publish(FunctionLog(request_id=REQUEST, lines=("long", "x" * FOLD_BYTES, "last but one")))
        await asyncio.sleep(0)
        folded = tail.getvalue()
        bus.publish(FunctionLog(request_id=REQUEST, lines=("last",)))
    bus.publish(FunctionLog(request_id=REQUEST, lines=("too late",)))
    assert (folded, tail.getvalue()) == (b"ast but one\n", b"ut one\nlast\n")
