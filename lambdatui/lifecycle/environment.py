"""One execution environment as a machine: inputs in, effects out.

Rule 1: phases are moved by the handlers of `_ON` and by the state-triggered rules of `_settle`, run to a fixed point.
Rule 2: a wrong move of a runtime or an extension is answered as AWS answers it; a wrong one of ours raises
IllegalTransition. Rule 3: what belongs to a dead generation is counted and dropped.

What init, restore, invoke and shutdown consist of is decided in the modules of these names, as is what follows from
the moves of runtime and extensions, and from what breaks.
"""

from collections.abc import Callable, Mapping

from lambdatui.lifecycle import breakdowns, inputs, orders
from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.breaking import Breaking
from lambdatui.lifecycle.current_invoke import CurrentInvoke, sampled_tracing
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.extension_inputs import (
    ExtensionInput,
)
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.initialising import Initialising, InitStage
from lambdatui.lifecycle.invoking import Invoking
from lambdatui.lifecycle.peers import Peers
from lambdatui.lifecycle.phases import HEARD, may_be_late
from lambdatui.lifecycle.readable import ReadableMachine
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.restoring import Restoring
from lambdatui.lifecycle.shutdown import Shutdown
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.orders import Order
from lambdatui.model.phase import InitPhase, Phase
from lambdatui.model.records import EnvironmentOrdered

# Asked for at every input. On Python 3.11 to look up a member of an enumeration takes as long as a call.
_INIT, _READY, _INVOKE, _RESET = Phase.INIT, Phase.READY, Phase.INVOKE, Phase.RESET
_ENDING = (Phase.RESETTING, Phase.SHUTDOWN)
_RUNTIME_READY = RuntimeState.READY


class Environment(ReadableMachine):
    """Feed it everything that happened, do what it returns, in that order."""

    def __init__(self, identity: Identity) -> None:
        self._facts = Facts(identity)
        self._init = Initialising(self._facts)
        self._restoring = Restoring(self._facts)
        self._invoking = Invoking(self._facts)
        self._shutdown = Shutdown(self._facts)
        self._breaking = Breaking(self._facts, self._init, self._restoring, self._invoking, self._shutdown)
        self._peers = Peers(self._facts, self._invoking, self._shutdown, self._breaking)

    def handle(self, happened: inputs.Input) -> do.Effects:
        """The effects of one input, in order. Raises IllegalTransition on an input that we should not have sent."""
        if isinstance(happened, inputs.RuntimeInput):
            self._peers.runtime_did(happened)
        elif isinstance(happened, ExtensionInput):
            self._peers.extension_did(happened)
        elif type(happened) in HEARD[self._facts.phase]:
            _ON[type(happened)](self, happened)
        elif type(happened) in may_be_late(self._facts.phase):
            self._facts.drop()
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
        if phase is _INVOKE:
            return self._invoke_rule(at)
        if phase is _INIT:
            return self._init_rule(at)
        if phase in _ENDING:
            return self._shutdown.advance()
        if facts.retiring is not None and phase in (_READY, _RESET):
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
        if facts.runtime.state is not _RUNTIME_READY:
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
        facts.move(_READY, reason=self._restoring.snapshot_in_words)
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
        self._breaking.if_too_many(happened.at)

    def _sandbox_lost(self, happened: inputs.SandboxLost) -> None:
        self._breaking.abandon_invoke(breakdowns.sandbox_lost(happened), happened.at)
        self._breaking.end_at_once(happened.reason, happened.at)

    def _sandbox_closed(self, happened: inputs.SandboxClosed) -> None:
        self._facts.move(Phase.DEAD, reason=self._facts.retiring or "")

    def _invoke_assigned(self, happened: inputs.InvokeAssigned) -> None:
        facts, at = self._facts, happened.at
        was_reset = facts.phase is _RESET
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
            facts.move(_INVOKE)
            self._invoking.deliver(at)
        facts.out.arm(Timer.INVOKE, invoke.deadline_at)
        if was_reset:
            self._breaking.if_too_many(at)

    def _timer_fired(self, happened: inputs.TimerFired) -> None:
        if not self._facts.out.take_timer(happened.timer, happened.arm_id):
            self._facts.drop()
            return
        match happened.timer:
            case Timer.INIT:
                self._breaking.broke(breakdowns.init_timed_out(self._facts.identity.init_timeout_s), happened.at)
            case Timer.RESTORE:
                self._breaking.broke(breakdowns.restore_timed_out(), happened.at)
            case Timer.INVOKE:
                timeout_s = self._facts.current_invoke.invocation.timeout_s
                self._breaking.broke(breakdowns.invoke_timed_out(timeout_s, happened.memory_used_mb), happened.at)
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
            self._breaking.abandon_invoke(breakdowns.stopped(happened.reason, happened.memory_used_mb), happened.at)
            if facts.phase is not Phase.SHUTDOWN:
                self._shutdown.shut_down(happened.reason, why, happened.at)
        else:
            self._breaking.abandon_invoke(breakdowns.stopped(happened.reason, happened.memory_used_mb), happened.at)
            self._breaking.end_at_once(happened.reason, happened.at)

    def _order_given(self, happened: inputs.OrderGiven) -> None:
        facts, order, at = self._facts, happened.order, happened.at
        if (why := orders.refusal(order, facts)) is not None:
            raise IllegalTransition(f"ordered to {order}: {why}")
        facts.out.publish(EnvironmentOrdered(order=order))
        if orders.obey(order, facts, at):
            return
        reason = orders.BY_YOU[order]
        if order is Order.RESET:
            self._breaking.broke(breakdowns.stopped(reason, happened.memory_used_mb), at)
        elif order is Order.RETIRE:
            self._retire_requested(inputs.RetireRequested(at=at, reason=reason))
        else:
            self._stop_requested(inputs.StopRequested(at=at, reason=reason, memory_used_mb=happened.memory_used_mb))

    def _processes_gone(self, happened: inputs.ProcessesGone) -> None:
        facts = self._facts
        if happened.generation != facts.generation or self._shutdown.is_orderly:
            self._facts.drop()
            return
        self._shutdown.reset_is_over()
        facts.move(Phase.RESET)
        if facts.retiring is None:
            facts.out.do(do.AnnounceIdle())


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
