"""Streaming through everything: boto3, the engine, an environment, and a runtime that is a small program of its own."""

import asyncio
import base64
import gc
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.api.streaming import StreamedAnswer
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.limits import MAX_RESPONSE_BYTES
from lambdatui.model.records import RuntimeDone
from lambdatui.net.body_stream import BodyStream
from lambdatui.net.listener import serve_tcp
from lambdatui.net.request import Request
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from lambdatui.service.streamed_flight import StreamedFlight
from tests.contract.api.test_boto3 import make_client
from tests.contract.api.test_streaming import Caller

BOOTSTRAP = f"""#!{sys.executable}
import base64, json, os, socket

host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")

def ask(parts):
    with socket.create_connection((host, int(port))) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while b"\\r\\n\\r\\n" not in answer:
            answer += connection.recv(65536)
        head, _, body = answer.partition(b"\\r\\n\\r\\n")
        lines = head.decode().split("\\r\\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        while len(body) < int(headers.get("Content-Length", "0")):
            body += connection.recv(65536)
        return int(lines[0].split()[1]), headers, body

def chunk(data):
    return b"%x\\r\\n%b\\r\\n" % (len(data), data)

def stream(path, event):
    yield (
        f"POST {{path}} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Type: text/plain\\r\\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\\r\\nTransfer-Encoding: chunked\\r\\n"
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\\r\\n\\r\\n"
    ).encode()
    for text in event["chunks"]:
        yield chunk(text.encode() * event.get("times", 1))
    if "gate" in event:
        socket.create_connection(("127.0.0.1", event["gate"])).recv(1)
        os._exit(3)
    if "error" in event:
        error = base64.b64encode(json.dumps(event["error"]).encode())
        yield b"0\\r\\nLambda-Runtime-Function-Error-Type: Function.Broken\\r\\n"
        yield b"Lambda-Runtime-Function-Error-Body: " + error + b"\\r\\n\\r\\n"
    else:
        yield b"0\\r\\n\\r\\n"

while True:
    status, headers, body = ask([b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"])
    path = f"/2018-06-01/runtime/invocation/{{headers['Lambda-Runtime-Aws-Request-Id']}}/response"
    status, _, answer = ask(stream(path, json.loads(body)))
    print("answered", status, flush=True)
"""
HANDLER = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("no")
    return event
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    (tmp_path / "streams").mkdir()
    bootstrap = tmp_path / "streams" / "bootstrap"
    bootstrap.write_text(BOOTSTRAP)
    bootstrap.chmod(0o755)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "app.py").write_text(HANDLER)
    functions = (
        Function(
            name=FunctionName("streams"),
            runtime="provided.al2023",
            handler="bootstrap",
            code_path=tmp_path / "streams",
            timeout_s=1,
        ),
        Function(name=FunctionName("plain"), runtime="python3.11", handler="app.handler", code_path=tmp_path / "plain"),
    )
    project = Project(name="shop", root=tmp_path, functions=functions)
    options = EngineOptions(reload=False)
    async with Engine(project, backend=ProcessBackend(), clock=RealClock(), options=options) as running:
        yield running


@pytest.fixture
async def port(engine: Engine) -> AsyncIterator[int]:
    api = ApiServer(engine)
    listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
    yield listener.port
    listener.close()
    await listener.wait_closed()
    api.close()


@pytest.fixture
def client(port: int) -> Iterator[Any]:
    client = make_client(port)
    yield client
    client.close()


@pytest.fixture
async def done(engine: Engine) -> AsyncIterator[Callable[[], Any]]:
    """What the engine says of the next runtime that is done."""
    async with engine.bus.subscribe("test") as subscription:

        async def next_done() -> RuntimeDone:
            async with asyncio.timeout(20):
                async for batch in subscription:
                    for event in batch:
                        if isinstance(event.record, RuntimeDone):
                            return event.record
            raise AssertionError("the engine stopped")

        yield next_done


async def read(client: Any, event: object, name: str = "streams", **parameters: str) -> tuple[bytes, dict[str, str]]:
    """The bytes of the response, and what its last message says."""

    def call() -> list[dict[str, Any]]:
        asked = {"FunctionName": name, "Payload": json.dumps(event).encode(), **parameters}
        with closing(client.invoke_with_response_stream(**asked)["EventStream"]) as events:
            return list(events)

    *chunks, last = await asyncio.to_thread(call)
    return b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks), last["InvokeComplete"]


async def invoke(client: Any, event: object) -> tuple[bytes, str | None]:
    def call() -> tuple[bytes, str | None]:
        answer = client.invoke(FunctionName="streams", Payload=json.dumps(event).encode())
        return answer["Payload"].read(), answer.get("FunctionError")

    return await asyncio.to_thread(call)


async def test_a_stream_arrives_and_is_measured(client: Any, done: Callable[[], Any]) -> None:
    assert await read(client, {"chunks": ["one ", "two"]}) == (b"one two", {})
    record = await done()
    assert record.metrics.produced_bytes == 7
    assert [span.name for span in record.spans][:2] == ["responseLatency", "responseDuration"]


async def test_the_tail_of_the_log_is_in_the_last_message(client: Any) -> None:
    _, complete = await read(client, {"chunks": ["one"]}, LogType="Tail")
    lines = base64.b64decode(complete["LogResult"]).decode()
    assert lines.startswith("START RequestId")
    assert "answered 202" in lines
    assert "REPORT RequestId" in lines


async def test_an_error_in_the_middle_is_the_last_message(client: Any, done: Callable[[], Any]) -> None:
    body, complete = await read(client, {"chunks": ["half"], "error": {"errorType": "Broken"}})
    assert body == b"half"
    assert complete == {"ErrorCode": "Unhandled", "ErrorDetails": '{"errorType": "Broken"}'}
    record = await done()
    assert (record.status, record.error_type) == ("error", "Function.Broken")


async def test_megabytes_arrive_within_the_burst(client: Any) -> None:
    body, complete = await read(client, {"chunks": ["0123456789"] * 5, "times": 100_000})
    assert (len(body), complete) == (5_000_000, {})


class Gate:
    """A runtime that comes to it waits until it is open, and then ends."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.StreamWriter] = []
        self._open = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.open()
        self._server.close()
        await self._server.wait_closed()

    def open(self) -> None:
        self._open = True
        for writer in self._waiting:
            writer.close()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._waiting.append(writer)
        if self._open:
            writer.close()


async def test_a_runtime_that_dies_in_the_middle_ends_the_stream_and_the_next_one_succeeds(
    client: Any, port: int
) -> None:
    async with Gate() as gate:
        caller = await Caller.calling(port, "streams", {"chunks": ["half"], "gate": gate.port})
        await caller.head()
        assert await caller.message() == ("PayloadChunk", b"half")
        gate.open()
        kind, body = await caller.message()
        await caller.peer.close()
    complete = json.loads(body)
    assert (kind, complete["ErrorCode"]) == ("InvokeComplete", "Unhandled")
    # Whether its end or that of its connection is seen first is not ours to say.
    assert json.loads(complete["ErrorDetails"])["errorType"] in ("Runtime.ExitError", "Runtime.TruncatedResponse")
    assert await read(client, {"chunks": ["again"]}) == (b"again", {})


async def test_a_runtime_that_hangs_in_the_middle_is_cut_off_by_the_timeout(client: Any) -> None:
    async with Gate() as gate:
        body, complete = await read(client, {"chunks": ["half"], "gate": gate.port})
    assert body == b"half"
    assert "timed out after 1.00 seconds" in complete["ErrorDetails"]
    assert await read(client, {"chunks": ["again"]}) == (b"again", {})


async def test_a_plain_invoke_gets_a_stream_in_one_piece(client: Any, done: Callable[[], Any]) -> None:
    assert await invoke(client, {"chunks": ["one ", "two"]}) == (b"one two", None)
    assert (await done()).metrics.produced_bytes == 7
    assert await invoke(client, {"chunks": ["half"], "error": {"errorType": "Broken"}}) == (
        b'{"errorType": "Broken"}',
        "Unhandled",
    )


async def test_a_plain_invoke_gets_no_more_than_a_buffered_response(client: Any) -> None:
    body, error = await invoke(client, {"chunks": ["x"], "times": MAX_RESPONSE_BYTES})
    assert (len(body), error) == (MAX_RESPONSE_BYTES, None)
    body, error = await invoke(client, {"chunks": ["x", "y"], "times": MAX_RESPONSE_BYTES})
    assert (json.loads(body)["errorType"], error) == ("Function.ResponseSizeTooLarge", "Unhandled")
    assert await invoke(client, {"chunks": ["again"]}) == (b"again", None)


async def test_a_python_function_answers_in_one_go(client: Any) -> None:
    assert await read(client, {"a": "b" * 100_000}, "plain") == (b'{"a": "' + b"b" * 100_000 + b'"}', {})
    body, complete = await read(client, {"fail": True}, "plain")
    assert body == b""
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "no"


async def test_an_engine_that_stops_ends_its_streams(engine: Engine, port: int) -> None:
    async with Gate() as gate:
        caller = await Caller.calling(port, "streams", {"chunks": ["half"], "gate": gate.port})
        await caller.head()
        assert await caller.message() == ("PayloadChunk", b"half")
        engine.pools[FunctionName("streams")].stop("a test")
        kind, body = await caller.message()
        await caller.peer.close()
    assert kind == "InvokeComplete"
    assert "ErrorCode" in json.loads(body)


async def test_streams_leave_nothing_behind(engine: Engine, port: int) -> None:
    client = make_client(port)

    def call(times: int) -> None:
        for _ in range(times):
            asked = {"FunctionName": "streams", "Payload": b'{"chunks":["one","two"]}'}
            with closing(client.invoke_with_response_stream(**asked)["EventStream"]) as events:
                assert len(list(events)) >= 2

    await asyncio.to_thread(call, 20)
    gc.collect()
    before = Counter(type(each) for each in gc.get_objects())
    await asyncio.to_thread(call, 100)
    gc.collect()
    after = Counter(type(each) for each in gc.get_objects())
    client.close()
    for kind in (ResponseStream, BodyStream, StreamedFlight, StreamedAnswer, Request):
        assert after[kind] <= before[kind] + 2, kind  # the last one may still be on its way out
