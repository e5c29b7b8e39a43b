"""Every situation an environment can be in, against everything that can happen to it."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdatui.lifecycle import commands, extension_inputs, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.extension_inputs import ExtensionInput, SubscriptionApi
from lambdatui.lifecycle.inputs import Input, RuntimeInput, Token
from lambdatui.lifecycle.phases import HEARD, PHASES, may_be_late
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from tests.unit.lifecycle.extension_stage import ExtensionStage, warm_with
from tests.unit.lifecycle.stage import SNAP_START, invocation

TOKEN = Token(9_999)


def provisioning() -> ExtensionStage:
    return ExtensionStage()


def init_of_extensions() -> ExtensionStage:
    stage = provisioning()
    stage.sandbox_ready()
    return stage


def init_of_the_runtime() -> ExtensionStage:
    stage = init_of_extensions()
    stage.registers()
    return stage


def init_waits_for_extensions() -> ExtensionStage:
    stage = init_of_the_runtime()
    stage.calls_next()
    return stage


def ready() -> ExtensionStage:
    return warm_with("alpha")


def snapshot() -> ExtensionStage:
    stage = ExtensionStage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    stage.registers()
    stage.calls_restore_next()
    stage.extension_calls_next()
    return stage


def restoring() -> ExtensionStage:
    stage = snapshot()
    stage.assigned()
    return stage


def invoke() -> ExtensionStage:
    stage = ready()
    stage.assigned()
    return stage


def streaming() -> ExtensionStage:
    stage = invoke()
    stage.begins_streaming()
    return stage


def answered() -> ExtensionStage:
    stage = invoke()
    stage.responds()
    return stage


def waits_for_extensions() -> ExtensionStage:
    stage = answered()
    stage.calls_next()
    return stage


def resetting_the_runtime() -> ExtensionStage:
    stage = invoke()
    stage.fires(Timer.INVOKE)
    return stage


def resetting_extensions() -> ExtensionStage:
    stage = resetting_the_runtime()
    stage.exits(signal=15)
    return stage


def resetting_killed() -> ExtensionStage:
    stage = resetting_the_runtime()
    stage.fires(Timer.END)
    return stage


def reset() -> ExtensionStage:
    stage = resetting_killed()
    stage.gone()
    return stage


def suppressed_init() -> ExtensionStage:
    stage = reset()
    stage.assigned(invocation())
    return stage


def suppressed_init_of_the_runtime() -> ExtensionStage:
    stage = suppressed_init()
    stage.registers()
    return stage


def ending_the_runtime() -> ExtensionStage:
    stage = ready()
    stage.retire()
    return stage


def ending_extensions() -> ExtensionStage:
    stage = ending_the_runtime()
    stage.exits(signal=15)
    return stage


def ended() -> ExtensionStage:
    stage = ending_the_runtime()
    stage.fires(Timer.END)
    return stage


def dead() -> ExtensionStage:
    stage = ended()
    stage.feed(inputs.SandboxClosed(at=stage.at))
    return stage


SITUATIONS: tuple[Callable[[], ExtensionStage], ...] = (
    provisioning,
    init_of_extensions,
    init_of_the_runtime,
    init_waits_for_extensions,
    ready,
    snapshot,
    restoring,
    invoke,
    streaming,
    answered,
    waits_for_extensions,
    resetting_the_runtime,
    resetting_extensions,
    resetting_killed,
    reset,
    suppressed_init,
    suppressed_init_of_the_runtime,
    ending_the_runtime,
    ending_extensions,
    ended,
    dead,
)
_RUNTIME_IS_THERE = {
    init_of_the_runtime,
    init_waits_for_extensions,
    ready,
    snapshot,
    restoring,
    invoke,
    streaming,
    answered,
    waits_for_extensions,
    resetting_the_runtime,
    suppressed_init_of_the_runtime,
    ending_the_runtime,
}


def calls(stage: ExtensionStage) -> list[RuntimeInput | ExtensionInput]:
    """Every call that is answered; processes can make any of them at any time."""
    at, generation, request_id = stage.at, stage.generation, RequestId("req-1")
    runtime: dict[str, Any] = {"at": at, "generation": generation, "token": TOKEN}
    extension: dict[str, Any] = {**runtime, "extension_id": "alpha"}
    return [
        inputs.RuntimeCalledNext(**runtime),
        inputs.RuntimeCalledRestoreNext(**runtime),
        inputs.RuntimePostedResponse(**runtime, request_id=request_id, payload=b"1"),
        inputs.RuntimePostedError(**runtime, request_id=request_id, payload=b"1", error_type="X"),
        inputs.RuntimeBeganStreaming(**runtime, request_id=request_id, content_type="a/b"),
        inputs.RuntimePostedInitError(**runtime, payload=b"1", error_type="X"),
        inputs.RuntimePostedRestoreError(**runtime, payload=b"1", error_type="X"),
        extension_inputs.ExtensionRegistered(**extension, name="alpha"),
        extension_inputs.ExtensionRegistered(**extension, name="inner"),
        extension_inputs.ExtensionCalledNext(**extension),
        extension_inputs.ExtensionPostedInitError(**extension, error_type="X"),
        extension_inputs.ExtensionPostedExitError(**extension, error_type="X"),
        extension_inputs.ExtensionSubscribed(**extension, api=SubscriptionApi.TELEMETRY, types=("platform",)),
    ]


WAITS = (inputs.RuntimeCalledNext, inputs.RuntimeCalledRestoreNext, extension_inputs.ExtensionCalledNext)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
@pytest.mark.parametrize("number", range(13))
def test_every_call_is_answered_once_held_or_dropped(situation: Callable[[], ExtensionStage], number: int) -> None:
    stage = situation()
    happened = calls(stage)[number]
    dropped = stage.machine.dropped_inputs
    effects = stage.feed(happened)
    answers = [effect for effect in effects if getattr(effect, "token", None) == TOKEN]
    if stage.machine.dropped_inputs > dropped:
        assert effects == ()
    elif answers:
        assert len(answers) == 1
    else:
        assert isinstance(happened, WAITS)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
@pytest.mark.parametrize("number", range(13))
def test_every_call_of_a_dead_generation_is_dropped(situation: Callable[[], ExtensionStage], number: int) -> None:
    stage = situation()
    dropped = stage.machine.dropped_inputs
    assert stage.feed(replace(calls(stage)[number], generation=stage.generation - 1)) == ()
    assert stage.machine.dropped_inputs == dropped + 1


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
@pytest.mark.parametrize("orderly", [True, False])
def test_stop_ends_every_situation(situation: Callable[[], ExtensionStage], orderly: bool) -> None:
    stage = situation()
    stage.feed(inputs.StopRequested(at=stage.at, reason="stop", orderly=orderly))
    if situation is provisioning:
        stage.sandbox_ready()
    if orderly and Timer.END in stage.arms and stage.machine.phase is Phase.SHUTDOWN:
        stage.fires(Timer.END)
    if situation is not dead:
        destroyed = [effect for effect in stage.effects if isinstance(effect, commands.DestroySandbox)]
        assert len(destroyed) == 1
        stage.feed(inputs.SandboxClosed(at=stage.at))
    assert stage.machine.phase is Phase.DEAD
    assert stage.machine.invoke is None


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_end_of_the_runtime_resets_or_is_a_bug_where_there_is_none(situation: Callable[[], ExtensionStage]) -> None:
    stage = situation()
    if stage.machine.phase in (Phase.INIT, Phase.INVOKE) and situation not in _RUNTIME_IS_THERE:
        with pytest.raises(IllegalTransition):
            stage.exits(1)
        return
    stage.exits(1)
    if situation is restoring:
        assert stage.machine.phase is Phase.SHUTDOWN
    elif situation in _RUNTIME_IS_THERE - {ending_the_runtime}:
        assert stage.machine.phase is Phase.RESETTING
    elif situation is not dead:
        assert stage.machine.phase is situation().machine.phase


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_end_of_an_extension_resets_wherever_it_was_not_asked_to_end(situation: Callable[[], ExtensionStage]) -> None:
    stage = situation()
    before = stage.machine.phase
    stage.extension_exits("alpha")
    if before in (Phase.INIT, Phase.READY, Phase.INVOKE):
        assert stage.machine.phase is (Phase.SHUTDOWN if situation is restoring else Phase.RESETTING)
    else:
        assert stage.machine.phase is before


def told_by_the_engine(stage: ExtensionStage) -> list[Input]:
    at = stage.at
    return [
        inputs.SandboxReady(at=at),
        inputs.SandboxLost(at=at, reason="lost"),
        inputs.SandboxClosed(at=at),
        inputs.InvokeAssigned(at=at, invocation=invocation("req-9"), epoch_s=0.0),
        inputs.RetireRequested(at=at, reason="idle"),
        inputs.StopRequested(at=at, reason="stop"),
        inputs.ProcessesGone(at=at, generation=stage.generation),
        *(inputs.TimerFired(at=at, timer=timer, arm_id=0) for timer in Timer),
    ]


@pytest.mark.parametrize(
    ("situation", "number"),
    itertools.product(SITUATIONS, range(7 + len(Timer))),
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_everything_the_engine_tells_is_heard_dropped_or_our_bug(
    situation: Callable[[], ExtensionStage], number: int
) -> None:
    stage = situation()
    phase = stage.machine.phase
    happened = told_by_the_engine(stage)[number]
    kind = type(happened)
    if kind not in HEARD[phase] | may_be_late(phase):
        with pytest.raises(IllegalTransition):
            stage.feed(happened)
        return
    stage.feed(happened)
    assert stage.machine.phase in PHASES[phase] | {phase}


def test_commands_that_answer_carry_the_token() -> None:
    """What the first test counts as an answer is what the driver gives one for."""
    answering = (
        commands.AnswerNext,
        commands.AnswerRestoreNext,
        commands.AcceptPost,
        commands.RefuseRequest,
        ReadStream,
    )
    assert all("token" in kind.__dataclass_fields__ for kind in answering)
