"""One invocation as the command line sees it: what is asked, what came of it, and the log lines shown meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

from lambdatui.cli.event_source import ChosenEvent
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.invocation_log import InvocationLog
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvocationType
from lambdatui.telemetry.event import TelemetryEvent

Show = Callable[[Iterable[str]], None]
"""Takes log lines as they become known."""

LAST_LINES_S = 5.0
"""How long REPORT may take after the response; a function that answered is normally done in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """``function`` is the bare name."""

    function: str
    event: ChosenEvent
    invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE
    qualifier: str | None = None

    @property
    def asynchronous(self) -> bool:
        return self.invocation_type is InvocationType.EVENT

    @property
    def runs(self) -> bool:
        """Whether anything is run at all: not by a dry run."""
        return self.invocation_type is not InvocationType.DRY_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``payload`` is the function's own bytes, empty for an event that was only accepted."""

    status_code: int
    request_id: str
    payload: bytes = b""
    function_error: str | None = None
    executed_version: str | None = None


class LogFollower:
    """Shows an invocation's lines while it runs."""

    def __init__(self, log: InvocationLog, show: Show, *, is_over: Callable[[InvocationLog], bool]) -> None:
        self.log = log
        self._show = show
        self._is_over = is_over
        self._over = asyncio.Event()
        self._failure: Exception | None = None

    async def run(self, batches: AsyncIterator[Sequence[TelemetryEvent]]) -> None:
        """For a task of its own. A failure to show (nobody reads any more) is raised by ``last_lines``."""
        try:
            async for batch in batches:
                self._show(self.log.feed(batch))
                self._look()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the last lines
            self._failure = error
        self._over.set()

    def settle(self, answer: Answer) -> None:
        self._show(self.log.settle(RequestId(answer.request_id)))
        self._look()

    async def last_lines(self, limit_s: float = LAST_LINES_S) -> None:
        """Wait until everything has been shown. An environment that never started has its say at last."""
        try:
            async with asyncio.timeout(limit_s):
                await self._over.wait()
        except TimeoutError:
            self._show([f"(no REPORT of {self.log.request_id} after {limit_s} s; `lambdatui logs` will have it)"])
        if self._failure is not None:
            raise self._failure
        if self.log.environment is None:
            self._show(self.log.rest())

    def _look(self) -> None:
        if self._is_over(self.log):
            self._over.set()


def refused(status_code: int, error_type: str, message: str) -> CommandFailed:
    """Lambda's refusal of a call. What the caller or the project's files must change is a usage error."""
    usage = status_code in (400, 403, 404, 413, 415) or error_type == "InvalidRuntimeException"
    code = ExitCode.USAGE if usage else ExitCode.ENGINE
    return CommandFailed(message or error_type, _HINTS.get(error_type, ""), code=code)


_HINTS = {
    "InvalidRequestContentException": "the event must be JSON",
    "ResourceNotFoundException": "`lambdatui ls` lists the functions; only the version $LATEST exists",
    "TooManyRequestsException": "every environment the function may have is busy; try again",
    "InvalidRuntimeException": (
        "`lambdatui doctor` shows which interpreters were found; the function's `runtime` in lambdatui.toml chooses one"
    ),
}
