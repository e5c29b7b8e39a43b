"""Power tuning: the same event over memory sizes."""

from typing import ClassVar

from lambdatui.model import prices
from lambdatui.model.capability import Capability, Enforcement
from lambdatui.model.experiments import TrialOrder, power_orders
from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.power_figures import DEFAULT_SIZES_MB, power_figures
from lambdatui.tui import power_text
from lambdatui.tui.feed import Feed
from lambdatui.tui.screens.experiment import ExperimentScreen
from lambdatui.tui.spans import Line

INVOKES = 10


class PowerScreen(ExperimentScreen):
    """``payload`` is the event that every invoke gets."""

    TITLE_TEXT: ClassVar[str] = "Power tuning"

    def __init__(self, feed: Feed, function: FunctionName, payload: bytes) -> None:
        super().__init__(feed, function, payload, INVOKES)

    def orders(self) -> tuple[TrialOrder, ...]:
        return power_orders(self.payload, DEFAULT_SIZES_MB, self.count)

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
