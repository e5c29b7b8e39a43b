"""Power tuning: what the same event takes and costs at each memory size. Pure; a size with errors wins nothing."""

from collections.abc import Sequence

from lambdatui.model import prices
from lambdatui.model.experiments import Trial
from lambdatui.model.value import value
from lambdatui.telemetry.distribution import Distribution

MB_PER_CPU = 1769
"""Lambda gives one whole processor at this size, and in proportion below and above."""
DEFAULT_SIZES_MB = (128, 256, 512, 1024, 1769, 3008)


@value
class SizeFigures:
    """Warm invokes at one memory size. The dollars are for a million invokes of the mean billed duration."""

    memory_mb: int
    warm: Distribution
    billed_mean_ms: float | None
    init_ms: float | None
    memory_used_mb: int | None
    x86_dollars: float | None
    arm_dollars: float | None
    error: str | None

    def dollars(self, architecture: str) -> float | None:
        return self.arm_dollars if architecture == prices.ARM64 else self.x86_dollars


@value
class PowerFigures:
    """``fastest_mb`` is None where the processor is not limited: what differs then is chance."""

    sizes: tuple[SizeFigures, ...]
    architecture: str
    cpu_limited: bool
    cheapest_mb: int | None
    fastest_mb: int | None


def power_figures(trials: Sequence[Trial], *, architecture: str, cpu_limited: bool) -> PowerFigures:
    """``architecture`` is the function's own; what is cheapest is by its price."""
    sizes = tuple(_size(trial) for trial in sorted(trials, key=lambda trial: trial.memory_mb))
    costs = {each.memory_mb: cost for each in sizes if (cost := each.dollars(architecture)) is not None}
    times = {each.memory_mb: each.warm.p50 for each in sizes if each.error is None and each.warm.p50 is not None}
    return PowerFigures(
        sizes=sizes,
        architecture=architecture,
        cpu_limited=cpu_limited,
        cheapest_mb=min(costs, key=lambda size: (costs[size], size), default=None),
        fastest_mb=min(times, key=lambda size: (times[size], size), default=None) if cpu_limited else None,
    )


def _size(trial: Trial) -> SizeFigures:
    error = next((invoke.error for invoke in (trial.cold, *trial.warm) if invoke.error is not None), None)
    warm = [invoke for invoke in trial.warm if invoke.error is None and invoke.init_ms is None]
    mean_ms = sum(invoke.billed_ms for invoke in warm) / len(warm) if warm and error is None else None
    used = [invoke.memory_used_mb for invoke in (trial.cold, *trial.warm) if invoke.memory_used_mb is not None]
    return SizeFigures(
        memory_mb=trial.memory_mb,
        warm=Distribution.of(invoke.duration_ms for invoke in warm),
        billed_mean_ms=mean_ms,
        init_ms=trial.cold.init_ms,
        memory_used_mb=max(used, default=None),
        x86_dollars=_dollars(mean_ms, trial.memory_mb, prices.X86_64),
        arm_dollars=_dollars(mean_ms, trial.memory_mb, prices.ARM64),
        error=error,
    )


def _dollars(billed_ms: float | None, memory_mb: int, architecture: str) -> float | None:
    return None if billed_ms is None else prices.dollars_per_million(billed_ms, memory_mb, architecture)
