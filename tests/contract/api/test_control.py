"""The control API over a real listener: what a screen or a command asks of an engine."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.model.function import Project
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import EnvironmentFrozen, EventsDropped
from lambdatui.net.listener import serve_tcp
from lambdatui.store.history import LoggedLine
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.snapshot import decode_views
from lambdatui.telemetry.wire import decode_event
from tests.contract.api.standin import StandIn
from tests.contract.api.wire import exchange, request_bytes

V1 = "/lambdatui/v1"


async def test_health_says_which_engine_this_is(port: int, service: StandIn) -> None:
    document = (await exchange(port, request_bytes("GET", f"{V1}/health"))).json
    assert (document["status"], document["root"]) == ("ok", str(service.project.root))


async def test_home_says_how_to_invoke(port: int) -> None:
    document = (await exchange(port, request_bytes("GET", "/"))).json
    assert document["functions"] == ["orders", "thumbnails"]
    assert document["invoke"] == "POST /2015-03-31/functions/{FunctionName}/invocations"


async def test_snapshot_carries_the_newest_sequence_number(port: int, service: StandIn) -> None:
    service.bus.publish(EnvironmentFrozen())
    answer = await exchange(port, request_bytes("GET", f"{V1}/snapshot"))
    assert decode_views(answer.body).seq == 1


async def test_functions_come_with_every_field_and_the_problems(port: int) -> None:
    document = (await exchange(port, request_bytes("GET", f"{V1}/functions"))).json
    assert [function["name"] for function in document["functions"]] == ["orders", "thumbnails"]
    assert document["functions"][1]["memory_mb"] == 512
    assert document["problems"] == []


async def test_functions_come_without_their_secrets(port: int, service: StandIn, project: Project) -> None:
    secretive = dataclasses.replace(project.functions[0], environment={"SECRET_KEY": "s3cret"})
    service.project = dataclasses.replace(project, functions=(secretive,))
    answer = await exchange(port, request_bytes("GET", f"{V1}/functions"))
    assert answer.json["functions"][0]["environment"] == {"SECRET_KEY": "********"}


class TestSamples:
    async def test_event_is_saved_as_a_sample_once_and_replaced_when_asked(self, port: int, project: Project) -> None:
        def put(target: str, body: bytes) -> bytes:
            return request_bytes("PUT", f"{V1}/samples/{target}", body=body)

        saved = await exchange(port, put("mine", b'{"a":1}'))
        again = await exchange(port, put("mine", b"2"))
        replaced = await exchange(port, put("mine?replace", b"3"))
        assert (saved.status, saved.json) == (200, {"name": "mine", "file": "events/mine.json"})
        assert (again.status, again.json["Message"]) == (
            409, "events/mine.json exists already; it is replaced only when that is asked for.",
        )  # fmt: skip
        assert (replaced.status, (project.root / "events/mine.json").read_text()) == (200, "3\n")

    @pytest.mark.parametrize(("name", "body"), [("..%2Fx", b"{}"), ("x", b"{nope"), (".x", b"{}")])
    async def test_what_cannot_be_a_sample_is_refused(self, port: int, name: str, body: bytes) -> None:
        answer = await exchange(port, request_bytes("PUT", f"{V1}/samples/{name}", body=body))
        assert answer.status == 400
        assert "cannot be saved" in answer.json["message"]

    async def test_catalogue_is_listed(self, port: int) -> None:
        listed = (await exchange(port, request_bytes("GET", f"{V1}/samples"))).json
        assert {"name", "service", "title"} == set(listed[0])

    async def test_body_is_sent_as_it_is_on_disk(self, port: int, service: StandIn) -> None:
        (service.project.root / "events").mkdir()
        (service.project.root / "events" / "mine.json").write_bytes(b'{ "a" : 1 }')
        assert (await exchange(port, request_bytes("GET", f"{V1}/samples/mine"))).body == b'{ "a" : 1 }'

    async def test_unknown_name_is_404_with_a_guess(self, port: int) -> None:
        answer = await exchange(port, request_bytes("GET", f"{V1}/samples/s3-putt"))
        assert answer.status == 404
        assert "'s3-put'" in answer.json["Message"]


class TestLogs:
    LINE = LoggedLine(time_s=1.5, function=FunctionName("orders"), environment=None, request_id=None, line="héllo\t1")

    async def test_lines_are_sent_with_where_they_come_from(self, port: int, service: StandIn) -> None:
        service.store.lines = (self.LINE,)
        answer = await exchange(port, request_bytes("GET", f"{V1}/logs"))
        assert answer.json == [
            {"time_s": 1.5, "function": "orders", "environment": None, "request_id": None, "line": "héllo\t1"}
        ]

    async def test_question_is_passed_on(self, port: int, service: StandIn) -> None:
        await exchange(port, request_bytes("GET", f"{V1}/logs?function=orders&limit=7&request_id=r"))
        assert service.store.asked == [("orders", "r", 7)]

    async def test_words_and_time_are_passed_on(self, port: int, service: StandIn) -> None:
        await exchange(port, request_bytes("GET", f"{V1}/logs?filter=level%3Aerror+x&before=1763716000.25"))
        assert service.store.searched == [("level:error x", 1763716000.25)]

    @pytest.mark.parametrize("time", ["", "yesterday", "nan", "inf"])
    async def test_time_that_is_none_is_refused(self, port: int, time: str) -> None:
        assert (await exchange(port, request_bytes("GET", f"{V1}/logs?before={time}"))).status == 400

    @pytest.mark.parametrize("limit", ["0", "-1", "x", "100001", ""])
    async def test_limit_that_is_none_is_refused(self, port: int, limit: str) -> None:
        assert (await exchange(port, request_bytes("GET", f"{V1}/logs?limit={limit}"))).status == 400


class TestEnvironments:
    async def test_kill_is_passed_on(self, port: int, service: StandIn) -> None:
        assert (await exchange(port, request_bytes("DELETE", f"{V1}/environments/e1"))).status == 204
        assert service.killed == ["e1"]

    async def test_killing_what_has_ended_is_404(self, port: int) -> None:
        answer = await exchange(port, request_bytes("DELETE", f"{V1}/environments/e9"))
        assert (answer.status, "'e9'" in answer.json["Message"]) == (404, True)

    async def test_file_of_tmp_is_sent_as_bytes(self, port: int, service: StandIn) -> None:
        service.scratch["a b/c.bin"] = b"\0\xff"
        answer = await exchange(port, request_bytes("GET", f"{V1}/environments/e1/scratch?path=a%20b%2Fc.bin"))
        assert (answer.status, answer.body, answer.headers["content-type"]) == (
            200,
            b"\0\xff",
            "application/octet-stream",
        )

    @pytest.mark.parametrize(("target", "status"), [("e1/scratch?path=x", 404), ("e9/scratch?path=x", 404),
                                                    ("e1/scratch", 400), ("e1/scratch?path=", 400)])  # fmt: skip
    async def test_what_is_not_there_or_not_named_is_refused(self, port: int, target: str, status: int) -> None:
        assert (await exchange(port, request_bytes("GET", f"{V1}/environments/{target}"))).status == status


class Viewer:
    """Reads the event stream chunk by chunk."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def head(self) -> str:
        return (await self._reader.readuntil(b"\r\n\r\n")).decode()

    async def chunk(self) -> bytes:
        size = int(await self._reader.readuntil(b"\r\n"), 16)
        return (await self._reader.readexactly(size + 2))[:-2]


@pytest.fixture
async def viewers(port: int) -> AsyncIterator[list[Viewer]]:
    opened: list[Viewer] = []
    yield opened
    for viewer in opened:
        viewer.writer.transport.abort()


async def view(port: int, viewers: list[Viewer], query: str) -> Viewer:
    viewer = Viewer(*await asyncio.open_connection("127.0.0.1", port))
    viewers.append(viewer)
    viewer.writer.write(request_bytes("GET", f"{V1}/events{query}"))
    return viewer


class TestEvents:
    async def test_stream_is_chunked_lines_of_json(self, port: int, service: StandIn, viewers: list[Viewer]) -> None:
        viewer = await view(port, viewers, "?after=0")
        head = await viewer.head()
        assert head.startswith("HTTP/1.1 200 ")
        assert "Content-Type: application/x-ndjson\r\n" in head
        assert "Transfer-Encoding: chunked\r\n" in head
        service.bus.publish(EnvironmentFrozen(), function=FunctionName("orders"))
        event = decode_event(await viewer.chunk())
        assert (event.seq, event.record, event.function) == (1, EnvironmentFrozen(), "orders")

    async def test_viewer_gets_everything_behind_its_snapshot(
        self, port: int, service: StandIn, viewers: list[Viewer]
    ) -> None:
        for _ in range(5):
            service.bus.publish(EnvironmentFrozen())
        viewer = await view(port, viewers, "?after=3")
        await viewer.head()
        lines = (await viewer.chunk()).splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [4, 5]

    async def test_viewer_that_asks_for_what_is_gone_is_told_how_much(
        self, port: int, service: StandIn, viewers: list[Viewer]
    ) -> None:
        service.bus = Bus(lambda: 0.0, ring_events=2)
        for _ in range(5):
            service.bus.publish(EnvironmentFrozen())
        viewer = await view(port, viewers, "?after=0")
        await viewer.head()
        first = decode_event((await viewer.chunk()).splitlines()[0])
        assert first.record == EventsDropped(count=3)

    async def test_stream_ends_with_the_engine(self, port: int, service: StandIn, viewers: list[Viewer]) -> None:
        viewer = await view(port, viewers, "?after=0")
        await viewer.head()
        service.bus.close()
        assert await viewer.chunk() == b""

    async def test_viewer_that_leaves_costs_nothing_further(
        self, port: int, service: StandIn, viewers: list[Viewer]
    ) -> None:
        viewer = await view(port, viewers, "?after=0")
        await viewer.head()
        task = next(iter(service.tasks))
        viewer.writer.transport.abort()
        await asyncio.wait_for(task, 5)

    async def test_sequence_number_that_is_none_is_refused(self, port: int) -> None:
        answer = await exchange(port, request_bytes("GET", f"{V1}/events?after=x"))
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "InvalidParameterValueException")


@pytest.mark.parametrize("target", ["/nothing", f"{V1}/nothing", "/2014-11-13/functions/orders/invoke-async/"])
async def test_path_that_is_nobodys_is_an_unknown_operation(port: int, target: str) -> None:
    answer = await exchange(port, request_bytes("GET", target))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize("target", ["/", f"{V1}/health", f"{V1}/snapshot", f"{V1}/events?after=0"])
async def test_token_guards_every_route(service: StandIn, target: str) -> None:
    api = ApiServer(service, token="s3cret")
    listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
    answer = await exchange(listener.port, request_bytes("GET", target))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")
    listener.close()
    await listener.wait_closed()
    api.close()


async def test_bug_in_a_synchronous_route_is_answered_with_500(
    port: int, service: StandIn, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    service.project = None  # type: ignore[assignment]
    answer = await exchange(port, request_bytes("GET", f"{V1}/health"))
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (500, "ServiceException")
    assert "GET /lambdatui/v1/health failed" in caplog.text
