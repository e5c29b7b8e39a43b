"""An experiment's words: one trial is one fresh environment, invoked once cold and then as often warm as asked."""

from enum import StrEnum

from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.value import value


class Experiment(StrEnum):
    """What an invocation is part of, where it was not made to use the function: its figures are no ordinary ones."""

    TRIAL = "trial"
    SERIES = "series"


def experiment_named(name: str | None) -> Experiment | None:
    """None also for one that this version does not know."""
    return Experiment(name) if name in list(Experiment) else None


@value
class TrialOrder:
    """What one trial is to do. ``memory_mb`` None is the function's own.

    ``import_times``: the Python runtime tells what each import of the handler's module took; that costs time itself, so
    such a trial is not one to compare with others. ``cpu_share``: no more processor time than Lambda gives for the
    memory, where this machine can enforce it.
    """

    payload: bytes = b"{}"
    warm_invokes: int = 1
    memory_mb: int | None = None
    import_times: bool = False
    cpu_share: bool = False


@value
class ImportCost:
    """One module that was imported during init. ``self_ms`` is without what it imported itself."""

    module: str
    self_ms: float
    cumulative_ms: float
    depth: int


@value
class TrialInvoke:
    """The figures of one REPORT. ``init_ms`` only where the invoke had its environment made: a cold start; with
    SnapStart ``restore_ms`` in its stead.
    """

    request_id: RequestId
    environment: EnvironmentId | None
    duration_ms: float
    billed_ms: int
    init_ms: float | None = None
    restore_ms: float | None = None
    memory_used_mb: int | None = None
    error: str | None = None


@value
class Trial:
    """What came of a trial; ``cold`` is its first invoke. ``imports`` in the order in which they were finished."""

    memory_mb: int
    cold: TrialInvoke
    warm: tuple[TrialInvoke, ...]
    imports: tuple[ImportCost, ...] = ()


def start_orders(payload: bytes, count: int) -> tuple[TrialOrder, ...]:
    """Cold against warm: ``count`` environments, each invoked cold and then warm. The last one times its imports."""
    pair = TrialOrder(payload=payload, warm_invokes=1)
    return (*(pair for _ in range(count)), TrialOrder(payload=payload, warm_invokes=0, import_times=True))


def power_orders(payload: bytes, sizes_mb: tuple[int, ...], count: int) -> tuple[TrialOrder, ...]:
    """Power tuning: one environment for each size, invoked ``count`` times when it is warm."""
    return tuple(
        TrialOrder(payload=payload, warm_invokes=count, memory_mb=size, cpu_share=True)
        for size in sorted(set(sizes_mb))
    )
