"""Asynchronous events against a real engine: accepted at once, retried by the service clock, never lost."""

from pathlib import Path

from lambdatui.model.history import HistoryQuery, Outcome
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.records import InvokeStart, QueueMoved, Record, Report
from lambdatui.service.invoking import InvokeRequest
from tests.support.running import Running, running, write_project

FAILS = "def handler(event, context):\n    raise ValueError('always')\n"
WORKS = "def handler(event, context):\n    return context.aws_request_id\n"
FAST = 600.0
"""A minute of the service in a tenth of a second."""
ROUNDED_S = 0.001
"""Waits are told in milliseconds."""


def waits_s(record: Record) -> float | None:
    """How long an event waits for its next attempt; None for every other record."""
    return record.due_in_s if isinstance(record, QueueMoved) else None


async def test_accepted_event_runs_in_the_background_and_succeeds(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"works": WORKS})) as run:
        outcome = await run.invoke("works", invocation_type=InvocationType.EVENT)
        moved = await run.until(QueueMoved, lambda record: record.state == "succeeded")
    assert (outcome.status_code, outcome.result) == (202, None)
    assert (moved.request_id, moved.attempt) == (outcome.request_id, 1)


async def test_failing_event_runs_three_times_with_one_request_id_and_then_fails(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"fails": FAILS}), speed=FAST) as run:
        request_id = await run.fire("fails")
        failed = await run.until(QueueMoved, lambda record: record.state == "failed")
        attempts = [record.request_id for record in run.records(InvokeStart)]
    assert failed.attempt == 3
    assert attempts == [request_id] * 3


async def test_retries_wait_one_and_two_minutes_of_the_service_clock(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"fails": FAILS}), speed=FAST) as run:
        await run.fire("fails")
        await run.until(QueueMoved, lambda record: record.state == "failed")
        ended = [event.time_s for event in run.events() if isinstance(event.record, Report)]
        due = [event.time_s + wait for event in run.events() if (wait := waits_s(event.record))]
    after_one_minute, after_two = due[0] - ended[0], due[1] - ended[1]
    # An attempt is told at its end, and waits from when that was heard of: a busy machine may add to it.
    assert 60 / FAST - ROUNDED_S <= after_one_minute < 120 / FAST - ROUNDED_S <= after_two < 180 / FAST


async def test_event_waiting_for_its_retry_is_taken_up_by_the_next_engine(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"fails": FAILS})
    async with running(root) as run:
        request_id = await run.fire("fails")
        await run.until(QueueMoved, lambda record: record.state == "waiting" and record.attempt == 1)
    (root / "fails" / "app.py").write_text(WORKS)
    async with running(root, speed=FAST) as run:
        moved = await run.until(QueueMoved, lambda record: record.state == "succeeded")
    assert (moved.request_id, moved.attempt) == (request_id, 2)


async def test_event_that_waited_for_a_retry_runs_the_code_as_it_is_then(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"fails": FAILS}), speed=FAST, reload=True) as run:
        await run.fire("fails")
        await run.until(QueueMoved, lambda record: record.state == "waiting" and record.attempt == 1)
        run.save("fails", WORKS)
        moved = await run.until(QueueMoved, lambda record: record.state == "succeeded")
    assert moved.attempt in (2, 3)


async def test_throttled_event_goes_back_to_the_queue_without_using_an_attempt(tmp_path: Path) -> None:
    waits = "import time\ndef handler(event, context):\n    time.sleep(event.get('s', 0))\n"
    root = write_project(tmp_path, {"waits": waits}, {"waits": "reserved_concurrent_executions = 1"})
    async with running(root, speed=FAST) as run:
        await run.fire("waits", {"s": 0.5})
        await run.until(InvokeStart)
        request_id = await run.fire("waits")
        throttled = await run.until(QueueMoved, lambda record: record.error_type is not None)
        moved = await run.until(QueueMoved, lambda r: r.state == "succeeded" and r.request_id == request_id)
    assert (throttled.request_id, throttled.state, throttled.attempt, throttled.error_type) == (
        request_id,
        "waiting",
        0,
        "ReservedFunctionConcurrentInvocationLimitExceeded",
    )
    assert moved.attempt == 1


async def test_event_of_a_function_that_may_not_run_at_all_is_given_up_at_once(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"works": WORKS}, {"works": "reserved_concurrent_executions = 0"})
    async with running(root) as run:
        await run.fire("works")
        moved = await run.until(QueueMoved, lambda record: record.error_type is not None)
        (found,) = await run.engine.store.invocations.find(HistoryQuery())
    assert (moved.state, moved.attempt, moved.error_type) == ("failed", 0, "ZeroReservedConcurrency")
    assert (found.outcome, found.error_type) == (Outcome.REFUSED, "ZeroReservedConcurrency")


async def test_event_that_is_throttled_is_waiting_and_not_refused(tmp_path: Path) -> None:
    waits = "import time\ndef handler(event, context):\n    time.sleep(event.get('s', 0))\n"
    root = write_project(tmp_path, {"waits": waits}, {"waits": "reserved_concurrent_executions = 1"})
    async with running(root) as run:
        await run.fire("waits", {"s": 0.5})
        await run.until(InvokeStart)
        request_id = await run.fire("waits")
        await run.until(QueueMoved, lambda record: record.error_type is not None)
        found = await run.engine.store.invocations.get(request_id)
    assert found is not None
    assert found.summary.outcome is Outcome.UNANSWERED


async def test_client_context_is_not_passed_to_an_asynchronous_event(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    print('context is', context.client_context)\n"
    async with running(write_project(tmp_path, {"shows": source})) as run:
        await run.engine.invoke(
            InvokeRequest(
                function=FunctionName("shows"),
                payload=b"{}",
                invocation_type=InvocationType.EVENT,
                client_context='{"custom": {"a": "b"}}',
            )
        )
        from lambdatui.model.records import FunctionLog

        log = await run.until(FunctionLog)
    assert log.lines == ("context is None",)


async def test_event_waits_while_the_queue_cannot_be_written_and_loses_no_attempt(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"fails": FAILS}), speed=FAST) as run:
        await run.fire("fails")
        await run.until(QueueMoved, lambda record: record.state == "waiting" and record.attempt == 1)
        await disk_is_writable(run, False)
        stuck = await run.until(QueueMoved, lambda record: record.error_type == "QueueNotWritable")
        await disk_is_writable(run, True)
        failed = await run.until(QueueMoved, lambda record: record.state == "failed")
    assert (stuck.state, stuck.attempt, failed.attempt) == ("waiting", 1, 3)


async def disk_is_writable(run: Running, writable: bool) -> None:
    database = run.engine.store._database
    await database.read(lambda connection: connection.execute(f"PRAGMA query_only = {int(not writable)}").fetchall())
