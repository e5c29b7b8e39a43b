"""What everybody may read of a machine; nothing here changes it."""

from typing import assert_never

from lambdatui.lifecycle import orders
from lambdatui.lifecycle.current_invoke import CurrentInvoke
from lambdatui.lifecycle.extensions import Extension
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.initialising import Initialising, InitStage
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.lifecycle.restoring import Restoring
from lambdatui.lifecycle.shutdown import Shutdown
from lambdatui.model.machine_picture import ExtensionPicture, MachinePicture
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase


class ReadableMachine:
    """The base of the machine; its parts are made there."""

    _facts: Facts
    _init: Initialising
    _restoring: Restoring
    _shutdown: Shutdown

    @property
    def phase(self) -> Phase:
        return self._facts.phase

    @property
    def runtime(self) -> RuntimeState:
        return self._facts.runtime.state

    @property
    def generation(self) -> int:
        return self._facts.generation

    @property
    def invoke(self) -> CurrentInvoke | None:
        return self._facts.invoke

    @property
    def dropped_inputs(self) -> int:
        return self._facts.dropped_inputs

    def refusal(self, order: Order) -> str | None:
        """Why the order makes no sense now, for people; None where the input ``OrderGiven`` carries it out."""
        return orders.refusal(order, self._facts)

    def extension_names(self) -> dict[str, str]:
        """The name of every extension that has registered, by its identifier."""
        return {each.extension_id: each.name for each in self._facts.extensions if each.extension_id}

    def picture(self, at: float) -> MachinePicture:
        """As it stands at ``at``."""
        facts, invoke = self._facts, self._facts.invoke
        return MachinePicture(
            phase=facts.phase,
            stage=self._stage(),
            runtime=facts.runtime.state,
            generation=facts.generation,
            dropped_inputs=facts.dropped_inputs,
            frozen_s=facts.frozen_for_s(at),
            retiring=facts.retiring or "",
            request_id=None if invoke is None else invoke.invocation.request_id,
            invoke_s=None if invoke is None else at - invoke.began_at,
            extensions=tuple(_extension(each) for each in facts.extensions),
            refusals={order.value: self.refusal(order) or "" for order in Order},
        )

    def _stage(self) -> str:
        facts = self._facts
        match facts.phase:
            case Phase.PROVISIONING:
                return "its place is being made"
            case Phase.INIT:
                return _INIT[self._init.stage]
            case Phase.READY:
                return self._at_rest()
            case Phase.INVOKE:
                return self._stage_of(facts.current_invoke)
            case Phase.RESETTING | Phase.SHUTDOWN:
                return self._shutdown.doing
            case Phase.RESET:
                return "it has no process; the next invoke runs init again"
            case Phase.DEAD:
                return "nothing of it is left"
            case _:
                assert_never(facts.phase)

    def _at_rest(self) -> str:
        if self._restoring.is_for_others:
            return "others are restored from its snapshot"
        snapshot = self._facts.runtime.state is RuntimeState.RESTORE_READY
        return "its snapshot waits to be restored" if snapshot else "it waits for an invoke"

    def _stage_of(self, invoke: CurrentInvoke) -> str:
        if invoke.needs_init:
            return f"init runs again: {_INIT[self._init.stage]}"
        if invoke.restoring:
            return "its snapshot is being restored"
        if invoke.runtime_done_at is not None:
            return "the runtime is done; extensions still have the event"
        if invoke.answered:
            return "the caller has its answer; the runtime has not asked for the next event yet"
        return "the handler has the event"


_INIT = {
    InitStage.EXTENSIONS: "external extensions start and register",
    InitStage.RUNTIME: "the runtime starts and imports the handler",
    InitStage.READINESS: "the runtime is ready; extensions ask for their first event",
    InitStage.OVER: "init is over",
}


def _extension(extension: Extension) -> ExtensionPicture:
    return ExtensionPicture(
        name=extension.name,
        external=extension.external,
        state=extension.state,
        alive=extension.alive,
        events=extension.events,
        subscribed_by=extension.api,
        error_type=extension.error_type,
    )
