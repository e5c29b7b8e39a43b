"""What people are asked and told of an order to an environment; the same wherever it is given. Pure."""

from lambdatui.model.orders import Order
from lambdatui.model.views import EnvironmentView
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean

_LOST = {
    Order.KILL: "SIGKILL, as in a crash: the next invoke starts it anew. /tmp stays.",
    Order.RESET: "Every process ends. /tmp stays; the next invoke inits.",
    Order.RETIRE: "In order, as soon as no invoke runs. /tmp goes with it.",
    Order.DESTROY: "Every process ends at once. /tmp goes with it.",
}
_ASKED = {
    Order.KILL: "Kill the runtime of {}?",
    Order.RESET: "Reset environment {}?",
    Order.RETIRE: "Retire environment {}?",
    Order.DESTROY: "Destroy environment {}?",
}
_LETS_INVOKES_END = frozenset({Order.RETIRE})


def question(order: Order, environment: str, view: EnvironmentView | None) -> tuple[str, str] | None:
    """A title and, in a line or two, what is lost by it; None for an order by which nothing is lost."""
    if order not in _ASKED:
        return None
    running = view.request_id if view is not None else None
    failing = running is not None and order not in _LETS_INVOKES_END
    also = f"\nThe invoke {figures.short_id(running)}, which it runs, fails of it." if failing else ""
    return clean(_ASKED[order].format(environment)), f"{_LOST[order]}{also}"
