"""What breaks in an environment, and who pays for it: an init, a restore, an invoke; then every process ends."""

from lambdatui.lifecycle import breakdowns
from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.breakdowns import Breakdown
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.initialising import Initialising
from lambdatui.lifecycle.invoking import Invoking
from lambdatui.lifecycle.restoring import Restoring
from lambdatui.lifecycle.shutdown import Shutdown
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.phase import InitializationType, Phase


class Breaking:
    """Of one environment."""

    def __init__(
        self, facts: Facts, init: Initialising, restoring: Restoring, invoking: Invoking, shutdown: Shutdown
    ) -> None:
        self._facts = facts
        self._init = init
        self._restoring = restoring
        self._invoking = invoking
        self._shutdown = shutdown

    def broke(self, broke: Breakdown, at: float) -> None:
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
            self.abandon_invoke(broke, at)
        else:
            why = f"{broke.reason} between invokes"
        self._restoring.not_any_more()
        self._shutdown.reset(why, broke.shutdown_reason, at)

    def _not_provisioned(self, broke: Breakdown, at: float) -> None:
        """No invoke waits for it to be tried again inside its own time."""
        self._facts.out.do(do.AnnounceInitFailed())
        self._shutdown.shut_down(broke.reason, broke.shutdown_reason, at)

    def abandon_invoke(self, broke: Breakdown, at: float) -> None:
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

    def end_at_once(self, why: str, at: float) -> None:
        if self._facts.phase is Phase.SHUTDOWN:
            self._shutdown.kill()
        else:
            self._shutdown.shut_down(why, breakdowns.SPINDOWN, at, at_once=True)

    def if_too_many(self, at: float) -> None:
        """Extensions: then the init that begins ends at once."""
        if self._facts.extensions.too_many:
            self.broke(breakdowns.too_many_extensions(), at)
