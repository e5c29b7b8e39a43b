"""The screens of the experiments: a series runs, is shown as it grows, is stopped, and fails in words."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from lambdatui.client import EngineRefused
from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.experiments import ImportCost, Trial, TrialInvoke, TrialOrder
from lambdatui.model.function import Function
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.tui import plots
from lambdatui.tui.screens.workbench import Workbench
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeClient

ORDERS = Function(name=FunctionName("orders-api"), runtime="python3.12", handler="app.handler", code_path=Path("/x"))


def invoke(duration_ms: float, init_ms: float | None = None) -> TrialInvoke:
    return TrialInvoke(
        request_id=RequestId("r"),
        environment=None,
        duration_ms=duration_ms,
        billed_ms=round(duration_ms),
        init_ms=init_ms,
    )


def measured(order: TrialOrder) -> Trial:
    """The larger, the faster: 800 ms at 128 MB, 100 ms at 1024 MB."""
    memory_mb = order.memory_mb or 128
    return Trial(
        memory_mb=memory_mb,
        cold=invoke(30, init_ms=210),
        warm=tuple(invoke(102_400 / memory_mb / 1) for _ in range(order.warm_invokes)),
        imports=(ImportCost(module="boto3", self_ms=150, cumulative_ms=150, depth=0),) if order.import_times else (),
    )


def client(cpu: Enforcement = Enforcement.MEASURED, **changes: object) -> FakeClient:
    views = pictures.busy()
    report = CapabilityReport(capability=Capability.CPU_SHARE, enforcement=cpu, how="cgroup")
    views = replace(views, engine=replace(views.engine, capabilities=(report,)))
    options = {"try_out": measured, "shown_functions": (ORDERS,), **changes}
    return FakeClient(views=views, **options)  # type: ignore[arg-type]


async def text(bench: Desk) -> str:
    await bench.settle()
    return bench.text("#findings")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_cold_and_warm_stand_beside_each_other_with_what_init_imports(size: tuple[int, int]) -> None:
    fake = client()
    async with desk(fake, size) as bench:
        await bench.press("w")
        shown = await text(bench)
        assert [order.import_times for order in fake.tried] == [False] * 20 + [True]
        assert "done" in bench.title("#experiment")
        for part in ("init", "210 ms", "warm invoke", "800 ms", "boto3", "150 ms", "waits 240 ms"):
            assert part in shown
        assert max(len(row) for row in bench.rows("#findings")) <= size[0] - 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_cheapest_and_fastest_size_are_marked(size: tuple[int, int]) -> None:
    fake = client()
    async with desk(fake, size) as bench:
        await bench.press("t")
        shown = await text(bench)
        assert [order.memory_mb for order in fake.tried] == [128, 256, 512, 1024, 1769, 3008]
        assert "Fastest is 3008 MB" in shown
        assert "The processor is limited here" in shown
        assert max(len(row) for row in bench.rows("#findings")) <= size[0] - 2


async def test_no_size_is_the_fastest_where_the_processor_is_not_limited() -> None:
    async with desk(client(cpu=Enforcement.MISSING)) as bench:
        await bench.press("t")
        shown = await text(bench)
        assert "Fastest is" not in shown
        assert "The processor is not limited on this machine" in shown


async def test_escape_stops_the_series_and_then_leaves() -> None:
    fake = client(try_out=None)
    async with desk(fake) as bench:
        await bench.press("w")
        await bench.press("escape")
        assert "stopped after 0 of 21 environments" in bench.title("#experiment")
        assert (len(fake.tried), fake.trials_given_up) == (1, 1)
        await bench.press("escape")
        assert isinstance(bench.app.screen, Workbench)


async def test_refusal_of_the_engine_is_shown_in_its_words() -> None:
    fake = client(try_out=lambda _: EngineRefused(502, "InvalidRuntimeException", "no python3.12 was found"))
    async with desk(fake) as bench:
        await bench.press("w")
        assert "no python3.12 was found" in await text(bench)
        assert len(fake.tried) == 1


async def test_series_runs_again_with_more_or_fewer() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("w")
        await bench.press("minus")
        assert len(fake.tried) == 21 + 11
        assert bench.subtitle("#experiment") == "n = 10"


async def test_memory_sizes_can_be_chosen() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("t", "s")
        bench.app.screen.query_one(Input).value = "512 64"
        await bench.press("enter")
        assert "'64' is no memory size" in bench.text("#ask-notes")
        bench.app.screen.query_one(Input).value = "512, 256"
        await bench.press("enter")
        assert [order.memory_mb for order in fake.tried[6:]] == [256, 512]
        assert bench.subtitle("#experiment") == "256, 512 MB · s other sizes · n = 10"


def test_values_lie_on_a_logarithmic_axis() -> None:
    assert plots.strip([1, 10, 10, 100], 1, 100, 5) == "▄ █ ▄"


def test_equal_values_lie_in_one_place() -> None:
    assert plots.strip([5, 5], 5, 5, 4) == "█   "
