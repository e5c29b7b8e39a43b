"""What a function's invokes would cost on Lambda: an estimate from durations that were measured on this machine."""

from lambdatui.model import prices
from lambdatui.model.value import value
from lambdatui.model.views import FunctionView


@value
class Cost:
    """In dollars: of all invokes since the engine started, and of a million that are like them on average."""

    so_far: float
    per_million: float


def cost(view: FunctionView) -> Cost | None:
    """None before the first invoke, and for an architecture that has no price."""
    invokes = view.metrics.invocations
    if not invokes or view.architecture not in prices.DOLLARS_PER_GB_S:
        return None
    so_far = prices.dollars(view.metrics.billed_gb_s, invokes, view.architecture)
    return Cost(so_far=so_far, per_million=so_far / invokes * 1_000_000)
