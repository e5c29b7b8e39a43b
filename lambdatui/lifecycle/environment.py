"""One execution environment as a machine: inputs in, effects out.

Rule 1: phases are moved by the handlers of `_ON` and by the state-triggered rules of `_settle`, run to a fixed point.
Rule 2: a wrong move of a runtime or an extension is answered as AWS answers it; a wrong one of ours raises
IllegalTransition. Rule 3: what belongs to a dead generation is counted and dropped.

What init, restore, invoke and shutdown consist of is decided in the modules of these names.
"""

from collections.abc import Callable, Mapping

from lambdatui.lifecycle import breakdowns, inputs, orders, refusals
from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.breakdowns import Breakdown
from lambdatui.lifecycle.current_invoke import CurrentInvoke, sampled_tracing
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.extension_inputs import (
    ExtensionCalledNext,
    ExtensionExited,
    ExtensionInput,
    ExtensionLaunchFailed,
)
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.faults import launch_fault, missing_package_fault
from lambdatui.lifecycle.initialising import Initialising, InitStage
from lambdatui.lifecycle.invoking import Invoking
from lambdatui.lifecycle.phases import HEARD, may_be_late
from lambdatui.lifecycle.readable import ReadableMachine
from lambdatui.lifecycle.refusals import Refusal, RuntimeState
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.restoring import Restoring
from lambdatui.lifecycle.runtime_side import WITH_REQUEST_ID
from lambdatui.lifecycle.shutdown import Shutdown
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.orders import Order
from lambdatui.model.phase import InitializationType, InitPhase, Phase
from lambdatui.model.records import EnvironmentOrdered

_LIVE = (Phase.INIT, Phase.READY, Phase.INVOKE)
"""Phases in which processes of the present generation may do what their tables say."""


class Environment(ReadableMachine):
    """Feed it everything that happened, do what it returns, in that order."""

    def __init__(self, identity: Identity) -> None:
        self._facts = Facts(identity)
        self._init = Initialising(self._facts)
        self._restoring = Restoring(self._facts)
        self._invoking = Invoking(self._facts)
        self._shutdown = Shutdown(self._facts)

    def handle(self, happened: inputs.Input) -> do.Effects:
        """The effects of one input, in order. Raises IllegalTransition on an input that we should not have sent."""
        if isinstance(happened, inputs.RuntimeInput):
            self._runtime_did(happened)
        elif isinstance(happened, ExtensionInput):
            self._extension_did(happened)
        elif type(happened) in HEARD[self._facts.phase]:
            _ON[type(happened)](self, happened)
        elif type(happened) in may_be_late(self._facts.phase):
            self._drop()
        else:
            raise IllegalTransition(f"{type(happened).__name__} in phase {self._facts.phase}")
        self._settle(happened.at)
        return self._facts.out.take()

    # State-triggered rules

    def _settle(self, at: float) -> None:
        while self._one_rule(at):
            pass

    def _one_rule(self, at: float) -> bool:
        facts = self._facts
        phase = facts.phase
        if phase is Phase.INVOKE:
            return self._invoke_rule(at)
        if phase is Phase.INIT:
            return self._init_rule(at)
        if phase in (Phase.RESETTING, Phase.SHUTDOWN):
            return self._shutdown.advance()
        if facts.retiring is not None and phase in (Phase.READY, Phase.RESET):
            self._shutdown.shut_down(facts.retiring, breakdowns.SPINDOWN, at)
            return True
        return False

    def _init_rule(self, at: float) -> bool:
        if not self._init.advance(at):
            return False
        if self._init.stage is InitStage.OVER:
            self._facts.out.disarm(Timer.INIT)
            self._become_ready(at)
        return True

    def _invoke_rule(self, at: float) -> bool:
        facts, invoke = self._facts, self._facts.current_invoke
        if invoke.needs_init:
            if not self._init.advance(at):
                return False
            if self._init.stage is InitStage.OVER:
                invoke.needs_init = False
                self._invoking.deliver(at)
            return True
        if facts.runtime.state is not RuntimeState.READY:
            return False
        if invoke.restoring:
            self._restoring.finish(at)
            self._invoking.deliver(at)
            facts.out.arm(Timer.INVOKE, invoke.deadline_at)
            return True
        if invoke.runtime_done_at is None:
            self._invoking.runtime_done(at)
        if facts.extensions and not facts.extensions.invoked_ready:
            return False
        self._invoking.finish(at)
        self._become_ready(at)
        return True

    def _become_ready(self, at: float) -> None:
        facts = self._facts
        facts.move(Phase.READY, reason=self._restoring.snapshot_in_words)
        if facts.retiring is None:
            facts.freeze(at)
            facts.out.do(do.AnnounceSnapshot() if self._restoring.is_for_others else do.AnnounceIdle())

    # What the place and placement do

    def _sandbox_ready(self, happened: inputs.SandboxReady) -> None:
        facts = self._facts
        facts.alone = happened.alone
        if facts.retiring is not None:
            self._shutdown.shut_down(facts.retiring, breakdowns.SPINDOWN, happened.at)
            return
        if facts.identity.restores:
            self._restoring.wait_for_invoke()
            return
        facts.extension_files = happened.extensions
        facts.move(Phase.INIT)
        self._init.begin(InitPhase.INIT, happened.at)
        facts.out.arm(Timer.INIT, happened.at + facts.identity.init_timeout_s)
        self._break_if_too_many(happened.at)

    def _sandbox_lost(self, happened: inputs.SandboxLost) -> None:
        self._abandon_invoke(breakdowns.sandbox_lost(happened), happened.at)
        self._end_at_once(happened.reason, happened.at)

    def _sandbox_closed(self, happened: inputs.SandboxClosed) -> None:
        self._facts.move(Phase.DEAD, reason=self._facts.retiring or "")

    def _invoke_assigned(self, happened: inputs.InvokeAssigned) -> None:
        facts, at = self._facts, happened.at
        was_reset = facts.phase is Phase.RESET
        invoke = CurrentInvoke(
            invocation=happened.invocation,
            assigned_at=at,
            epoch_s=happened.epoch_s,
            began_at=at,
            tracing=sampled_tracing(happened.invocation.trace_id, active=facts.identity.active_tracing),
            needs_init=was_reset,
        )
        facts.invoke = invoke
        facts.thaw(at)
        if was_reset:
            facts.move(Phase.INVOKE, reason="init runs again inside this invoke")
            self._init.begin(InitPhase.INVOKE, at)
        elif self._restoring.is_due:
            facts.move(Phase.INVOKE, reason="restored from its snapshot")
            self._restoring.begin(at)
            return
        else:
            facts.move(Phase.INVOKE)
            self._invoking.deliver(at)
        facts.out.arm(Timer.INVOKE, invoke.deadline_at)
        if was_reset:
            self._break_if_too_many(at)

    def _timer_fired(self, happened: inputs.TimerFired) -> None:
        if not self._facts.out.take_timer(happened.timer, happened.arm_id):
            self._drop()
            return
        match happened.timer:
            case Timer.INIT:
                self._broke(breakdowns.init_timed_out(self._facts.identity.init_timeout_s), happened.at)
            case Timer.RESTORE:
                self._broke(breakdowns.restore_timed_out(), happened.at)
            case Timer.INVOKE:
                timeout_s = self._facts.current_invoke.invocation.timeout_s
                self._broke(breakdowns.invoke_timed_out(timeout_s, happened.memory_used_mb), happened.at)
            case Timer.RUNTIME_END:
                self._shutdown.runtime_had_its_share()
            case Timer.END:
                self._shutdown.kill()

    def _retire_requested(self, happened: inputs.RetireRequested) -> None:
        self._facts.retiring = happened.reason
        if self._facts.phase is Phase.INIT:
            self._shutdown.shut_down(happened.reason, breakdowns.SPINDOWN, happened.at)

    def _stop_requested(self, happened: inputs.StopRequested) -> None:
        facts = self._facts
        if facts.phase is Phase.PROVISIONING:
            facts.retiring = happened.reason
        elif happened.orderly:
            why = breakdowns.SPINDOWN if facts.invoke is None else breakdowns.FAILURE
            self._abandon_invoke(breakdowns.stopped(happened.reason, happened.memory_used_mb), happened.at)
            if facts.phase is not Phase.SHUTDOWN:
                self._shutdown.shut_down(happened.reason, why, happened.at)
        else:
            self._abandon_invoke(breakdowns.stopped(happened.reason, happened.memory_used_mb), happened.at)
            self._end_at_once(happened.reason, happened.at)

    def _order_given(self, happened: inputs.OrderGiven) -> None:
        facts, order, at = self._facts, happened.order, happened.at
        if (why := orders.refusal(order, facts)) is not None:
            raise IllegalTransition(f"ordered to {order}: {why}")
        facts.out.publish(EnvironmentOrdered(order=order))
        if orders.obey(order, facts, at):
            return
        reason = orders.BY_YOU[order]
        if order is Order.RESET:
            self._broke(breakdowns.stopped(reason, happened.memory_used_mb), at)
        elif order is Order.RETIRE:
            self._retire_requested(inputs.RetireRequested(at=at, reason=reason))
        else:
            self._stop_requested(inputs.StopRequested(at=at, reason=reason, memory_used_mb=happened.memory_used_mb))

    def _processes_gone(self, happened: inputs.ProcessesGone) -> None:
        facts = self._facts
        if happened.generation != facts.generation or self._shutdown.is_orderly:
            self._drop()
            return
        self._shutdown.reset_is_over()
        facts.move(Phase.RESET)
        if facts.retiring is None:
            facts.out.do(do.AnnounceIdle())

    # What the runtime does

    def _runtime_did(self, happened: inputs.RuntimeInput) -> None:
        facts = self._facts
        if happened.generation != facts.generation:
            self._drop()
        elif facts.phase in _LIVE:
            if isinstance(happened, inputs.RuntimeHungUp):
                facts.runtime.hung_up(happened.token)
            elif (refusal := facts.runtime.refusal(happened, facts.current_request_id)) is not None:
                self._refuse(happened, refusal)
            else:
                self._runtime_moved(happened)
        elif self._shutdown.is_orderly:
            self._runtime_ends(happened)
        elif (refusal := facts.runtime.refusal_of_the_end(happened)) is not None:
            self._refuse(happened, refusal)
        else:
            self._drop()

    def _runtime_moved(self, happened: inputs.RuntimeInput) -> None:
        facts = self._facts
        before = facts.runtime.move(happened)
        match happened:
            case inputs.RuntimeCalledNext():
                self._called_next(happened, before)
            case inputs.RuntimePostedResponse():
                self._invoking.posted_response(happened)
            case inputs.RuntimePostedError():
                self._invoking.posted_error(happened)
            case inputs.RuntimeBeganStreaming():
                self._invoking.began_streaming(happened)
            case inputs.RuntimeEndedStreaming():
                self._invoking.ended_streaming(happened)
            case inputs.RuntimeCalledRestoreNext():
                facts.runtime.restore_token, facts.runtime.alone = happened.token, happened.alone
            case inputs.RuntimePostedInitError() | inputs.RuntimePostedRestoreError():
                facts.out.accept(happened.token)
                if (fault := missing_package_fault(happened.payload, facts.current_request_id)) is not None:
                    facts.out.publish(fault)
                self._broke(breakdowns.runtime_posted(happened), happened.at)
            case inputs.RuntimeLaunchFailed():
                self._broke(breakdowns.runtime_launch_failed(happened), happened.at)
            case inputs.RuntimeExited():
                self._broke(breakdowns.runtime_exited(happened, facts.identity.memory_mb), happened.at)

    def _called_next(self, happened: inputs.RuntimeCalledNext, before: RuntimeState) -> None:
        facts = self._facts
        facts.runtime.waits(happened.token)
        if facts.invoke is not None:
            facts.invoke.used(happened.memory_used_mb)
        if before is RuntimeState.RUNNING:
            self._invoking.answer_next()

    def _runtime_ends(self, happened: inputs.RuntimeInput) -> None:
        """It was asked to end. There is no event any more to be answered, and no next one."""
        if isinstance(happened, inputs.RuntimeExited | inputs.RuntimeLaunchFailed):
            self._facts.runtime.is_gone()
        elif isinstance(happened, WITH_REQUEST_ID):
            self._refuse(happened, refusals.INVALID_REQUEST_ID)
        elif isinstance(happened, inputs.RuntimePostedInitError | inputs.RuntimePostedRestoreError):
            self._facts.out.accept(happened.token)
        elif (refusal := self._facts.runtime.refusal_of_the_end(happened)) is not None:
            self._refuse(happened, refusal)
        else:
            self._drop()

    # What extensions do

    def _extension_did(self, happened: ExtensionInput) -> None:
        facts = self._facts
        alive = facts.phase in _LIVE
        if happened.generation != facts.generation or not (alive or self._shutdown.is_orderly):
            self._drop()
            return
        reported = facts.extensions.hear(happened)
        facts.first_error = facts.first_error or reported
        if isinstance(happened, ExtensionCalledNext) and facts.invoke is not None:
            facts.invoke.used(happened.memory_used_mb)
        if alive and isinstance(happened, ExtensionExited):
            self._broke(breakdowns.extension_exited(happened, facts.identity.memory_mb), happened.at)
        elif alive and isinstance(happened, ExtensionLaunchFailed):
            broke = breakdowns.extension_launch_failed(happened)
            facts.out.publish(launch_fault(happened.name, broke.message, happened.hint, facts.current_request_id))
            self._broke(broke, happened.at)

    def _break_if_too_many(self, at: float) -> None:
        if self._facts.extensions.too_many:
            self._broke(breakdowns.too_many_extensions(), at)

    # What broke

    def _broke(self, broke: Breakdown, at: float) -> None:
        """Whatever was going on fails of it, and every process ends; a snapshot that cannot be restored is given up."""
        facts = self._facts
        broke = broke.caused_by(facts.first_error)
        if facts.invoke is not None and facts.invoke.restoring:
            self._restoring.fail(broke, at)
            self._shutdown.shut_down(broke.reason, broke.shutdown_reason, at)
            return
        why = broke.reason
        if facts.phase is Phase.INIT:
            facts.out.disarm(Timer.INIT)
            self._init.fail(broke, at)
            if facts.identity.initialization_type is InitializationType.PROVISIONED_CONCURRENCY:
                self._not_provisioned(broke, at)
                return
        elif facts.phase is Phase.INVOKE:
            self._abandon_invoke(broke, at)
        else:
            why = f"{broke.reason} between invokes"
        self._restoring.not_any_more()
        self._shutdown.reset(why, broke.shutdown_reason, at)

    def _not_provisioned(self, broke: Breakdown, at: float) -> None:
        """No invoke waits for it to be tried again inside its own time."""
        self._facts.out.do(do.AnnounceInitFailed())
        self._shutdown.shut_down(broke.reason, broke.shutdown_reason, at)

    def _abandon_invoke(self, broke: Breakdown, at: float) -> None:
        """If there is one, it ends here, and its init with it."""
        invoke = self._facts.invoke
        if invoke is None:
            return
        if invoke.restoring:
            self._restoring.fail(broke, at)
            return
        if invoke.needs_init:
            self._init.fail(broke, at)
        self._invoking.fail(broke, at)

    def _end_at_once(self, why: str, at: float) -> None:
        if self._facts.phase is Phase.SHUTDOWN:
            self._shutdown.kill()
        else:
            self._shutdown.shut_down(why, breakdowns.SPINDOWN, at, at_once=True)

    # Bookkeeping

    def _refuse(self, happened: inputs.RuntimeInput, refusal: Refusal) -> None:
        token = getattr(happened, "token", None)
        assert token is not None
        self._facts.out.misbehaved(token, refusal)

    def _drop(self) -> None:
        self._facts.dropped_inputs += 1


_ON: Mapping[type[inputs.Input], Callable[..., None]] = {
    inputs.SandboxReady: Environment._sandbox_ready,
    inputs.SandboxLost: Environment._sandbox_lost,
    inputs.SandboxClosed: Environment._sandbox_closed,
    inputs.InvokeAssigned: Environment._invoke_assigned,
    inputs.TimerFired: Environment._timer_fired,
    inputs.RetireRequested: Environment._retire_requested,
    inputs.StopRequested: Environment._stop_requested,
    inputs.ProcessesGone: Environment._processes_gone,
    inputs.OrderGiven: Environment._order_given,
}
