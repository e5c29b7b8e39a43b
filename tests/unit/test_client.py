"""The client against the real API on a real socket, and against peers that misbehave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.client import EngineClient, EngineRefused, EngineUnreachable, LogLine, SampleInfo
from lambdatui.model.function import Function, Problem, Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.records import EnvironmentFrozen, EnvironmentThawed
from lambdatui.net.listener import serve_tcp, serve_unix
from lambdatui.net.request import Request
from lambdatui.service.rendezvous import Rendezvous
from lambdatui.store.history import LoggedLine
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.wire import encode_event
from tests.contract.api.standin import REQUEST_ID, StandIn


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[StandIn]:
    orders = Function(name=FunctionName("orders"), runtime="python3.12", handler="app.handler", code_path=tmp_path)
    problem = Problem(message="no handler", hint="add one", file="template.yaml", line=3)
    standin = StandIn(project=Project(name="shop", root=tmp_path, functions=(orders,), problems=(problem,)))
    yield standin
    await standin.aclose()


@pytest.fixture
async def client(service: StandIn, tmp_path: Path) -> AsyncIterator[EngineClient]:
    api = ApiServer(service)
    listener = await serve_unix(tmp_path / "s", api.handle, LIMITS)
    async with EngineClient.unix(tmp_path / "s") as client:
        yield client
    listener.close()
    await listener.wait_closed()
    api.close()


class TestCalls:
    async def test_snapshot_is_the_engines_picture(self, client: EngineClient, service: StandIn) -> None:
        service.bus.publish(EnvironmentFrozen())
        assert await client.snapshot() == service.views

    async def test_functions_are_the_engines_project(self, client: EngineClient, service: StandIn) -> None:
        assert await client.functions() == service.project

    async def test_project_samples_are_listed_and_read(self, client: EngineClient, service: StandIn) -> None:
        (service.project.root / "events").mkdir()
        (service.project.root / "events" / "für mich.json").write_bytes(b"{}")
        assert (await client.samples())[-1] == SampleInfo(
            name="für mich", service="project", title="events/für mich.json"
        )
        assert await client.sample("für mich") == b"{}"

    async def test_invoke_returns_payload_version_and_log(self, client: EngineClient) -> None:
        result = await client.invoke("orders", b'{"a":1}', log_tail=True)
        assert (result.status_code, result.payload, result.executed_version) == (200, b'{"a":1}', "$LATEST")
        assert (result.request_id, result.function_error) == (REQUEST_ID, None)
        assert result.log_tail == b"START RequestId: x Version: $LATEST\n"

    async def test_asynchronous_invoke_names_its_sample(self, client: EngineClient, service: StandIn) -> None:
        result = await client.invoke("orders", b"{}", invocation_type=InvocationType.EVENT, sample="s3 püt")
        assert (result.status_code, result.log_tail) == (202, None)
        assert service.invoked[0].sample == "s3 püt"

    async def test_qualifier_is_sent(self, client: EngineClient, service: StandIn) -> None:
        await client.invoke("orders", b"{}", qualifier="$LATEST")
        assert service.invoked[0].qualifier == "$LATEST"

    async def test_kill_reaches_the_environment(self, client: EngineClient, service: StandIn) -> None:
        await client.kill_environment("e1")
        assert service.killed == ["e1"]

    async def test_file_of_tmp_is_read(self, client: EngineClient, service: StandIn) -> None:
        service.scratch["a b/ü.txt"] = b"x"
        assert await client.read_scratch("e1", "a b/ü.txt") == b"x"

    async def test_log_lines_are_read(self, client: EngineClient, service: StandIn) -> None:
        about: Any = {"time_s": 1.5, "function": FunctionName("orders"), "environment": None, "request_id": None}
        service.store.lines = (LoggedLine(**about, line="hi"),)
        assert await client.logs("orders", 7) == (LogLine(**about, line="hi"),)
        assert service.store.asked == [("orders", None, 7)]

    async def test_words_of_a_search_reach_the_engine(self, client: EngineClient, service: StandIn) -> None:
        await client.logs(wanted="level:error é&x", before_s=1.25)
        assert service.store.searched == [("level:error é&x", 1.25)]

    async def test_invokes_run_beside_each_other(self, client: EngineClient, service: StandIn) -> None:
        service.gate = asyncio.Event()
        both = asyncio.gather(client.invoke("orders", b"1"), client.invoke("orders", b"2"))
        await asyncio.wait_for(service.started.wait(), 5)
        service.gate.set()
        assert [result.payload for result in await both] == [b"1", b"2"]


class TestEvents:
    async def test_events_behind_the_snapshot_arrive_and_the_end_is_the_engines(
        self, client: EngineClient, service: StandIn
    ) -> None:
        published = [service.bus.publish(EnvironmentFrozen()) for _ in range(3)]
        service.bus.close()
        batches = [batch async for batch in client.events(after=1)]
        assert [event for batch in batches for event in batch] == published[1:]

    async def test_events_arrive_while_they_happen(self, client: EngineClient, service: StandIn) -> None:
        service.bus.publish(EnvironmentFrozen())
        stream = client.events(after=0)
        assert [event.seq for event in await anext(stream)] == [1]
        service.bus.publish(EnvironmentThawed(frozen_ms=2.5))
        assert [event.record for event in await anext(stream)] == [EnvironmentThawed(frozen_ms=2.5)]
        await stream.aclose()


class TestRefusals:
    async def test_refusal_carries_status_type_and_text(self, client: EngineClient) -> None:
        with pytest.raises(EngineRefused, match=r"Function not found: arn:.*:nope:") as raised:
            await client.invoke("nope", b"{}")
        assert (raised.value.status_code, raised.value.error_type) == (404, "ResourceNotFoundException")

    async def test_refusal_without_a_text_shows_its_type(self, client: EngineClient) -> None:
        with pytest.raises(EngineRefused, match="AccessDeniedException"):
            await client.invoke("arn:aws:lambda:us-east-1:000000000000:function:orders", b"{}")

    async def test_event_stream_can_be_refused(self, service: StandIn) -> None:
        api = ApiServer(service, token="s3cret")
        listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
        async with EngineClient.tcp(f"http://127.0.0.1:{listener.port}", token="wrong") as client:
            with pytest.raises(EngineRefused, match="security token"):
                await anext(client.events(after=0))
        async with EngineClient.tcp(f"http://127.0.0.1:{listener.port}", token="s3cret") as client:
            assert (await client.snapshot()).seq == 0
        listener.close()
        await listener.wait_closed()
        api.close()


class TestNobodyThere:
    async def test_missing_socket_is_unreachable_with_what_to_type(self, tmp_path: Path) -> None:
        async with EngineClient.unix(tmp_path / "none") as client:
            with pytest.raises(EngineUnreachable, match=r"no engine runs at .*none") as raised:
                await client.snapshot()
        assert "lambdatui serve" in raised.value.hint

    async def test_closed_port_is_unreachable(self) -> None:
        listener = await serve_tcp("127.0.0.1", 0, lambda request: None)
        port = listener.port
        listener.close()
        await listener.wait_closed()
        async with EngineClient.tcp(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(EngineUnreachable, match="no engine runs"):
                await client.invoke("orders", b"{}")

    @pytest.mark.parametrize("url", ["127.0.0.1:9001", "https://127.0.0.1:9001", "http://"])
    def test_address_that_is_no_url_is_a_value_error(self, url: str) -> None:
        with pytest.raises(ValueError, match="looks like http://"):
            EngineClient.tcp(url)

    @pytest.mark.parametrize("socket", [Path("/x/engine.sock"), None])
    def test_rendezvous_leads_to_a_client(self, socket: Path | None) -> None:
        engine = Rendezvous(pid=1, started_s=0.0, url="http://127.0.0.1:9", socket=socket, version="0")
        assert isinstance(EngineClient.at(engine), EngineClient)


LINE = encode_event(TelemetryEvent(seq=1, time_s=0.0, record=EnvironmentFrozen())).encode() + b"\n"


Start = Callable[[Callable[[Request], None]], Awaitable[EngineClient]]


class TestStrangePeers:
    @pytest.fixture
    async def peer(self) -> AsyncIterator[Start]:
        opened = []

        async def start(handler: Callable[[Request], None]) -> EngineClient:
            listener = await serve_tcp("127.0.0.1", 0, handler)
            client = EngineClient.tcp(f"http://127.0.0.1:{listener.port}")
            opened.append((listener, client))
            return client

        yield start
        for listener, client in opened:
            await client.__aexit__(None, None, None)
            listener.close()
            await listener.wait_closed()

    async def test_line_that_comes_in_pieces_is_put_together(self, peer: Start) -> None:
        def trickle(request: Request) -> None:
            request.start_stream(200)
            for byte in LINE + LINE:
                request.send_chunk(bytes([byte]))
            request.end_stream()

        client = await peer(trickle)
        assert [len(batch) async for batch in client.events(after=0)] == [1, 1]

    async def test_half_a_line_at_the_end_is_no_event(self, peer: Start) -> None:
        def cut(request: Request) -> None:
            request.start_stream(200)
            request.send_chunk(LINE + LINE[:9])
            request.end_stream()

        client = await peer(cut)
        assert [len(batch) async for batch in client.events(after=0)] == [1]

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"'])
    async def test_document_of_another_kind_is_not_understood(self, peer: Start, body: bytes) -> None:
        client = await peer(lambda request: request.respond(200, b"", body))
        with pytest.raises(EngineUnreachable, match="does not understand"):
            await client.snapshot()
        with pytest.raises(EngineUnreachable, match="does not understand"):
            await client.functions()

    async def test_line_that_is_no_event_is_not_understood(self, peer: Start) -> None:
        client = await peer(lambda request: request.respond(200, b"", b"hello\n"))
        with pytest.raises(EngineUnreachable, match="does not understand"):
            await anext(client.events(after=0))

    async def test_engine_that_goes_away_inside_the_stream_is_unreachable(self) -> None:
        def begin(request: Request) -> None:
            request.start_stream(200)
            request.send_chunk(LINE)

        listener = await serve_tcp("127.0.0.1", 0, begin)
        async with EngineClient.tcp(f"http://127.0.0.1:{listener.port}") as client:
            stream = client.events(after=0)
            await anext(stream)
            listener.close()
            with pytest.raises(EngineUnreachable, match="went away"):
                await anext(stream)
        await listener.wait_closed()

    async def test_list_of_something_else_is_not_understood(self, peer: Start) -> None:
        client = await peer(lambda request: request.respond(200, b"", b"[1]"))
        with pytest.raises(EngineUnreachable, match="does not understand"):
            await client.samples()
        with pytest.raises(EngineUnreachable, match="does not understand"):
            await client.logs()

    async def test_error_page_of_something_else_is_shown(self, peer: Start) -> None:
        client = await peer(lambda request: request.respond(502, b"", b"bad gateway"))
        with pytest.raises(EngineRefused, match="bad gateway"):
            await client.snapshot()
