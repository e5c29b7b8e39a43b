"""What extensions ask for: allowed by the table in the state they are in, or refused in the words of the service."""

from collections.abc import Callable

import pytest

from lambdatui.lifecycle import commands, extension_commands
from lambdatui.lifecycle.extension_inputs import ExtensionCalledNext, SubscriptionApi
from lambdatui.lifecycle.extension_states import EXTENSION, EXTENSION_MOVES, ExtensionState
from lambdatui.model.records import TelemetrySubscription
from tests.unit.lifecycle.extension_stage import (
    BOTH,
    ExtensionStage,
    refusal,
    warm_with,
)
from tests.unit.lifecycle.stage import invocation, names, records

# Refusals


def stage_in(state: ExtensionState) -> ExtensionStage:
    """A machine with one external extension in ``state``; alpha also where it has no identifier yet."""
    if state in (ExtensionState.READY, ExtensionState.RUNNING):
        stage = warm_with("alpha")
        if state is ExtensionState.RUNNING:
            stage.assigned()
        return stage
    stage = ExtensionStage(external=("alpha", "beta"))
    stage.sandbox_ready()
    if state in (ExtensionState.STARTED, ExtensionState.LAUNCH_ERROR):
        # A launch that fails ends the processes at once; the state can only be looked at from inside.
        stage.machine._facts.extensions._all[0].state = state
        return stage
    stage.registers("alpha")
    if state is ExtensionState.INIT_ERROR:
        stage.extension_posts_init_error("alpha")
    if state is ExtensionState.EXIT_ERROR:
        stage.extension_posts_exit_error("alpha")
    return stage


CALLS: dict[str, Callable[[ExtensionStage], commands.Effects]] = {
    "Registered": ExtensionStage.registers,
    "Ready": ExtensionStage.extension_calls_next,
    "InitError": ExtensionStage.extension_posts_init_error,
    "Exited": ExtensionStage.extension_posts_exit_error,
}


WITH_ID = [state for state in ExtensionState if state not in (ExtensionState.STARTED, ExtensionState.LAUNCH_ERROR)]


@pytest.mark.parametrize("kind", EXTENSION_MOVES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("state", WITH_ID)
def test_every_call_in_every_state_is_allowed_by_the_table_or_refused(state: ExtensionState, kind: type) -> None:
    stage = stage_in(state)
    asked = EXTENSION_MOVES[kind]
    effects = CALLS[asked](stage)
    if kind in EXTENSION[state]:
        assert "RefuseRequest" not in names(effects)
        return
    told = refusal(effects)
    assert (told.status_code, told.error_type) == (403, "Extension.InvalidExtensionState")
    assert told.message == (
        f"State transition from {state} to {asked} failed for extension alpha. Error: State transition is not allowed"
    )


@pytest.mark.parametrize("state", [ExtensionState.STARTED, ExtensionState.LAUNCH_ERROR])
def test_extension_that_cannot_register_any_more_is_refused(state: ExtensionState) -> None:
    effects = stage_in(state).registers("alpha")
    assert ("RefuseRequest" in names(effects)) is (state is ExtensionState.LAUNCH_ERROR)


def test_identifier_that_nobody_was_given_is_unknown() -> None:
    stage = warm_with("alpha")
    told = refusal(stage.extension_calls_next("nobody"))
    assert (told.error_type, told.message) == ("Extension.UnknownExtensionIdentifier", "Unknown extension nobody")
    told = refusal(stage.extension_posts_exit_error("nobody"))
    assert told.message == "Unknown Lambda-Extension-Identifier"


def test_internal_extension_may_not_have_shutdown() -> None:
    stage = ExtensionStage(external=())
    stage.sandbox_ready()
    told = refusal(stage.registers("inner", BOTH))
    assert (told.error_type, told.message) == (
        "Extension.InvalidEventType",
        "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
    )


def test_registration_is_closed_when_the_runtime_is_done() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    stage.calls_next()
    told = refusal(stage.registers("inner", ("INVOKE",)))
    assert (told.error_type, told.message) == (
        "Extension.RegistrationClosed",
        "Extension registration closed already",
    )


def test_second_internal_extension_of_a_name_is_refused() -> None:
    stage = ExtensionStage(external=())
    stage.sandbox_ready()
    stage.registers("inner", ())
    told = refusal(stage.registers("inner", ()))
    assert (told.error_type, told.message) == (
        "Extension.InvalidExtensionState",
        "Extension with this name already registered",
    )


def test_eleventh_extension_is_refused_where_it_is_an_internal_one() -> None:
    stage = ExtensionStage(external=("alpha", "beta"))
    stage.sandbox_ready()
    for number in range(8):
        stage.registers(f"inner{number}", ())
    told = refusal(stage.registers("inner8", ()))
    assert (told.error_type, told.message) == ("Extension.TooManyExtensions", "Extension limit (10) reached")


def test_subscription_is_accepted_and_told_while_init_lasts() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    effects = stage.extension_subscribes()
    assert names(effects) == ["AcceptSubscription", "platform.telemetrySubscription"]
    assert records(effects) == [TelemetrySubscription(name="alpha", types=("platform",))]


@pytest.mark.parametrize(
    ("api", "error_type", "message"),
    [
        (SubscriptionApi.TELEMETRY, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed"),
        (SubscriptionApi.LOGS, "Logs.SubscriptionClosed", "Logs API subscription is closed already"),
    ],
)
def test_subscription_is_closed_after_init(api: SubscriptionApi, error_type: str, message: str) -> None:
    told = refusal(warm_with("alpha").extension_subscribes(api=api))
    assert (told.status_code, told.error_type, told.message) == (403, error_type, message)


def test_extension_that_used_one_api_may_not_use_the_other() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    stage.extension_subscribes(api=SubscriptionApi.LOGS)
    assert names(stage.extension_subscribes(api=SubscriptionApi.LOGS))[0] == "AcceptSubscription"
    assert refusal(stage.extension_subscribes(api=SubscriptionApi.TELEMETRY)).status_code == 400


def test_subscribing_again_is_accepted_and_told_only_if_it_is_to_something_else() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    stage.registers()
    stage.extension_subscribes()
    assert names(stage.extension_subscribes()) == ["AcceptSubscription"]
    assert records(stage.extension_subscribes(types=("function",))) == [
        TelemetrySubscription(name="alpha", types=("function",))
    ]


def test_refused_call_is_told_and_changes_nothing() -> None:
    stage = warm_with("alpha")
    effects = stage.extension_calls_next()
    assert names(effects) == ["RefuseRequest", "environment.misbehaved"]
    assert any(isinstance(effect, extension_commands.SendInvokeEvent) for effect in stage.assigned())


def test_call_of_a_dead_generation_is_dropped() -> None:
    stage = warm_with("alpha")
    stage.extension_exits()
    stage.exits(signal=15)
    stage.gone()
    stage.assigned(invocation("req-2"))
    before = stage.machine.dropped_inputs
    stage.feed(ExtensionCalledNext(at=stage.at, generation=1, token=stage.token(), extension_id="alpha"))
    assert stage.machine.dropped_inputs == before + 1


def test_commands_answer_every_call_of_an_extension_that_is_answered_at_once() -> None:
    stage = ExtensionStage()
    stage.sandbox_ready()
    (answer,) = [each for each in stage.registers() if isinstance(each, extension_commands.AnswerRegister)]
    assert answer.extension_id == "alpha"
    assert isinstance(stage.extension_posts_init_error()[0], commands.AcceptPost)
