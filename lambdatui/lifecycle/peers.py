"""What the runtime and the extensions of an environment do, and what follows from it.

A wrong move is answered as AWS answers it, and changes nothing. What belongs to a dead generation is counted and
dropped. Where processes are asked to end, their ends are heard and little else.
"""

from lambdatui.lifecycle import breakdowns, inputs, refusals
from lambdatui.lifecycle.breaking import Breaking
from lambdatui.lifecycle.extension_inputs import (
    ExtensionCalledNext,
    ExtensionExited,
    ExtensionInput,
    ExtensionLaunchFailed,
)
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.faults import launch_fault, missing_package_fault
from lambdatui.lifecycle.invoking import Invoking
from lambdatui.lifecycle.refusals import Refusal, RuntimeState
from lambdatui.lifecycle.runtime_side import WITH_REQUEST_ID
from lambdatui.lifecycle.shutdown import Shutdown
from lambdatui.model.phase import Phase

_LIVE = (Phase.INIT, Phase.READY, Phase.INVOKE)
"""Phases in which processes of the present generation may do what their tables say."""


class Peers:
    """Of one environment. Rules that follow from a state are not applied here."""

    def __init__(self, facts: Facts, invoking: Invoking, shutdown: Shutdown, breaking: Breaking) -> None:
        self._facts = facts
        self._invoking = invoking
        self._shutdown = shutdown
        self._breaking = breaking

    def runtime_did(self, happened: inputs.RuntimeInput) -> None:
        facts = self._facts
        if happened.generation != facts.generation:
            self._facts.drop()
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
            self._facts.drop()

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
                self._breaking.broke(breakdowns.runtime_posted(happened), happened.at)
            case inputs.RuntimeLaunchFailed():
                self._breaking.broke(breakdowns.runtime_launch_failed(happened), happened.at)
            case inputs.RuntimeExited():
                self._breaking.broke(breakdowns.runtime_exited(happened, facts.identity.memory_mb), happened.at)

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
            self._facts.drop()

    def extension_did(self, happened: ExtensionInput) -> None:
        facts = self._facts
        alive = facts.phase in _LIVE
        if happened.generation != facts.generation or not (alive or self._shutdown.is_orderly):
            self._facts.drop()
            return
        reported = facts.extensions.hear(happened)
        facts.first_error = facts.first_error or reported
        if isinstance(happened, ExtensionCalledNext) and facts.invoke is not None:
            facts.invoke.used(happened.memory_used_mb)
        if alive and isinstance(happened, ExtensionExited):
            self._breaking.broke(breakdowns.extension_exited(happened, facts.identity.memory_mb), happened.at)
        elif alive and isinstance(happened, ExtensionLaunchFailed):
            broke = breakdowns.extension_launch_failed(happened)
            facts.out.publish(launch_fault(happened.name, broke.message, happened.hint, facts.current_request_id))
            self._breaking.broke(broke, happened.at)

    def _refuse(self, happened: inputs.RuntimeInput, refusal: Refusal) -> None:
        token = getattr(happened, "token", None)
        assert token is not None
        self._facts.out.misbehaved(token, refusal)
