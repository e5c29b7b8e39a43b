"""InvokeWithResponseStream: AWS's own client reads it, while a runtime writes the response to a real Runtime API."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError

from lambdatui.api import streaming
from lambdatui.api.bandwidth import TokenBucket
from lambdatui.lifecycle.inputs import RuntimeBeganStreaming, RuntimeEndedStreaming
from lambdatui.model.ids import LATEST
from lambdatui.model.invocation import InvokeResult
from lambdatui.net.heads import LAST_CHUNK, render_chunk
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.service.invoking import InvokeOutcome, stopping
from tests.contract.api.standin import REQUEST_ID, StandIn
from tests.contract.api.test_boto3 import make_client
from tests.contract.api.wire import request_bytes
from tests.contract.net.peer import Peer
from tests.contract.runtime_api.door import ApiDoor
from tests.contract.runtime_api.test_streaming import ERROR, HEAD, TRAILERS

PATH = "/2021-11-15/functions/orders/response-streaming-invocations"
OnStream = Callable[[ResponseStream], None]


def outcome(error: bytes | None = None, log_tail: bytes | None = None) -> InvokeOutcome:
    result = InvokeResult(payload=b"") if error is None else InvokeResult(payload=error, function_error="Unhandled")
    return InvokeOutcome(
        status_code=200, request_id=REQUEST_ID, result=result, executed_version=LATEST, log_tail=log_tail
    )


@pytest.fixture
async def runtime(service: StandIn) -> AsyncIterator[Peer]:
    """A function whose runtime streams what the test writes here; it is over when the stream is."""
    async with ApiDoor() as door:
        peer = await door.connect()

        async def run(on_stream: OnStream) -> InvokeOutcome:
            begun = await door.came(RuntimeBeganStreaming)
            on_stream(door.api.read_stream(begun.token))
            ended = await door.came(RuntimeEndedStreaming)
            door.api.accept(ended.token)
            return outcome(ended.error_payload if ended.error_type else None, b"START\n" if tails() else None)

        def tails() -> bool:
            return service.invoked[-1].log_tail

        service.stream = run
        yield peer


Events = Callable[..., Coroutine[None, None, list[dict[str, Any]]]]


@pytest.fixture
def events(port: int) -> Events:
    """Every event that boto3 gives, off the loop that serves it."""

    def read(**parameters: Any) -> list[dict[str, Any]]:
        client = make_client(port)
        try:
            answer = client.invoke_with_response_stream(FunctionName="orders", **parameters)
            assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
            with closing(answer["EventStream"]) as found:
                return list(found)
        finally:
            client.close()

    async def run(**parameters: Any) -> list[dict[str, Any]]:
        return await asyncio.to_thread(read, **parameters)

    return run


def payload(events: list[dict[str, Any]]) -> bytes:
    return b"".join(event["PayloadChunk"]["Payload"] for event in events[:-1])


class Caller:
    """A raw caller that sees each message when it comes."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._buffer = EventStreamBuffer()
        self._messages = iter(self._buffer)

    @classmethod
    async def calling(cls, port: int, name: str = "orders", event: object = None) -> "Caller":
        peer = await Peer.connect(port)
        await peer.send(request_bytes("POST", PATH.replace("orders", name), json.dumps(event).encode()))
        return cls(peer)

    async def head(self) -> str:
        return (await self.peer.until(b"\r\n\r\n")).decode()

    async def message(self) -> tuple[str, bytes]:
        while (found := next(self._messages, None)) is None:
            size = int(await self.peer.until(b"\r\n"), 16)
            chunk = await self.peer.until(b"\r\n") if size == 0 else await self.peer.exactly(size + 2)
            self._buffer.add_data(chunk[:-2])
        headers: Any = found.headers
        return headers[":event-type"], bytes(found.payload)


async def test_a_streamed_response_comes_in_chunks_and_then_it_is_complete(events: Events, runtime: Peer) -> None:
    await runtime.send(HEAD + render_chunk(b"one ") + render_chunk(b"two") + LAST_CHUNK)
    found = await events()
    assert payload(found) == b"one two"
    assert found[-1] == {"InvokeComplete": {}}


async def test_an_error_in_the_middle_is_told_after_the_bytes_before_it(events: Events, runtime: Peer) -> None:
    await runtime.send(HEAD + render_chunk(b"half") + TRAILERS)
    found = await events()
    assert payload(found) == b"half"
    assert found[-1] == {"InvokeComplete": {"ErrorCode": "Unhandled", "ErrorDetails": ERROR.decode()}}


async def test_the_tail_of_the_log_comes_last(events: Events, runtime: Peer) -> None:
    await runtime.send(HEAD + LAST_CHUNK)
    (complete,) = await events(LogType="Tail")
    assert base64.b64decode(complete["InvokeComplete"]["LogResult"]) == b"START\n"


async def test_megabytes_arrive_unchanged(events: Events, runtime: Peer) -> None:
    body = bytes(range(256)) * 20_000
    reading = asyncio.get_running_loop().create_task(events())
    await runtime.send(HEAD + render_chunk(body) + LAST_CHUNK)
    assert payload(await reading) == body


async def test_a_response_that_is_not_streamed_comes_in_chunks_too(events: Events, service: StandIn) -> None:
    found = await events(Payload=b'{"a":"' + b"x" * 100_000 + b'"}')
    assert payload(found) == b'{"a":"' + b"x" * 100_000 + b'"}'
    assert len(found) == 3
    assert found[-1] == {"InvokeComplete": {}}


async def test_a_function_that_fails_before_it_answers_has_an_error_and_no_chunk(
    events: Events, service: StandIn
) -> None:
    service.respond = lambda request: outcome(b'{"errorType":"ValueError"}')
    assert await events() == [
        {"InvokeComplete": {"ErrorCode": "Unhandled", "ErrorDetails": '{"errorType":"ValueError"}'}}
    ]


async def test_a_dry_run_has_no_events(port: int, service: StandIn) -> None:
    caller = await Peer.connect(port)
    await caller.send(request_bytes("POST", PATH, b"{}", X_Amz_Invocation_Type="DryRun"))
    assert (await caller.answer())[0] == 204
    await caller.close()


async def test_an_event_cannot_be_streamed(port: int) -> None:
    caller = await Peer.connect(port)
    await caller.send(request_bytes("POST", PATH, b"{}", X_Amz_Invocation_Type="Event"))
    status, _, body = await caller.answer()
    assert status == 400
    assert "enum value set: [RequestResponse, DryRun]" in json.loads(body)["message"]
    await caller.close()


async def test_refusals_are_those_of_invoke(port: int) -> None:
    client = make_client(port)
    with pytest.raises(ClientError) as refused:
        await asyncio.to_thread(client.invoke_with_response_stream, FunctionName="nobody")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    client.close()


async def test_a_chunk_is_with_the_caller_before_the_next_is_written(port: int, runtime: Peer) -> None:
    caller = await Caller.calling(port)
    await runtime.send(HEAD)
    head = await caller.head()
    assert "Content-Type: application/vnd.amazon.eventstream\r\n" in head
    for piece in (b"one", b"two"):
        await runtime.send(render_chunk(piece))
        assert await caller.message() == ("PayloadChunk", piece)
    await runtime.send(LAST_CHUNK)
    assert await caller.message() == ("InvokeComplete", b"{}")
    await caller.peer.close()


async def test_the_request_id_of_the_head_is_that_of_the_invocation(port: int, runtime: Peer, service: StandIn) -> None:
    caller = await Caller.calling(port)
    await runtime.send(HEAD + LAST_CHUNK)
    head = await caller.head()
    assert f"x-amzn-RequestId: {service.invoked[-1].request_id}\r\n" in head
    await caller.peer.close()


async def test_a_timeout_cuts_the_stream_short(port: int, service: StandIn) -> None:
    async with ApiDoor() as door:
        runtime = await door.connect()
        timed_out = asyncio.Event()

        async def run(on_stream: OnStream) -> InvokeOutcome:
            on_stream(door.api.read_stream((await door.came(RuntimeBeganStreaming)).token))
            await timed_out.wait()
            return outcome(b'{"errorMessage":"Task timed out after 3.00 seconds"}')

        service.stream = run
        caller = await Caller.calling(port)
        await runtime.send(HEAD + render_chunk(b"half"))
        await caller.head()
        assert await caller.message() == ("PayloadChunk", b"half")
        timed_out.set()
        kind, body = await caller.message()
        assert (kind, json.loads(body)["ErrorCode"]) == ("InvokeComplete", "Unhandled")
        assert "timed out" in json.loads(body)["ErrorDetails"]
        assert door.quiet
        await caller.peer.close()


async def test_a_service_that_stops_says_so_in_the_stream(port: int, service: StandIn) -> None:
    async with ApiDoor() as door:
        runtime = await door.connect()

        async def run(on_stream: OnStream) -> InvokeOutcome:
            on_stream(door.api.read_stream((await door.came(RuntimeBeganStreaming)).token))
            raise stopping()

        service.stream = run
        caller = await Caller.calling(port)
        await runtime.send(HEAD + render_chunk(b"half"))
        await caller.head()
        kind, body = await caller.message()
        while kind == "PayloadChunk":
            kind, body = await caller.message()
        assert json.loads(body)["ErrorCode"] == "ServiceException"
        await caller.peer.close()


async def test_a_caller_that_goes_away_does_not_stop_the_function(port: int, service: StandIn) -> None:
    async with ApiDoor() as door:
        runtime = await door.connect()
        produced: asyncio.Queue[int] = asyncio.Queue()

        async def run(on_stream: OnStream) -> InvokeOutcome:
            on_stream(door.api.read_stream((await door.came(RuntimeBeganStreaming)).token))
            ended = await door.came(RuntimeEndedStreaming)
            produced.put_nowait(ended.produced_bytes)
            return outcome()

        service.stream = run
        caller = await Caller.calling(port)
        await runtime.send(HEAD + render_chunk(b"one"))
        await caller.head()
        await caller.message()
        caller.peer.reset()
        runtime.write(render_chunk(b"x" * 1_000_000) + render_chunk(b"x" * 1_000_000) + LAST_CHUNK)
        assert await produced.get() == 2_000_003


async def test_beyond_the_first_megabytes_a_response_takes_its_time(
    port: int, runtime: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        streaming, "TokenBucket", lambda at: TokenBucket(at, burst_bytes=128 * 1024, bytes_per_s=1024 * 1024)
    )
    loop = asyncio.get_running_loop()
    caller = await Caller.calling(port)
    runtime.write(HEAD + render_chunk(b"x" * 128 * 1024) + render_chunk(b"y" * 256 * 1024) + LAST_CHUNK)
    await caller.head()
    began = loop.time()
    while (await caller.message())[0] != "InvokeComplete":
        pass
    assert 0.24 < loop.time() - began < 5
    await caller.peer.close()
