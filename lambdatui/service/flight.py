"""One invocation between its arrival and its REPORT, and the two ways to learn what came of it: a call, or futures."""

import asyncio
from collections.abc import Callable

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.invocation import Invocation, InvocationType, InvokeResult
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.invoking import InvokeOutcome, ServiceError

Answer = InvokeResult | ServiceError
"""A refusal is an answer too: no environment ever took the invocation."""


class Flight:
    """``on_answer`` is called once, on the event loop, in the middle of what made the answer: it must not raise.

    A caller that is called has its answer two turns of the event loop before one that awaits it.
    """

    __slots__ = ("_invocation", "_on_answer", "environment_id", "from_queue", "request_id")

    def __init__(self, invocation: Invocation, on_answer: Callable[[Answer], None]) -> None:
        self.request_id = invocation.request_id
        self.from_queue = invocation.invocation_type is InvocationType.EVENT
        """One attempt of an event, which goes back to the queue where it is refused."""
        self._invocation: Invocation | None = invocation
        self.environment_id: EnvironmentId | None = None
        self._on_answer: Callable[[Answer], None] | None = on_answer

    def hand_over(self) -> Invocation:
        """The invocation, once: from now on its environment keeps it, for as long as it needs the payload."""
        invocation, self._invocation = self._invocation, None
        if invocation is None:
            raise RuntimeError(f"{self.request_id} was handed over twice")
        return invocation

    def answer(self, answer: Answer) -> None:
        """Only the first answer counts."""
        on_answer, self._on_answer = self._on_answer, None
        if on_answer is not None:
            on_answer(answer)

    def stream(self, stream: ResponseStream) -> None:
        """The response begins: read it once, to its end. Here: as one piece, which then is the answer."""
        stream.collect()

    def release(self) -> None:
        """The invocation has left its environment: its REPORT is published."""


class AwaitedFlight(Flight):
    """``answered`` ends in the result or in ServiceError, ``released`` after it."""

    __slots__ = ("answered", "released")

    def __init__(self, invocation: Invocation) -> None:
        super().__init__(invocation, self._resolve)
        loop = asyncio.get_running_loop()
        self.answered: asyncio.Future[InvokeResult] = loop.create_future()
        self.released: asyncio.Future[None] = loop.create_future()

    def release(self) -> None:
        if not self.released.done():
            self.released.set_result(None)

    def _resolve(self, answer: Answer) -> None:
        if self.answered.done():
            return
        if isinstance(answer, ServiceError):
            self.answered.set_exception(answer)
        else:
            self.answered.set_result(answer)


def outcome(invocation: Invocation, result: InvokeResult, log_tail: bytes | None = None) -> InvokeOutcome:
    """What the caller of a synchronous invoke is told."""
    return InvokeOutcome(
        status_code=200,
        request_id=invocation.request_id,
        result=result,
        executed_version=invocation.version,
        log_tail=log_tail,
        trace_id=invocation.trace_id,
    )
