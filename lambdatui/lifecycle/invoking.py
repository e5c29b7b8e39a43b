"""One invoke: the event goes to the runtime and to the extensions that want it, the answer to the caller; it ends when
all of them have asked for the next event, or when it fails.
"""

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.breakdowns import Breakdown
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.faults import missing_package_fault
from lambdatui.lifecycle.platform_errors import UNHANDLED
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.response_faults import judge, judge_stream
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.phase import Status
from lambdatui.model.records import TraceErrorCause


class Invoking:
    """Of the present invoke, which others assign and take away."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def deliver(self, at: float) -> None:
        """START, and the event to everybody at the same moment."""
        facts, invoke = self._facts, self._facts.current_invoke
        invoke.delivered_at = at
        facts.runtime.state = RuntimeState.RUNNING
        facts.out.publish(facts.report.invoke_start(invoke))
        if facts.extensions:
            facts.extensions.send_invoke(invoke.invocation, invoke.deadline_at)
        self.answer_next()

    def answer_next(self) -> None:
        """Whoever asked last gets the event; where everybody hung up meanwhile, whoever asks next."""
        facts, invoke = self._facts, self._facts.current_invoke
        if (token := facts.runtime.take_token()) is not None:
            facts.out.do(do.AnswerNext(token=token, invocation=invoke.invocation, deadline_at=invoke.deadline_at))

    # What the runtime answers

    def posted_response(self, happened: inputs.RuntimePostedResponse) -> None:
        facts, invoke = self._facts, self._facts.current_invoke
        invoke.response_begun_at = happened.at if happened.begun_at is None else happened.begun_at
        invoke.response_read_at = happened.at
        refusal, result = judge(happened)
        if refusal is None:
            facts.out.accept(happened.token)
            invoke.produced_bytes = len(happened.payload)
        else:
            facts.out.refuse(happened.token, refusal)
        if result.function_error is not None:
            invoke.fail(Status.ERROR, result.error_type, by_platform=True)
        self._answer_caller(result)

    def posted_error(self, happened: inputs.RuntimePostedError) -> None:
        invoke = self._facts.current_invoke
        invoke.response_begun_at = happened.at if happened.begun_at is None else happened.begun_at
        invoke.response_read_at = happened.at
        self._facts.out.accept(happened.token)
        invoke.fail(Status.ERROR, happened.error_type, by_platform=False)
        invoke.produced_bytes = len(happened.payload)
        if (fault := missing_package_fault(happened.payload, happened.request_id)) is not None:
            self._facts.out.publish(fault)
        if happened.cause is not None:
            self._facts.out.publish(TraceErrorCause(request_id=happened.request_id, cause=happened.cause))
        self._answer_caller(_error_result(happened.payload, happened.content_type, happened.error_type))

    def began_streaming(self, happened: inputs.RuntimeBeganStreaming) -> None:
        invoke = self._facts.current_invoke
        invoke.response_begun_at = happened.at
        self._facts.out.do(ReadStream(token=happened.token, request_id=invoke.invocation.request_id))

    def ended_streaming(self, happened: inputs.RuntimeEndedStreaming) -> None:
        facts, invoke = self._facts, self._facts.current_invoke
        invoke.response_read_at = happened.at
        invoke.produced_bytes = happened.produced_bytes
        refusal, result = judge_stream(happened)
        if refusal is None:
            facts.out.accept(happened.token)
        else:
            facts.out.refuse(happened.token, refusal)
        if result.function_error is not None:
            invoke.fail(Status.ERROR, result.error_type, by_platform=happened.fault is not None)
        self._answer_caller(result)

    def _answer_caller(self, result: InvokeResult) -> None:
        invoke = self._facts.current_invoke
        invoke.answer()
        self._facts.out.do(do.AnswerCaller(request_id=invoke.invocation.request_id, result=result))

    # The end

    def runtime_done(self, at: float) -> None:
        """It has asked for the next event; extensions may still have this one."""
        invoke = self._facts.current_invoke
        invoke.runtime_done_at = at
        self._facts.out.publish(self._facts.report.runtime_done(invoke, at))

    def finish(self, at: float) -> None:
        """Everybody has asked for the next event: the invoke, its duration and its bill end here."""
        self._close(at)

    def fail(self, broke: Breakdown, at: float) -> None:
        """The platform ends the invoke; a caller that already has its answer keeps it."""
        facts, invoke = self._facts, self._facts.current_invoke
        invoke.fail(broke.status, broke.error_type, by_platform=True)
        invoke.used(broke.memory_used_mb)
        if not invoke.started:
            # The service starts a request whose init failed again only to end it.
            facts.out.publish(facts.report.invoke_start(invoke))
        if not invoke.answered:
            self._answer_caller(broke.result(invoke.invocation.request_id))
        if invoke.runtime_done_at is None:
            facts.out.publish(facts.report.runtime_done(invoke, at))
        self._close(at)

    def _close(self, at: float) -> None:
        facts, invoke = self._facts, self._facts.current_invoke
        facts.out.disarm(Timer.INVOKE)
        facts.out.publish(facts.report.report(invoke, at, with_extensions=bool(facts.extensions)))
        facts.out.do(do.ReleaseInvoke(request_id=invoke.invocation.request_id))
        facts.invoke = None


def _error_result(payload: bytes, content_type: str, error_type: str) -> InvokeResult:
    return InvokeResult(payload=payload, content_type=content_type, function_error=UNHANDLED, error_type=error_type)
