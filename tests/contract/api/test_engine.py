"""The API in front of a real engine that runs real handlers: what only both together can get wrong."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.client import EngineClient, EngineRefused
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import QueueMoved, Report
from lambdatui.net.listener import serve_tcp, serve_unix
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from tests.contract.api.test_boto3 import make_client
from tests.contract.api.wire import exchange, request_bytes

HANDLERS = """
def about(event, context):
    print("hello from", context.function_name)
    return {
        "event": event,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "version": context.function_version,
        "context": context.client_context and context.client_context.custom,
    }

def nothing(event, context):
    pass

def fails(event, context):
    raise ValueError("Handler fails")
"""


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(HANDLERS)

    def function(name: str, **changes: Any) -> Function:
        return Function(
            name=FunctionName(name),
            runtime="python3.11",
            handler=f"app.{name}",
            code_path=tmp_path / "src",
            timeout_s=10,
            **changes,
        )

    functions = (
        function("about"),
        function("nothing"),
        function("fails"),
        function("never", reserved_concurrency=0),
    )
    project = Project(name="shop", root=tmp_path, functions=functions)
    options = EngineOptions(reload=False)
    async with Engine(project, backend=ProcessBackend(), clock=RealClock(), options=options) as engine:
        yield engine


@pytest.fixture
async def engine_port(engine: Engine) -> AsyncIterator[int]:
    api = ApiServer(engine)
    listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
    yield listener.port
    listener.close()
    await listener.wait_closed()
    api.close()


@pytest.fixture
async def engine_client(engine: Engine, tmp_path: Path) -> AsyncIterator[EngineClient]:
    api = ApiServer(engine)
    listener = await serve_unix(tmp_path / "s", api.handle, LIMITS)
    async with EngineClient.unix(tmp_path / "s") as client:
        yield client
    listener.close()
    await listener.wait_closed()
    api.close()


@pytest.fixture
def boto(engine_port: int) -> Iterator[Any]:
    client = make_client(engine_port)
    yield client
    client.close()


async def test_sdk_gets_the_result_the_ids_and_the_log(boto: Any) -> None:
    context = base64.b64encode(b'{"custom": {"k": "v"}}').decode()
    answer = await asyncio.to_thread(
        boto.invoke, FunctionName="about:$LATEST", Payload=b'{"a": 1}', LogType="Tail", ClientContext=context
    )
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert json.loads(await asyncio.to_thread(answer["Payload"].read)) == {
        "event": {"a": 1},
        "id": request_id,
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:about:$LATEST",
        "version": "$LATEST",
        "context": {"k": "v"},
    }
    log = base64.b64decode(answer["LogResult"]).decode()
    assert log.startswith(f"START RequestId: {request_id} Version: $LATEST\nhello from about\nEND RequestId")
    assert f"REPORT RequestId: {request_id}\t" in log


async def test_result_is_passed_on_with_the_runtimes_own_spacing(engine_port: int) -> None:
    answer = await exchange(engine_port, request_bytes("POST", "/2015-03-31/functions/nothing/invocations"))
    assert (answer.status, answer.body) == (200, b"null")
    assert re.fullmatch(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}", answer.headers["x-amzn-requestid"])
    assert answer.headers["x-amzn-trace-id"].startswith("Root=1-")


@pytest.mark.parametrize("lines", ["", "Content-Type: application/x-www-form-urlencoded\r\n"])
async def test_handler_sees_an_object_whatever_content_type_a_script_sends(engine_port: int, lines: str) -> None:
    head = f"POST /2015-03-31/functions/about/invocations HTTP/1.1\r\nHost: localhost:9001\r\n{lines}"
    answer = await exchange(engine_port, f'{head}Content-Length: 8\r\n\r\n{{"a": 1}}'.encode())
    assert answer.json["event"] == {"a": 1}


async def test_exception_of_the_handler_is_200_and_unhandled(boto: Any) -> None:
    answer = await asyncio.to_thread(boto.invoke, FunctionName="fails")
    document = json.loads(await asyncio.to_thread(answer["Payload"].read))
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    assert (document["errorType"], document["errorMessage"]) == ("ValueError", "Handler fails")


async def test_function_without_concurrency_is_throttled(engine_port: int) -> None:
    answer = await exchange(engine_port, request_bytes("POST", "/2015-03-31/functions/never/invocations"))
    assert (answer.status, answer.body) == (
        429,
        b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    )


async def test_dry_run_runs_nothing(engine: Engine, boto: Any) -> None:
    answer = await asyncio.to_thread(boto.invoke, FunctionName="about", InvocationType="DryRun")
    assert (answer["StatusCode"], dict(engine.views.environments)) == (204, {})


async def test_viewer_sees_an_asynchronous_event_run(engine_client: EngineClient) -> None:
    after = (await engine_client.snapshot()).seq
    accepted = await engine_client.invoke("about", b"{}", invocation_type=InvocationType.EVENT, sample="hello")
    assert accepted.status_code == 202
    states: list[str] = []
    async for batch in engine_client.events(after):
        states += [
            event.record.state
            for event in batch
            if isinstance(event.record, QueueMoved) and event.record.request_id == accepted.request_id
        ]
        if states and states[-1] == "succeeded":
            break
    assert states == ["waiting", "running", "succeeded"]


async def test_snapshot_and_its_tail_make_one_picture(engine: Engine, engine_client: EngineClient) -> None:
    from lambdatui.telemetry.views import apply

    views = await engine_client.snapshot()
    await engine_client.invoke("about", b"{}")
    async for batch in engine_client.events(views.seq):
        views = apply(views, batch)
        if any(isinstance(event.record, Report) for event in batch):
            break
    assert views.reports[-1].cold
    assert list(views.environments) == list(engine.views.environments)


async def test_an_invocation_that_was_just_answered_is_in_the_history_whole(engine_client: EngineClient) -> None:
    answer = await engine_client.invoke("about", b"{}")
    found = await engine_client.invocation(answer.request_id, wait_s=10)
    assert found.summary.duration_ms is not None
    assert [line.split()[0] for line in found.logs] == ["START", "hello", "END", "REPORT"]


async def test_the_list_has_what_was_answered_a_moment_ago(engine_client: EngineClient) -> None:
    answers = [await engine_client.invoke("about", b"{}") for _ in range(3)]
    found = await engine_client.invocations()
    assert [each.request_id for each in found] == [each.request_id for each in reversed(answers)]


@pytest.mark.parametrize("wait", ["x", "-1", "nan", "61"])
async def test_a_wait_that_is_none_is_refused(engine_port: int, wait: str) -> None:
    answer = await exchange(engine_port, request_bytes("GET", f"/lambdatui/v1/invocations/x?wait={wait}"))
    assert answer.status == 400


class TestEnvironments:
    async def test_client_sees_an_environment_and_its_secrets_only_on_demand(self, engine_client: EngineClient) -> None:
        await engine_client.invoke("nothing", b"{}")
        found = await engine_client.environment("e1")
        shown = await engine_client.environment("e1", reveal=True)
        (hidden,) = [each for each in found.variables if each.name == "AWS_SECRET_ACCESS_KEY"]
        (plain,) = [each for each in shown.variables if each.name == "AWS_SECRET_ACCESS_KEY"]
        assert (hidden.value, hidden.hidden, plain.hidden) == ("********", True, False)
        assert found.function == "nothing"

    async def test_order_that_makes_no_sense_is_refused_in_words(self, engine_client: EngineClient) -> None:
        await engine_client.invoke("nothing", b"{}", log_tail=True)
        with pytest.raises(EngineRefused, match="environment e1 cannot freeze now: it is frozen already") as refused:
            await engine_client.order("e1", Order.FREEZE)
        assert (refused.value.status_code, refused.value.error_type) == (409, "ResourceConflictException")

    async def test_order_is_carried_out(self, engine: Engine, engine_client: EngineClient) -> None:
        await engine_client.invoke("nothing", b"{}", log_tail=True)
        await engine_client.order("e1", Order.RESET)
        assert engine.driver("e1").machine.phase in (Phase.RESETTING, Phase.RESET)

    async def test_machine_is_told_again_as_a_test(self, engine_client: EngineClient) -> None:
        await engine_client.invoke("nothing", b"{}")
        assert "def test_recorded_inputs_give_the_recorded_commands() -> None:" in (
            await engine_client.environment_test("e1")
        )

    @pytest.mark.parametrize(
        ("method", "target", "status"),
        [
            ("GET", "e9", 404),
            ("GET", "e9/test", 404),
            ("POST", "e9/orders/kill", 404),
            ("POST", "e1/orders/explode", 400),
        ],
    )
    async def test_what_is_not_there_or_no_order_is_refused(
        self, engine_port: int, method: str, target: str, status: int
    ) -> None:
        answer = await exchange(engine_port, request_bytes(method, f"/lambdatui/v1/environments/{target}"))
        assert answer.status == status
