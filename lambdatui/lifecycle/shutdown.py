"""The end of all processes, in the order that extensions may expect; after it the place is kept (a reset) or not.

The runtime is asked to end first, and has its share of the budget; then extensions hear SHUTDOWN and have the rest;
what lives at the deadline is killed. Without extensions nothing is asked: everything is killed at once.
"""

from enum import Enum, auto

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.extension_commands import KillRuntime, TerminateRuntime
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import Phase

RUNTIME_SHARE = 0.3
"""Of the budget where external extensions need the rest; with internal ones only, the runtime has all of it."""


class _Stage(Enum):
    NONE = auto()
    RUNTIME = auto()
    EXTENSIONS = auto()
    KILLED = auto()


_DOING = {
    _Stage.NONE: "",
    _Stage.RUNTIME: "the runtime was asked to end",
    _Stage.EXTENSIONS: "extensions were told to end",
    _Stage.KILLED: "everything was killed; it is being cleared away",
}


class Shutdown:
    """Of one environment; a reset may come before the last one."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._stage = _Stage.NONE
        self._reason = ""
        self._deadline_at = 0.0
        self._last: do.KillProcesses | do.DestroySandbox = do.KillProcesses()

    @property
    def is_orderly(self) -> bool:
        """Processes of the present generation still live and are being asked to end."""
        return self._stage in (_Stage.RUNTIME, _Stage.EXTENSIONS)

    @property
    def doing(self) -> str:
        """What the end waits for, for people."""
        return _DOING[self._stage]

    def reset(self, why: str, reason: str, at: float) -> None:
        """Every process ends, the place and /tmp stay; the next invoke runs init again. ``reason`` is extensions'."""
        facts = self._facts
        facts.move(Phase.RESETTING, reason=why)
        facts.out.do(do.AnnounceBusy())
        self._last = do.KillProcesses()
        self._begin(reason, at)

    def reset_is_over(self) -> None:
        self._stage = _Stage.NONE

    def shut_down(self, why: str, reason: str, at: float, *, at_once: bool = False) -> None:
        """The environment ends. ``at_once``: nothing is asked, or nobody is left to be asked."""
        facts = self._facts
        facts.retiring = why
        facts.out.disarm_all()
        facts.move(Phase.SHUTDOWN, reason=why)
        facts.out.do(do.AnnounceGone())
        self._last = do.DestroySandbox(reason=why)
        self._stage = _Stage.NONE
        if at_once:
            self.kill()
        else:
            self._begin(reason, at)

    def kill(self) -> None:
        """What is left is killed now."""
        if self._stage is _Stage.KILLED:
            return
        self._stage = _Stage.KILLED
        self._facts.out.disarm_all()
        self._facts.processes_die()
        self._facts.out.do(self._last)

    def runtime_had_its_share(self) -> None:
        self._facts.out.do(KillRuntime())

    def advance(self) -> bool:
        """One step of an orderly end, if what it waited for has happened."""
        facts = self._facts
        if self._stage is _Stage.RUNTIME and facts.runtime.state is RuntimeState.ABSENT:
            facts.out.disarm(Timer.RUNTIME_END)
            self._stage = _Stage.EXTENSIONS
            facts.extensions.kill_the_unsubscribed()
        elif self._stage is _Stage.EXTENSIONS and not facts.extensions.any_external_lives:
            self.kill()
        elif self._stage is _Stage.EXTENSIONS:
            facts.extensions.send_shutdown(self._deadline_at, self._reason)
            return False
        else:
            return False
        return True

    def _begin(self, reason: str, at: float) -> None:
        facts, budget_s = self._facts, self._facts.extensions.budget_s
        if budget_s == 0.0:
            self.kill()
            return
        facts.thaw(at)
        self._stage, self._reason, self._deadline_at = _Stage.RUNTIME, reason, at + budget_s
        facts.out.arm(Timer.END, self._deadline_at)
        if facts.runtime.state is not RuntimeState.ABSENT:
            if facts.extensions.any_external_lives:
                facts.out.arm(Timer.RUNTIME_END, at + budget_s * RUNTIME_SHARE)
            facts.out.do(TerminateRuntime())
