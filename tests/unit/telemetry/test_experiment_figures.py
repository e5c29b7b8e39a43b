"""What trials say: cold against warm, and memory sizes against each other."""

from collections.abc import Sequence
from dataclasses import replace

from lambdatui.model import prices
from lambdatui.model.experiments import ImportCost, Trial, TrialInvoke
from lambdatui.model.ids import RequestId
from lambdatui.telemetry.power_figures import power_figures
from lambdatui.telemetry.start_figures import start_figures


def invoke(duration_ms: float, init_ms: float | None = None, error: str | None = None) -> TrialInvoke:
    return TrialInvoke(
        request_id=RequestId("r"),
        environment=None,
        duration_ms=duration_ms,
        billed_ms=round(duration_ms),
        init_ms=init_ms,
        error=error,
    )


def trial(cold: TrialInvoke, *warm: TrialInvoke, memory_mb: int = 128, imports: Sequence[ImportCost] = ()) -> Trial:
    return Trial(memory_mb=memory_mb, cold=cold, warm=warm, imports=tuple(imports))


def cost(module: str, self_ms: float, cumulative_ms: float, depth: int) -> ImportCost:
    return ImportCost(module=module, self_ms=self_ms, cumulative_ms=cumulative_ms, depth=depth)


def test_cold_start_is_init_and_first_invoke_together() -> None:
    found = start_figures([trial(invoke(10, init_ms=50), invoke(2)), trial(invoke(12, init_ms=60), invoke(4))])
    assert (found.init.p50, found.first.p50, found.whole.p50, found.warm.p50) == (50, 10, 60, 2)
    assert (found.whole.most, found.penalty_ms) == (72, 8)


def test_cold_start_with_snap_start_is_restore_and_first_invoke_together() -> None:
    found = start_figures([trial(replace(invoke(10), restore_ms=5), invoke(2))])
    assert (found.restore.p50, found.whole.p50, found.init.values, found.warm.p50) == (5, 15, (), 2)


def test_failed_invokes_are_counted_and_in_no_figure() -> None:
    found = start_figures([trial(invoke(10, init_ms=50), invoke(900, error="Boom")), trial(invoke(3, error="Boom"))])
    assert (found.warm.values, found.first.values, found.errors) == ((), (10,), {"Boom": 1})


def test_invoke_that_was_meant_to_be_warm_but_was_cold_is_no_warm_one() -> None:
    assert start_figures([trial(invoke(10, init_ms=50), invoke(9, init_ms=40))]).warm.values == ()


def test_imports_are_summed_by_package_and_their_environment_is_in_no_other_figure() -> None:
    imports = [cost("boto3.session", 3, 3, 2), cost("boto3", 4, 7, 1), cost("app", 1, 8, 0)]
    found = start_figures([trial(invoke(10, init_ms=50), invoke(2)), trial(invoke(99, init_ms=99), imports=imports)])
    assert found.init.values == (50,)
    assert found.imports_ms == 8
    assert [(each.name, each.self_ms, each.share) for each in found.packages] == [
        ("boto3", 7, 0.875),
        ("app", 1, 0.125),
    ]


def test_million_invokes_cost_their_gigabyte_seconds_and_the_requests() -> None:
    assert round(prices.dollars_per_million(100, 1024, prices.X86_64), 4) == 1.8667
    assert round(prices.dollars_per_million(100, 1024, prices.ARM64), 4) == 1.5333


def sizes(*figures: tuple[int, float]) -> list[Trial]:
    return [trial(invoke(50, init_ms=9), invoke(took_ms), memory_mb=memory_mb) for memory_mb, took_ms in figures]


def test_cheapest_and_fastest_size_are_found() -> None:
    found = power_figures(sizes((128, 800), (512, 150), (1024, 140)), architecture="x86_64", cpu_limited=True)
    assert (found.cheapest_mb, found.fastest_mb) == (512, 1024)


def test_nothing_is_the_fastest_where_the_processor_is_not_limited() -> None:
    found = power_figures(sizes((128, 100), (512, 99)), architecture="arm64", cpu_limited=False)
    assert (found.cheapest_mb, found.fastest_mb) == (128, None)


def test_size_at_which_the_function_fails_wins_nothing() -> None:
    broken = trial(invoke(5), invoke(1, error="Runtime.OutOfMemory"), memory_mb=128)
    found = power_figures([*sizes((512, 100)), broken], architecture="x86_64", cpu_limited=True)
    assert [(each.memory_mb, each.error) for each in found.sizes] == [(128, "Runtime.OutOfMemory"), (512, None)]
    assert (found.cheapest_mb, found.fastest_mb) == (512, 512)
