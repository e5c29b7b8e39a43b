"""What experiments found, on standard output: the rows of the screen without colours, or one JSON document."""

from collections.abc import Mapping, Sequence

from lambdatui.cli import output
from lambdatui.model import prices
from lambdatui.model.experiments import Trial
from lambdatui.telemetry.distribution import Distribution
from lambdatui.telemetry.power_figures import PowerFigures
from lambdatui.telemetry.start_figures import StartFigures
from lambdatui.tui.spans import Line, flow, plain

COLUMNS = 80
"""As wide as the rows are: what is copied into a mail or an issue must not break."""


def show(rows: Sequence[Line]) -> None:
    for row in flow(rows, COLUMNS):
        output.line(plain(row).rstrip())


def starts_document(function: str, found: StartFigures, done: Sequence[Trial]) -> Mapping[str, object]:
    return {
        "function": function,
        "init": _figures(found.init),
        "firstInvoke": _figures(found.first),
        "restore": _figures(found.restore),
        "cold": _figures(found.whole),
        "warm": _figures(found.warm),
        "errors": dict(found.errors),
        "importsMs": found.imports_ms,
        "imports": [
            {"module": cost.module, "selfMs": cost.self_ms, "cumulativeMs": cost.cumulative_ms, "depth": cost.depth}
            for trial in done
            for cost in trial.imports
        ],
    }


def power_document(function: str, found: PowerFigures) -> Mapping[str, object]:
    return {
        "function": function,
        "architecture": found.architecture,
        "cpuLimited": found.cpu_limited,
        "cheapestMB": found.cheapest_mb,
        "fastestMB": found.fastest_mb,
        "prices": {
            "asOf": prices.AS_OF,
            "region": prices.REGION,
            "source": prices.SOURCE,
            "dollarsPerGBs": prices.DOLLARS_PER_GB_S,
            "dollarsPerMillionRequests": prices.DOLLARS_PER_MILLION_REQUESTS,
        },
        "sizes": [
            {
                "memoryMB": each.memory_mb,
                "warm": _figures(each.warm),
                "billedMeanMs": each.billed_mean_ms,
                "initMs": each.init_ms,
                "maxMemoryUsedMB": each.memory_used_mb,
                "dollarsPerMillion": {prices.X86_64: each.x86_dollars, prices.ARM64: each.arm_dollars},
                "error": each.error,
            }
            for each in found.sizes
        ],
    }


def _figures(found: Distribution) -> Mapping[str, object]:
    return {"p50Ms": found.p50, "p95Ms": found.p95, "maxMs": found.most, "valuesMs": list(found.values)}
