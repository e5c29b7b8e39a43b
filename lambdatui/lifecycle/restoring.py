"""SnapStart: what a snapshot is here, and how an environment comes back from one before its first invoke.

An environment of a function with SnapStart is initialised, says so by waiting in restore/next, and is frozen there:
that is the snapshot. Where its runtime can be forked, it never gets an invoke; the runtime of every other environment
is a fork of it, made in the first invoke of each, with what was unique in one process now the same in many, as on
Lambda. Where it cannot be, the first invoke thaws it and lets restore/next return, and every environment has a snapshot
of its own. Either way the invoke begins when the hooks after the restore are over.
"""

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.billing import elapsed_ms
from lambdatui.lifecycle.breakdowns import Breakdown
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.limits import RESTORE_TIMEOUT_S
from lambdatui.model.phase import InitializationType, Phase, Status


class Restoring:
    """One restore in the life of an environment: one that was reset inits anew, inside an invoke."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._is_due = facts.identity.initialization_type is InitializationType.SNAP_START
        self._began_at = 0.0

    @property
    def is_due(self) -> bool:
        """The next invoke finds a snapshot."""
        return self._is_due

    @property
    def is_for_others(self) -> bool:
        """What waits is a snapshot that other environments are restored from. Extensions have no snapshot."""
        facts = self._facts
        is_whole = facts.runtime.alone == "" and not facts.extensions
        return facts.runtime.state is RuntimeState.RESTORE_READY and is_whole

    @property
    def snapshot_in_words(self) -> str:
        """Why it is ready but not idle; empty where nothing waits to be restored."""
        facts = self._facts
        if facts.runtime.state is not RuntimeState.RESTORE_READY:
            return ""
        if self.is_for_others:
            return "snapshot for all: others are restored from it"
        alone = "there are extensions" if facts.extensions and facts.runtime.alone == "" else facts.runtime.alone
        alone = alone or facts.alone
        return "snapshot for one: the next invoke restores it" + (f"; {alone}" if alone else "")

    def wait_for_invoke(self) -> None:
        """The place is there, and another environment has the snapshot: no init."""
        self._facts.generation += 1
        self._facts.move(Phase.READY, reason="the next invoke restores the snapshot")
        self._facts.out.do(do.AnnounceIdle())

    def not_any_more(self) -> None:
        """There is no snapshot: its processes died."""
        self._is_due = False

    def begin(self, at: float) -> None:
        """Of the present invoke. A runtime that went by restore/next has no hooks, and is restored at once."""
        facts, runtime = self._facts, self._facts.runtime
        self._is_due = False
        self._began_at = at
        facts.current_invoke.restoring = True
        facts.out.publish(facts.report.restore_start())
        facts.out.arm(Timer.RESTORE, at + RESTORE_TIMEOUT_S)
        if facts.identity.restores:
            runtime.state = RuntimeState.RESTORING
            facts.out.do(do.RestoreRuntime(generation=facts.generation))
        elif runtime.state is RuntimeState.RESTORE_READY:
            runtime.state = RuntimeState.RESTORING
            if (token := runtime.take_restore_token()) is not None:
                facts.out.do(do.AnswerRestoreNext(token=token))

    def finish(self, at: float) -> None:
        """The runtime has asked for an event: from now on the invoke's own time counts."""
        invoke = self._facts.current_invoke
        self._facts.out.disarm(Timer.RESTORE)
        self._report(Status.SUCCESS, None, at)
        invoke.restoring, invoke.began_at = False, at

    def fail(self, broke: Breakdown, at: float) -> None:
        """The invocation never begins: no START, no REPORT, an exception of the service for its caller."""
        facts, request_id = self._facts, self._facts.current_invoke.invocation.request_id
        facts.out.disarm(Timer.RESTORE)
        self._report(broke.status, broke.error_type, at)
        if broke.refusal is None:
            facts.out.do(do.AnswerCaller(request_id=request_id, result=broke.result(request_id)))
        else:
            exception, message = broke.refusal
            facts.out.do(do.RefuseCaller(request_id=request_id, exception=exception, message=message))
        facts.out.do(do.ReleaseInvoke(request_id=request_id))
        facts.invoke = None

    def _report(self, status: Status, error_type: str | None, at: float) -> None:
        duration_ms = elapsed_ms(self._began_at, at)
        self._facts.out.publish(*self._facts.report.restore_done(status, error_type, duration_ms))
