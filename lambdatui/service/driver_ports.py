"""What the driver of an environment needs of the engine, and who hears of the environment."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.sandbox.protocol import Backend
from lambdatui.service.clock import Clock
from lambdatui.service.telemetry_subscribers import TelemetrySubscribers
from lambdatui.service.xray_daemon import XRayDaemon
from lambdatui.telemetry.bus import Bus

if TYPE_CHECKING:
    from lambdatui.service.driver import Driver


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverPorts:
    """What drivers need of the engine. ``files`` is where what blocks on the disk is done; with ``cpu_share`` functions
    get no more processor time than Lambda gives for their memory.
    """

    backend: Backend
    bus: Bus
    clock: Clock
    telemetry: TelemetrySubscribers
    xray: XRayDaemon
    files: Executor
    cpu_share: bool = False


class DriverListener(Protocol):
    """Who hears of an environment: its function's pool."""

    def environment_idle(self, driver: "Driver") -> None: ...

    def environment_busy(self, driver: "Driver") -> None: ...

    def snapshot_taken(self, driver: "Driver") -> None: ...

    def init_failed(self, driver: "Driver") -> None: ...

    def environment_gone(self, driver: "Driver", failure: str | None) -> None: ...

    def ends_in_s(self, driver: "Driver") -> float | None:
        """When it ends of age or for want of invokes, in real seconds, if nothing else happens; None for never."""

    def invoke_answered(self, request_id: RequestId, result: InvokeResult) -> None: ...

    def invoke_refused(self, request_id: RequestId, exception: str, message: str) -> None: ...

    def invoke_streaming(self, request_id: RequestId, stream: ResponseStream) -> None: ...

    def invoke_released(self, request_id: RequestId) -> None: ...
