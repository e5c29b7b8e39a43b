"""A Node.js handler that streams, from ``awslambda.streamifyResponse`` to boto3."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.net.listener import serve_tcp
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from tests.contract.api.test_boto3 import make_client
from tests.contract.api.test_streaming_engine import invoke, read

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")

HANDLER = """
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.http) stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201, headers: {a: "b"}});
  else stream.setContentType("text/plain");
  stream.write("one ");
  stream.write("two");
  if (event.fail) throw new Error("midway");
  stream.end();
});
"""


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.mjs").write_text(HANDLER)
    streams = Function(
        name=FunctionName("streams"),
        runtime="nodejs20.x",
        handler="index.handler",
        code_path=tmp_path / "src",
        timeout_s=10,
    )
    project = Project(name="shop", root=tmp_path, functions=(streams,))
    options = EngineOptions(reload=False)
    async with Engine(project, backend=ProcessBackend(), clock=RealClock(), options=options) as engine:
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


async def test_what_the_handler_writes_arrives(client: Any) -> None:
    assert await read(client, {}) == (b"one two", {})


async def test_metadata_of_an_http_response_come_first_and_eight_nul_bytes_behind_them(client: Any) -> None:
    body, complete = await read(client, {"http": True})
    assert body == b'{"statusCode":201,"headers":{"a":"b"}}' + b"\0" * 8 + b"one two"
    assert complete == {}


async def test_an_exception_in_the_middle_is_told_after_what_was_written(client: Any) -> None:
    body, complete = await read(client, {"fail": True})
    assert body == b"one two"
    assert (complete["ErrorCode"], '"errorMessage":"midway"' in complete["ErrorDetails"]) == ("Unhandled", True)


async def test_a_plain_invoke_has_it_in_one_piece(client: Any) -> None:
    assert await invoke(client, {}) == (b"one two", None)
