"""One execution environment as a machine: inputs in, effects out.

Rule 1: phases are moved by the handlers of `_ON` and by the state-triggered rules of `_settle`, run to a fixed point.
Rule 2: a wrong move of a runtime is answered as AWS answers it; a wrong move of ours raises IllegalTransition.
Rule 3: what belongs to a dead generation is counted and dropped.
"""

from collections.abc import Callable, Mapping

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs, platform_errors, refusals
from lambdatui.lifecycle.current_invoke import CurrentInvoke
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.outbox import Outbox
from lambdatui.lifecycle.phases import HEARD, PHASES, may_be_late
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.reporting import Identity, Reporter
from lambdatui.lifecycle.response_faults import judge
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.lifecycle.timers import Timer
from lambdatui.model import error_types
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.limits import INIT_TIMEOUT_S
from lambdatui.model.phase import InitPhase, Phase, Status
from lambdatui.model.records import EnvironmentFrozen, EnvironmentPhase, EnvironmentThawed, RuntimeMisbehaved


class Environment:
    """Feed it everything that happened, do what it returns, in that order."""

    def __init__(self, identity: Identity) -> None:
        self.phase = Phase.PROVISIONING
        self.runtime = RuntimeState.ABSENT
        self.generation = 0
        self.invoke: CurrentInvoke | None = None
        self.dropped_inputs = 0
        self._report = Reporter(identity)
        self._waiting_tokens: list[inputs.Token] = []
        self._retiring: str | None = None
        self._frozen_at: float | None = None
        self._init_started_at = 0.0
        self._out = Outbox()

    def handle(self, happened: inputs.Input) -> do.Effects:
        """The effects of one input, in order. Raises IllegalTransition on an input that we should not have sent."""
        if isinstance(happened, inputs.RuntimeInput):
            self._runtime_did(happened)
        elif type(happened) in HEARD[self.phase]:
            _ON[type(happened)](self, happened)
        elif type(happened) in may_be_late(self.phase):
            self._drop(happened)
        else:
            raise IllegalTransition(f"{type(happened).__name__} in phase {self.phase}")
        self._settle(happened)
        return self._out.take()

    # State-triggered rules

    def _settle(self, happened: inputs.Input) -> None:
        while self._one_rule(happened):
            pass

    def _one_rule(self, happened: inputs.Input) -> bool:
        ready = self.runtime is RuntimeState.READY
        if self.phase is Phase.INIT and ready:
            self._finish_init(happened.at)
        elif self.phase is Phase.INVOKE and ready and self._invoke.needs_init:
            self._finish_suppressed_init(happened.at)
        elif self.phase is Phase.INVOKE and ready:
            self._finish_invoke(happened)
            self._become_ready(happened.at)
        elif self._retiring is not None and self.phase in (Phase.READY, Phase.RESET):
            self._shut_down(self._retiring)
        else:
            return False
        return True

    # What the place and placement do

    def _sandbox_ready(self, happened: inputs.SandboxReady) -> None:
        if self._retiring is not None:
            self._shut_down(self._retiring)
            return
        self._move(Phase.INIT)
        self._spawn(InitPhase.INIT, happened.at)
        self._out.arm(Timer.INIT, happened.at + INIT_TIMEOUT_S)

    def _sandbox_lost(self, happened: inputs.SandboxLost) -> None:
        if self.invoke is not None:
            failed = platform_errors.sandbox_failed(self.invoke.invocation.request_id, happened.reason)
            self._fail_invoke(Status.FAILURE, error_types.SANDBOX_FAILURE, failed, happened.at, None)
        self._shut_down(happened.reason)

    def _invoke_assigned(self, happened: inputs.InvokeAssigned) -> None:
        invoke = CurrentInvoke(invocation=happened.invocation, assigned_at=happened.at)
        if self.phase is Phase.READY:
            self.invoke = invoke
            self._thaw(happened.at)
            self._move(Phase.INVOKE)
            self._deliver()
        else:
            self.invoke = invoke
            invoke.needs_init = True
            self._move(Phase.INVOKE, reason="init runs again inside this invoke")
            self._spawn(InitPhase.INVOKE, happened.at)
        self._out.arm(Timer.INVOKE, invoke.deadline_at)

    def _timer_fired(self, happened: inputs.TimerFired) -> None:
        if not self._out.take_timer(happened.timer, happened.arm_id):
            self._drop(happened)
            return
        if happened.timer is Timer.INIT:
            self._fail_init(Status.TIMEOUT, error_types.RUNTIME_UNKNOWN, happened.at)
            self._reset("init took longer than 10 s")
            return
        invoke = self._invoke
        result = platform_errors.timed_out(invoke.invocation.request_id, invoke.invocation.timeout_s)
        if invoke.needs_init:
            self._out.publish(
                *self._report.init_done(InitPhase.INVOKE, Status.TIMEOUT, None, self._init_started_at, happened.at)
            )
        self._fail_invoke(Status.TIMEOUT, None, result, happened.at, happened.memory_used_mb)
        self._reset(error_types.SANDBOX_TIMEDOUT)

    def _retire_requested(self, happened: inputs.RetireRequested) -> None:
        self._retiring = happened.reason
        if self.phase is Phase.INIT:
            self._shut_down(happened.reason)

    def _stop_requested(self, happened: inputs.StopRequested) -> None:
        if self.phase is Phase.PROVISIONING:
            self._retiring = happened.reason
            return
        if self.invoke is not None:
            reason = platform_errors.exit_reason(exit_code=None, signal=9)
            result = platform_errors.runtime_exited(self.invoke.invocation.request_id, reason)
            self._fail_invoke(Status.ERROR, error_types.RUNTIME_EXIT_ERROR, result, happened.at, None)
        self._shut_down(happened.reason)

    def _processes_gone(self, happened: inputs.ProcessesGone) -> None:
        if happened.generation != self.generation:
            self._drop(happened)
            return
        self._move(Phase.RESET)
        if self._retiring is None:
            self._out.do(do.AnnounceIdle())

    def _sandbox_closed(self, happened: inputs.SandboxClosed) -> None:
        self._move(Phase.DEAD, reason=self._retiring or "")

    # What the runtime does

    def _runtime_did(self, happened: inputs.RuntimeInput) -> None:
        if happened.generation != self.generation or self.phase not in (Phase.INIT, Phase.READY, Phase.INVOKE):
            self._drop(happened)
            return
        if isinstance(happened, inputs.RuntimeHungUp):
            if happened.token in self._waiting_tokens:
                self._waiting_tokens.remove(happened.token)
            return
        refusal = self._refusal(happened)
        if refusal is not None:
            self._refuse(happened, refusal)
            return
        before, self.runtime = self.runtime, RUNTIME[self.runtime][type(happened)]
        match happened:
            case inputs.RuntimeCalledNext():
                self._called_next(happened, before)
            case inputs.RuntimePostedResponse():
                self._posted_response(happened)
            case inputs.RuntimePostedError():
                self._posted_error(happened)
            case inputs.RuntimePostedInitError():
                self._posted_init_error(happened)
            case inputs.RuntimeExited():
                self._runtime_exited(happened)

    def _refusal(self, happened: inputs.RuntimeInput) -> refusals.Refusal | None:
        """The request id is checked before the state, as the service does."""
        if isinstance(happened, inputs.RuntimePostedResponse | inputs.RuntimePostedError):
            current = self.invoke.invocation.request_id if self.invoke and not self.invoke.needs_init else None
            if happened.request_id != current:
                return refusals.INVALID_REQUEST_ID
        if type(happened) not in RUNTIME[self.runtime]:
            if isinstance(happened, inputs.RuntimeExited):
                raise IllegalTransition(f"RuntimeExited while the runtime is {self.runtime}")
            return refusals.invalid_transition(self.runtime, MOVES[type(happened)])
        return None

    def _called_next(self, happened: inputs.RuntimeCalledNext, before: RuntimeState) -> None:
        self._waiting_tokens.append(happened.token)
        if before is RuntimeState.RUNNING:
            self._answer_next()

    def _posted_response(self, happened: inputs.RuntimePostedResponse) -> None:
        invoke = self._invoke
        refusal, result = judge(happened)
        if refusal is None:
            self._out.accept(happened.token)
            invoke.produced_bytes = len(happened.payload)
        else:
            self._out.refuse(happened.token, refusal)
        if result.function_error is not None:
            invoke.fail(Status.ERROR, result.error_type, by_platform=True)
        self._answer_caller(result)

    def _posted_error(self, happened: inputs.RuntimePostedError) -> None:
        invoke = self._invoke
        self._out.accept(happened.token)
        invoke.fail(Status.ERROR, happened.error_type, by_platform=False)
        invoke.produced_bytes = len(happened.payload)
        self._answer_caller(
            InvokeResult(
                payload=happened.payload,
                content_type=happened.content_type,
                function_error=platform_errors.UNHANDLED,
                error_type=happened.error_type,
            )
        )

    def _posted_init_error(self, happened: inputs.RuntimePostedInitError) -> None:
        self._out.accept(happened.token)
        result = InvokeResult(
            payload=happened.payload,
            content_type=happened.content_type,
            function_error=platform_errors.UNHANDLED,
            error_type=happened.error_type,
        )
        self._init_broke(happened.error_type, result, happened.at, None)

    def _runtime_exited(self, happened: inputs.RuntimeExited) -> None:
        reason = platform_errors.exit_reason(exit_code=happened.exit_code, signal=happened.signal)
        if self.phase is Phase.READY:
            self._reset(f"{reason} between invokes")
            return
        request_id = self.invoke.invocation.request_id if self.invoke else None
        result = platform_errors.runtime_exited(request_id, reason) if request_id else None
        if self.phase is Phase.INIT or self._invoke.needs_init:
            self._init_broke(error_types.RUNTIME_EXIT_ERROR, result, happened.at, happened.memory_used_mb)
            return
        assert result is not None
        self._fail_invoke(Status.ERROR, error_types.RUNTIME_EXIT_ERROR, result, happened.at, happened.memory_used_mb)
        self._reset(reason)

    # Init

    def _spawn(self, phase: InitPhase, at: float) -> None:
        self.generation += 1
        self.runtime = RuntimeState.STARTED
        self._init_started_at = at
        self._out.publish(self._report.init_start(phase))
        self._out.do(do.SpawnRuntime(generation=self.generation))

    def _finish_init(self, at: float) -> None:
        self._out.disarm(Timer.INIT)
        self._out.publish(*self._report.init_done(InitPhase.INIT, Status.SUCCESS, None, self._init_started_at, at))
        self._become_ready(at)

    def _finish_suppressed_init(self, at: float) -> None:
        self._invoke.needs_init = False
        self._out.publish(*self._report.init_done(InitPhase.INVOKE, Status.SUCCESS, None, self._init_started_at, at))
        self._deliver()

    def _init_broke(self, error_type: str, result: InvokeResult | None, at: float, memory_used_mb: int | None) -> None:
        """Init failed by itself: outside an invoke it will be tried again, inside one the caller gets the error."""
        if self.phase is Phase.INIT:
            self._fail_init(Status.ERROR, error_type, at)
        else:
            assert result is not None
            self._out.publish(
                *self._report.init_done(InitPhase.INVOKE, Status.ERROR, error_type, self._init_started_at, at)
            )
            self._fail_invoke(Status.ERROR, error_type, result, at, memory_used_mb)
        self._reset(error_type)

    def _fail_init(self, status: Status, error_type: str, at: float) -> None:
        self._out.disarm(Timer.INIT)
        self._out.publish(*self._report.init_done(InitPhase.INIT, status, error_type, self._init_started_at, at))

    # Invoke

    @property
    def _invoke(self) -> CurrentInvoke:
        if self.invoke is None:
            raise IllegalTransition(f"no invoke in phase {self.phase}")
        return self.invoke

    def _deliver(self) -> None:
        self.runtime = RuntimeState.RUNNING
        self._out.publish(self._report.invoke_start(self._invoke))
        self._answer_next()

    def _answer_next(self) -> None:
        """Whoever asked last gets the event; where everybody hung up meanwhile, whoever asks next."""
        if not self._waiting_tokens:
            return
        invoke = self._invoke
        self._out.do(
            do.AnswerNext(
                token=self._waiting_tokens.pop(), invocation=invoke.invocation, deadline_at=invoke.deadline_at
            )
        )

    def _answer_caller(self, result: InvokeResult) -> None:
        invoke = self._invoke
        invoke.answer()
        self._out.do(do.AnswerCaller(request_id=invoke.invocation.request_id, result=result))

    def _finish_invoke(self, happened: inputs.Input) -> None:
        """The runtime is ready again: the invoke, its duration and its bill end here."""
        memory = happened.memory_used_mb if isinstance(happened, inputs.RuntimeCalledNext) else None
        self._close_invoke(happened.at, memory)

    def _fail_invoke(
        self, status: Status, error_type: str | None, result: InvokeResult, at: float, memory_used_mb: int | None
    ) -> None:
        """The platform ends the invoke; a caller that already has its answer keeps it."""
        invoke = self._invoke
        invoke.fail(status, error_type, by_platform=True)
        if invoke.needs_init:
            # The service starts a request whose init failed again only to end it.
            self._out.publish(self._report.invoke_start(invoke))
        if not invoke.answered:
            self._answer_caller(result)
        self._close_invoke(at, memory_used_mb)

    def _close_invoke(self, at: float, memory_used_mb: int | None) -> None:
        self._out.disarm(Timer.INVOKE)
        self._out.publish(*self._report.invoke_done(self._invoke, at, memory_used_mb))
        self._out.do(do.ReleaseInvoke(request_id=self._invoke.invocation.request_id))
        self.invoke = None

    # Phases

    def _become_ready(self, at: float) -> None:
        self._move(Phase.READY)
        if self._retiring is None:
            self._frozen_at = at
            self._out.do(do.Freeze())
            self._out.publish(EnvironmentFrozen())
            self._out.do(do.AnnounceIdle())

    def _thaw(self, at: float) -> None:
        if self._frozen_at is not None:
            self._out.do(do.Thaw())
            self._out.publish(EnvironmentThawed(frozen_ms=round((at - self._frozen_at) * 1000, 3)))
            self._frozen_at = None

    def _reset(self, reason: str) -> None:
        """Every process dies, the place and /tmp stay; the next invoke runs init again."""
        self.runtime = RuntimeState.ABSENT
        self._waiting_tokens.clear()
        self._frozen_at = None
        self._move(Phase.RESETTING, reason=reason)
        self._out.do(do.AnnounceBusy())
        self._out.do(do.KillProcesses())

    def _shut_down(self, reason: str) -> None:
        """No extension is registered, so nothing is asked to end: SIGKILL at once."""
        self._retiring = reason
        self.runtime = RuntimeState.ABSENT
        self._out.disarm_all()
        self._move(Phase.SHUTDOWN, reason=reason)
        self._out.do(do.AnnounceGone())
        self._out.do(do.DestroySandbox(reason=reason))

    def _move(self, phase: Phase, reason: str = "") -> None:
        if phase not in PHASES[self.phase]:
            raise IllegalTransition(f"from {self.phase} to {phase}")
        self.phase = phase
        request_id = self.invoke.invocation.request_id if self.invoke else None
        self._out.publish(
            EnvironmentPhase(phase=phase, generation=self.generation, request_id=request_id, reason=reason)
        )

    # Bookkeeping

    def _refuse(self, happened: inputs.RuntimeInput, refusal: refusals.Refusal) -> None:
        token = getattr(happened, "token", None)
        assert token is not None
        self._out.refuse(token, refusal)
        self._out.publish(
            RuntimeMisbehaved(status_code=refusal.status_code, error_type=refusal.error_type, message=refusal.message)
        )

    def _drop(self, happened: inputs.Input) -> None:
        self.dropped_inputs += 1


_ON: Mapping[type[inputs.Input], Callable[..., None]] = {
    inputs.SandboxReady: Environment._sandbox_ready,
    inputs.SandboxLost: Environment._sandbox_lost,
    inputs.SandboxClosed: Environment._sandbox_closed,
    inputs.InvokeAssigned: Environment._invoke_assigned,
    inputs.TimerFired: Environment._timer_fired,
    inputs.RetireRequested: Environment._retire_requested,
    inputs.StopRequested: Environment._stop_requested,
    inputs.ProcessesGone: Environment._processes_gone,
}
