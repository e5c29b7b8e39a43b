"""Responses that are streamed past the machine, the spans of a response, and an environment out of memory."""

import json
from dataclasses import replace

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.commands import Effects
from lambdatui.lifecycle.inputs import ResponseFault, Token
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import InvokeStart, RuntimeDone, Tracing
from tests.unit.lifecycle.extension_stage import refusal
from tests.unit.lifecycle.stage import (
    EPOCH_S,
    IDENTITY,
    Stage,
    caller_gets,
    init_report,
    invocation,
    names,
    records,
    report,
    warm,
)


def ends_streaming(
    stage: Stage,
    payload: bytes = b"whole",
    error_type: str | None = None,
    fault: ResponseFault | None = None,
) -> inputs.RuntimeEndedStreaming:
    return inputs.RuntimeEndedStreaming(
        at=stage.at,
        generation=stage.generation,
        token=Token(stage.token_count),
        request_id=RequestId("req-1"),
        payload=payload,
        content_type="text/plain",
        produced_bytes=5,
        error_type=error_type,
        error_payload=b'{"errorType":"Stop"}' if error_type else b"",
        fault=fault,
    )


def runtime_done(stage: Stage) -> RuntimeDone:
    (found,) = [record for record in records(stage.calls_next()) if isinstance(record, RuntimeDone)]
    return found


def started(effects: Effects) -> InvokeStart:
    (found,) = [record for record in records(effects) if isinstance(record, InvokeStart)]
    return found


def test_stream_goes_to_the_caller_before_it_has_ended() -> None:
    stage = warm()
    stage.assigned()
    effects = stage.begins_streaming()
    assert effects == (ReadStream(token=Token(stage.token_count), request_id=RequestId("req-1")),)


def test_end_of_a_stream_answers_both_and_the_invoke_goes_on_to_next() -> None:
    stage = warm()
    stage.assigned()
    stage.begins_streaming()
    effects = stage.feed(ends_streaming(stage))
    assert names(effects) == ["AcceptPost", "AnswerCaller"]
    assert (caller_gets(effects).result.payload, caller_gets(effects).result.content_type) == (b"whole", "text/plain")
    assert runtime_done(stage).metrics.produced_bytes == 5


def test_stream_that_the_runtime_ended_in_an_error_is_accepted_and_fails_for_the_caller() -> None:
    stage = warm()
    stage.assigned()
    stage.begins_streaming()
    effects = stage.feed(ends_streaming(stage, error_type="Runtime.StreamError"))
    assert names(effects)[0] == "AcceptPost"
    assert (caller_gets(effects).result.payload, caller_gets(effects).result.function_error) == (
        b'{"errorType":"Stop"}',
        "Unhandled",
    )
    told = report(stage.calls_next())
    assert (told.status, told.error_type) == (Status.ERROR, None)


def test_stream_that_broke_fails_by_the_platforms_account() -> None:
    stage = warm()
    stage.assigned()
    stage.begins_streaming()
    effects = stage.feed(ends_streaming(stage, fault=ResponseFault.TRUNCATED))
    assert refusal(effects).error_type == "TruncatedHTTPRequest"
    assert report(stage.calls_next()).error_type == "Runtime.TruncatedResponse"


@pytest.mark.parametrize("call", ["calls_next", "responds", "posts_error", "begins_streaming"])
def test_nothing_else_is_allowed_while_a_stream_is_open(call: str) -> None:
    stage = warm()
    stage.assigned()
    stage.begins_streaming()
    told = refusal(getattr(stage, call)())
    assert told.message.startswith("State transition from InvocationResponse to")


def test_timeout_in_the_middle_of_a_stream_ends_the_invoke() -> None:
    stage = warm()
    stage.assigned()
    stage.begins_streaming()
    late = ends_streaming(stage)
    assert report(stage.fires(Timer.INVOKE)).status is Status.TIMEOUT
    assert stage.feed(late) == ()


def test_spans_of_a_response_lie_end_to_end_in_wall_time() -> None:
    stage = warm()
    stage.at = 10.0
    stage.assigned()
    stage.at = 10.03
    stage.feed(
        inputs.RuntimePostedResponse(
            at=10.03,
            generation=1,
            token=stage.token(),
            request_id=RequestId("req-1"),
            payload=b"1",
            begun_at=10.02,
        )
    )
    stage.at = 10.034
    spans = runtime_done(stage).spans
    assert [(span.name, span.duration_ms) for span in spans] == [
        ("responseLatency", 20.0),
        ("responseDuration", 10.0),
        ("runtimeOverhead", 4.0),
    ]
    assert [round(span.start_s - EPOCH_S, 3) for span in spans] == [10.0, 10.02, 10.03]


def test_invoke_without_an_answer_has_no_spans() -> None:
    stage = warm()
    stage.assigned()
    (done,) = [record for record in records(stage.exits(1)) if isinstance(record, RuntimeDone)]
    assert done.spans == ()


def out_of_memory(stage: Stage) -> inputs.RuntimeExited:
    return inputs.RuntimeExited(
        at=stage.at, generation=stage.generation, signal=9, memory_used_mb=127, out_of_memory=True
    )


def test_out_of_memory_is_a_kill_to_the_caller_and_named_in_the_report() -> None:
    stage = warm()
    stage.assigned()
    effects = stage.feed(out_of_memory(stage))
    assert json.loads(caller_gets(effects).result.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: req-1 Error: Runtime exited with error: signal: killed",
    }
    told = report(effects)
    assert (told.status, told.error_type) == (Status.ERROR, "Runtime.OutOfMemory")
    assert told.metrics.max_memory_used_mb == told.metrics.memory_size_mb == 128


def test_out_of_memory_in_init_is_named_in_its_report() -> None:
    stage = Stage()
    stage.sandbox_ready()
    assert init_report(stage.feed(out_of_memory(stage))).error_type == "Runtime.OutOfMemory"


def test_runtime_that_cannot_be_launched_fails_init_and_the_invoke_that_tries_again() -> None:
    stage = Stage()
    stage.sandbox_ready()

    def fails() -> inputs.RuntimeLaunchFailed:
        return inputs.RuntimeLaunchFailed(
            at=stage.at, generation=stage.generation, error_type="Runtime.InvalidEntrypoint", reason="no bootstrap"
        )

    assert init_report(stage.feed(fails())).error_type == "Runtime.InvalidEntrypoint"
    stage.gone()
    stage.assigned()
    effects = stage.feed(fails())
    assert json.loads(caller_gets(effects).result.payload) == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": "RequestId: req-1 Error: no bootstrap",
    }
    assert stage.machine.phase is Phase.RESETTING


SAMPLED = "Root=1-2-3;Parent=53995c3f42cd8ad8;Sampled=1"


def test_sampled_invoke_names_its_trace_and_its_segment() -> None:
    stage = warm(identity=replace(IDENTITY, active_tracing=True))
    start = started(stage.assigned(replace(invocation(), trace_id=SAMPLED)))
    stage.responds()
    assert start.tracing == Tracing(value=SAMPLED, span_id="53995c3f42cd8ad8")
    assert report(stage.calls_next()).tracing == start.tracing


def test_function_that_does_not_trace_names_the_trace_of_its_caller_and_no_segment() -> None:
    stage = warm()
    start = started(stage.assigned(replace(invocation(), trace_id=SAMPLED)))
    assert start.tracing == Tracing(value=SAMPLED, span_id=None)


def test_trace_that_is_not_sampled_is_not_told() -> None:
    stage = warm()
    stage.assigned(replace(invocation(), trace_id="Root=1-2-3;Parent=4;Sampled=0"))
    stage.responds()
    assert report(stage.calls_next()).tracing is None
