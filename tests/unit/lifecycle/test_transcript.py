"""Inputs and commands in words."""

import pytest

from lambdatui.lifecycle import commands, extension_inputs, inputs
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.timers import Timer
from lambdatui.lifecycle.transcript import command_text, input_text
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentFrozen, EnvironmentPhase
from tests.unit.lifecycle.stage import invocation

REQUEST = RequestId("7f3c0001-0000-4000-8000-000000000001")
TOKEN = Token(1)


@pytest.mark.parametrize(
    ("happened", "text"),
    [
        (inputs.SandboxReady(at=1.0), "SandboxReady"),
        (inputs.SandboxReady(at=1.0, extensions=("a", "b")), "SandboxReady a,b"),
        (inputs.InvokeAssigned(at=1.0, epoch_s=1.0, invocation=invocation("req-1")), "InvokeAssigned req-1, 8 bytes"),
        (inputs.TimerFired(at=1.0, timer=Timer.INVOKE, arm_id=3, memory_used_mb=31), "TimerFired invoke 31 MB"),
        (inputs.RuntimeExited(at=1.0, generation=1, signal=9), "RuntimeExited signal 9"),
        (inputs.RuntimeExited(at=1.0, generation=1, exit_code=0), "RuntimeExited exit code 0"),
        (inputs.RuntimeExited(at=1.0, generation=1, signal=9, out_of_memory=True),
         "RuntimeExited signal 9 out of memory"),
        (inputs.OrderGiven(at=1.0, order=Order.FREEZE), "OrderGiven freeze"),
        (inputs.StopRequested(at=1.0, reason="the engine stops"), "StopRequested the engine stops"),
        (inputs.RuntimePostedResponse(at=1.0, generation=1, token=TOKEN, request_id=REQUEST, payload=b"{}"),
         "RuntimePostedResponse 7f3c0001 2 bytes"),
        (extension_inputs.ExtensionRegistered(at=1.0, generation=1, token=TOKEN, name="tail", extension_id="x",
                                              events=("INVOKE",)), "ExtensionRegistered tail INVOKE"),
    ],
)  # fmt: skip
def test_input_says_what_matters_of_it(happened: inputs.Input, text: str) -> None:
    assert input_text(happened) == text


def test_length_of_a_payload_that_was_let_go_is_told() -> None:
    happened = inputs.RuntimePostedResponse(at=1.0, generation=1, token=TOKEN, request_id=REQUEST, payload=b"")
    assert input_text(happened, 70_000) == "RuntimePostedResponse 7f3c0001 70000 bytes"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (commands.Freeze(), "Freeze"),
        (commands.SpawnRuntime(generation=2), "SpawnRuntime"),
        (commands.ArmTimer(timer=Timer.INVOKE, arm_id=1, due_at=4.5), "ArmTimer invoke, in 3.500 s"),
        (EnvironmentFrozen(), "Publish environment.frozen"),
        (EnvironmentPhase(phase=Phase.RESET, generation=1), "Publish environment.phase reset"),
        (EnvironmentPhase(phase=Phase.RESETTING, generation=1, reason="why"),
         "Publish environment.phase resetting: why"),
        (commands.AnswerCaller(request_id=REQUEST, result=InvokeResult(payload=b"12")),
         "AnswerCaller 7f3c0001 2 bytes"),
        (commands.AnswerCaller(request_id=REQUEST, result=InvokeResult(payload=b"12", error_type="Runtime.ExitError")),
         "AnswerCaller 7f3c0001 Runtime.ExitError"),
    ],
)  # fmt: skip
def test_command_says_what_matters_of_it(command: commands.Command, text: str) -> None:
    assert command_text(command, 1.0) == text
