"""Cold against warm: what a series of trials says of a function's starts. Pure; a trial that failed is only counted."""

from collections import Counter
from collections.abc import Mapping, Sequence

from lambdatui.model.experiments import ImportCost, Trial, TrialInvoke
from lambdatui.model.value import value
from lambdatui.telemetry.distribution import Distribution


@value
class PackageCost:
    """A package and everything below it, without what others imported of its own; ``share`` is of all imports."""

    name: str
    self_ms: float
    share: float


@value
class StartFigures:
    """``whole`` is init, or with SnapStart the restore, and first invoke together, as the caller of a cold start waits.
    All in milliseconds.
    """

    trials: int
    init: Distribution
    restore: Distribution
    first: Distribution
    whole: Distribution
    warm: Distribution
    errors: Mapping[str, int]
    imports_ms: float | None = None
    packages: tuple[PackageCost, ...] = ()

    @property
    def penalty_ms(self) -> float | None:
        """How much longer the first invoke of an environment takes than the next, init aside."""
        if self.first.p50 is None or self.warm.p50 is None:
            return None
        return self.first.p50 - self.warm.p50


def start_figures(done: Sequence[Trial]) -> StartFigures:
    """Of the trials of ``start_orders`` that are done. One that timed its imports is in no other figure: timing takes
    time.
    """
    imports = [cost for trial in done for cost in trial.imports]
    trials = [trial for trial in done if trial.warm]
    good = [trial for trial in trials if trial.cold.error is None]
    warm = [invoke for trial in trials for invoke in trial.warm]
    invokes = [invoke for trial in trials for invoke in (trial.cold, *trial.warm)]
    outer = [cost.cumulative_ms for cost in imports if cost.depth == 0]
    return StartFigures(
        trials=len(trials),
        init=Distribution.of(trial.cold.init_ms for trial in good if trial.cold.init_ms is not None),
        restore=Distribution.of(trial.cold.restore_ms for trial in good if trial.cold.restore_ms is not None),
        first=Distribution.of(trial.cold.duration_ms for trial in good),
        whole=Distribution.of(
            trial.cold.duration_ms + (trial.cold.init_ms or trial.cold.restore_ms or 0) for trial in good
        ),
        # Without init: an environment that was lost in between would make a "warm" invoke cold.
        warm=Distribution.of(invoke.duration_ms for invoke in warm if invoke.error is None and not _is_cold(invoke)),
        errors=Counter(invoke.error for invoke in invokes if invoke.error is not None),
        imports_ms=sum(outer) if outer else None,
        packages=_packages(imports),
    )


def _is_cold(invoke: TrialInvoke) -> bool:
    return invoke.init_ms is not None or invoke.restore_ms is not None


def _packages(imports: Sequence[ImportCost]) -> tuple[PackageCost, ...]:
    """The dearest first."""
    costs: dict[str, float] = {}
    for cost in imports:
        package = cost.module.partition(".")[0]
        costs[package] = costs.get(package, 0.0) + cost.self_ms
    whole = sum(costs.values())
    dearest = sorted(costs.items(), key=lambda item: -item[1])
    return tuple(PackageCost(name=name, self_ms=spent, share=spent / whole) for name, spent in dearest if spent > 0)
