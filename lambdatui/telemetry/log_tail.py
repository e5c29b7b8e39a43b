"""The end of one invocation's log, as X-Amz-Log-Result carries it (before its base64).

It runs from START to REPORT of the request. Lines of an init phase before START are not part of it, not even on a cold
start: they belong to the environment and carry no request id.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from lambdatui.model.function import LoggingConfig
from lambdatui.model.ids import RequestId
from lambdatui.model.limits import LOG_TAIL_BYTES
from lambdatui.model.records import ExtensionLog, FunctionLog, InvokeStart, PlatformFault, Report, RuntimeDone
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.cloudwatch import log_lines
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.folding import Folding


class LogTail:
    """Keeps the end of what belongs to ``request_id``, in bounded memory, while it follows the stream or is fed it.

    ``logging`` is the function's configuration: the tail is a piece of its log, in its format.
    """

    def __init__(
        self, request_id: RequestId, limit_bytes: int = LOG_TAIL_BYTES, logging: LoggingConfig | None = None
    ) -> None:
        self.request_id = request_id
        self.complete = False
        """True after the REPORT."""
        self._limit = limit_bytes
        self._logging = logging or LoggingConfig()
        self._lines: deque[bytes] = deque()
        self._size = 0

    @contextmanager
    def following(self, bus: Bus) -> Iterator[None]:
        """Take in whatever is published inside this context."""

        def take() -> None:
            for event in waiting.drain():
                self.add(event)

        waiting = Folding("log tail", take)
        bus.add(waiting)
        try:
            yield
        finally:
            bus.detach(waiting)
            take()

    def add(self, event: TelemetryEvent) -> None:
        record = event.record
        if not isinstance(record, InvokeStart | FunctionLog | ExtensionLog | PlatformFault | RuntimeDone | Report):
            return
        if record.request_id != self.request_id:
            return
        for line in log_lines(event, self._logging):
            self._append(line.encode("utf-8", "replace") + b"\n")
        self.complete = isinstance(record, Report)

    def getvalue(self) -> bytes:
        """The last ``limit_bytes`` bytes; the first line may be cut, as Lambda cuts it."""
        return b"".join(self._lines)[-self._limit :]

    def _append(self, line: bytes) -> None:
        self._lines.append(line[-self._limit :])
        self._size += len(self._lines[-1])
        while self._size - len(self._lines[0]) >= self._limit:
            self._size -= len(self._lines.popleft())
