"""Power tuning: the same event over memory sizes."""

from typing import ClassVar

from lambdatui.model import limits, prices
from lambdatui.model.capability import Capability, Enforcement
from lambdatui.model.experiments import TrialOrder, power_orders
from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.power_figures import DEFAULT_SIZES_MB, power_figures
from lambdatui.tui import power_text
from lambdatui.tui.feed import Feed
from lambdatui.tui.screens.ask import Ask
from lambdatui.tui.screens.experiment import ExperimentScreen
from lambdatui.tui.spans import Line

INVOKES = 10
MOST_SIZES = 20
_NOTES: tuple[Line, ...] = (
    (("in MB, from 128 to 10240, separated by spaces; each has an environment of its own", "dim"),),
)


class PowerScreen(ExperimentScreen):
    """``payload`` is the event that every invoke gets."""

    TITLE_TEXT: ClassVar[str] = "Power tuning"

    def __init__(self, feed: Feed, function: FunctionName, payload: bytes) -> None:
        super().__init__(feed, function, payload, INVOKES)
        self._sizes_mb: tuple[int, ...] = DEFAULT_SIZES_MB

    def orders(self) -> tuple[TrialOrder, ...]:
        return power_orders(self.payload, self._sizes_mb, self.count)

    @property
    def extent(self) -> str:
        return f"{', '.join(map(str, self._sizes_mb))} MB · s other sizes · n = {self.count}"

    def action_sizes(self) -> None:
        if not self.under_way:
            self.run_worker(self._choose(), name="sizes", description="sizes")

    async def _choose(self) -> None:
        """Other sizes, and the series with them."""
        before = " ".join(map(str, self._sizes_mb))
        given = await self.app.push_screen_wait(Ask("Memory sizes", before, notes=_NOTES, complaint=_complaint))
        if given is not None:
            self._sizes_mb = read_sizes(given)
            self.action_again()

    def rows(self, room: int) -> tuple[Line, ...]:
        architecture = self.function.architectures[0] if self.function is not None else prices.X86_64
        found = power_figures(self.done, architecture=architecture, cpu_limited=self._cpu_limited)
        return power_text.rows(found, room)

    @property
    def _cpu_limited(self) -> bool:
        return any(
            report.capability is Capability.CPU_SHARE and report.enforcement is not Enforcement.MISSING
            for report in self.feed.views.engine.capabilities
        )


def read_sizes(text: str) -> tuple[int, ...]:
    """``128 512,1024``, each once, ascending. Raises ValueError in words."""
    words = text.replace(",", " ").split()
    least, most = limits.MIN_MEMORY_MB, limits.MAX_MEMORY_MB
    for word in words:
        if not (word.isascii() and word.isdigit() and least <= int(word) <= most):
            raise ValueError(f"'{word}' is no memory size: {least} to {most} MB")
    if not 1 <= len(words) <= MOST_SIZES:
        raise ValueError(f"1 to {MOST_SIZES} sizes, such as 128 512 1024")
    return tuple(sorted({int(word) for word in words}))


def _complaint(text: str) -> str:
    try:
        read_sizes(text)
    except ValueError as error:
        return str(error)
    return ""
