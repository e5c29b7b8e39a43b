"""examples/traps: what the user of each sees. A trap that this machine cannot close says so in the capability table."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.model.capability import Capability, Enforcement
from lambdatui.model.phase import Status
from lambdatui.model.records import FunctionLog, InitReport, RestoreReport
from lambdatui.service.invoking import ServiceError
from tests.support.running import RUNTIME, Running, running

TRAPS = Path(__file__).resolve().parents[3] / "examples" / "traps"


@pytest.fixture
async def traps(tmp_path: Path) -> AsyncIterator[Running]:
    root = tmp_path / "traps"
    shutil.copytree(TRAPS, root, ignore=shutil.ignore_patterns(".lambdatui", "__pycache__"))
    template = root / "template.yaml"
    template.write_text(template.read_text().replace("Default: python3.11\n", f"Default: {RUNTIME}\n"))
    async with running(root) as run:
        yield run


def needs(run: Running, capability: Capability) -> None:
    """Skips where this machine only measures, or not even that."""
    (report,) = [each for each in run.engine.backend.capabilities() if each.capability is capability]
    if report.enforcement is not Enforcement.ENFORCED:
        pytest.skip(f"{capability}: {report.how}")


async def test_work_after_the_return_waits_frozen_and_happens_inside_a_later_invoke(traps: Running) -> None:
    first = await traps.invoke("work-after-return")
    await traps.pass_time(0.6)  # the mail was due after 0.4 s
    logged_meanwhile = [line for record in traps.records(FunctionLog) for line in record.lines]
    second = await traps.tail("work-after-return", {"wait": True})
    assert logged_meanwhile == ["mails sent so far: 0"]
    # Without its line end: the handler prints at the same moment, and print() writes that apart from the text.
    assert f"mail for {first.request_id} sent" in second


async def test_a_timeout_loses_globals_and_keeps_tmp(traps: Running) -> None:
    before = await traps.result("lost-globals")
    await traps.result("lost-globals", {"hang": True})
    after = await traps.result("lost-globals")
    assert before == {"visits in memory": 1, "visits in /tmp": 1}
    assert after == {"visits in memory": 1, "visits in /tmp": 3}


async def test_tmp_fills_up_with_what_warm_invokes_leave_behind(traps: Running) -> None:
    needs(traps, Capability.TMP_QUOTA)
    first, second, third = [await traps.result("full-tmp") for _ in range(3)]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert isinstance(third, dict)
    assert (first["of_mb"], first["free_mb"], second["free_mb"]) == (512, 312, 112)
    assert third["errorMessage"] == "[Errno 28] No space left on device"


async def test_too_little_memory_ends_in_the_middle_of_the_work_and_only_report_says_why(traps: Running) -> None:
    needs(traps, Capability.MEMORY_LIMIT)
    tail = await traps.tail("little-memory")
    assert "reading 300 MB\n" in tail
    report = tail.splitlines()[-1]
    assert "Memory Size: 128 MB\tMax Memory Used: 128 MB" in report
    assert report.endswith("Status: error\tError Type: Runtime.OutOfMemory")


async def test_a_slow_import_is_stopped_after_ten_seconds_and_again_by_the_timeout(
    traps: Running,
) -> None:
    tail = await traps.tail("slow-import")
    own = [event for event in traps.events() if event.function == "slow-import"]
    first, second = (event.record for event in own if isinstance(event.record, InitReport))
    assert (first.phase, first.status) == ("init", Status.TIMEOUT)
    assert (second.phase, second.status) == ("invoke", Status.TIMEOUT)
    assert first.metrics.duration_ms == pytest.approx(10_000, abs=1_000)
    assert tail.count("Status: timeout") == 1
    assert "the model is loaded" not in tail


async def test_what_is_unique_in_init_is_the_same_in_every_restored_environment(traps: Running) -> None:
    needs(traps, Capability.ONE_SNAPSHOT)
    try:
        first, second = await asyncio.gather(*(traps.result("unique-in-init") for _ in range(2)))
    except ServiceError as refused:
        pytest.skip(refused.message)  # SnapStart needs a newer Python than this machine may have
    assert first == second
    assert len({event.environment for event in traps.events() if isinstance(event.record, RestoreReport)}) == 2
