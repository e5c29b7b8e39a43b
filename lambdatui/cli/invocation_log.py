"""Picks one invocation's log lines out of the engine's stream: its environment's init, then START to REPORT. Pure."""

from collections.abc import Iterable

from lambdatui.model.function import LoggingConfig
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import InitializationType
from lambdatui.model.records import InitStart, InvokeAccepted, InvokeStart, QueueMoved, Record, Report
from lambdatui.telemetry.cloudwatch import log_lines
from lambdatui.telemetry.event import TelemetryEvent

_ENDED = ("succeeded", "failed")


class InvocationLog:
    """Feed it every event since before the invoke was sent.

    Where the engine chooses the request id, the first acceptance that looks like ours is taken for it until ``settle``
    says which one it was; so lines can be shown while the function still runs. ``logging`` is the function's own.
    """

    def __init__(
        self,
        function: str,
        *,
        payload_bytes: int = 0,
        request_id: RequestId | None = None,
        logging: LoggingConfig = LoggingConfig(),  # noqa: B008 - frozen
    ) -> None:
        self.request_id = request_id
        self._logging = logging
        self.environment: EnvironmentId | None = None
        self.report: Report | None = None
        self.retry: QueueMoved | None = None
        """The last word of the queue on an asynchronous event."""
        self._function = function
        self._payload_bytes = payload_bytes
        self._settled = request_id is not None
        self._seen: list[TelemetryEvent] = []
        self._before_start: dict[EnvironmentId, list[str]] = {}
        self._snapshots: list[EnvironmentId] = []

    def feed(self, events: Iterable[TelemetryEvent]) -> list[str]:
        """The lines that have become known to belong to the invocation."""
        lines: list[str] = []
        for event in events:
            if event.function == self._function:
                if not self._settled:
                    self._seen.append(event)
                lines += self._lines_of(event)
        return lines

    def settle(self, request_id: RequestId) -> list[str]:
        """``request_id`` is ours: the lines that are missing because another one was taken for it."""
        seen, self._seen, self._settled = self._seen, [], True
        if self.request_id == request_id:
            return []
        self.request_id, self.environment, self.report, self.retry = request_id, None, None, None
        self._before_start.clear()
        return self.feed(seen)

    @property
    def attempt_ended(self) -> bool:
        """Of an asynchronous event: its first attempt is over, well or not."""
        moved = self.retry
        return moved is not None and (moved.state in _ENDED or moved.error_type is not None)

    def rest(self) -> list[str]:
        """Lines of environments that never came as far as START: why the invoke could not even begin."""
        lines = [line for pending in self._before_start.values() for line in pending]
        self._before_start.clear()
        return lines

    def _lines_of(self, event: TelemetryEvent) -> list[str]:
        record = event.record
        if self.request_id is None and isinstance(record, InvokeAccepted):
            if record.payload_bytes == self._payload_bytes:
                self.request_id = record.request_id
            return []
        if isinstance(record, InitStart) and record.initialization_type is InitializationType.SNAP_START:
            self._snapshots += [] if event.environment is None else [event.environment]
        about = _request_id_of(record)
        if about is None and event.environment is not None:
            self._before_start.setdefault(event.environment, []).extend(log_lines(event, self._logging))
            return []
        if isinstance(record, InvokeStart) and event.environment is not None:
            before = self._before_start.pop(event.environment, [])
            if about != self.request_id:
                return []
            self.environment = event.environment
            # A snapshot is another environment's, and was taken for this invoke if it was taken meanwhile.
            taken = [line for name in self._snapshots for line in self._before_start.pop(name, [])]
            return [*taken, *before, *log_lines(event, self._logging)]
        if about is None or about != self.request_id:
            return []
        return self._own(event)

    def _own(self, event: TelemetryEvent) -> list[str]:
        match event.record:
            case Report():
                self.report = event.record
            case QueueMoved():
                self.retry = event.record
        return list(log_lines(event, self._logging))


def _request_id_of(record: Record) -> RequestId | None:
    found: RequestId | None = getattr(record, "request_id", None)
    return found
