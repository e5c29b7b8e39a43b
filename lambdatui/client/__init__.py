"""The typed client of an engine's control API and Invoke API; nothing else knows how to talk to an engine."""

import base64
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode, urlsplit

from lambdatui.client.wire import ClientError as ClientError
from lambdatui.client.wire import EngineRefused as EngineRefused
from lambdatui.client.wire import EngineUnreachable as EngineUnreachable
from lambdatui.client.wire import Wire, refused
from lambdatui.events.answer_diff import diff_answers
from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.experiments import Experiment, Trial, TrialOrder
from lambdatui.model.function import Project
from lambdatui.model.history import InvocationDetail, InvocationSummary
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import InvocationType
from lambdatui.model.orders import Order
from lambdatui.model.settings import Changes, SettingView, WrittenSettings
from lambdatui.model.views import Views
from lambdatui.net.client import HttpClient, Response
from lambdatui.service.invocation_document import InvocationDocumentError, read_detail, read_summaries
from lambdatui.service.project_document import ProjectDocumentError, read_project
from lambdatui.service.rendezvous import Rendezvous
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.json_codec import DecodeError, decoder
from lambdatui.telemetry.snapshot import SnapshotError, decode_views
from lambdatui.telemetry.waterfall import Waterfall
from lambdatui.telemetry.wire import WireError, decode_event

compare_bodies = diff_answers
"""How one event or answer differs from another, for whoever shows that."""

_PREFIX = "/lambdatui/v1"
_read_waterfall = decoder(Waterfall)
_read_trial = decoder(Trial)
_read_environment = decoder(EnvironmentDetail)
_read_setting = decoder(SettingView)
_read_written = decoder(WrittenSettings)
_DEFAULT_PORT = 80
_MAX_LINE_BYTES = 64 * 1024 * 1024
"""A line that grows past this is no event; a batch of logs stays far below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInfo:
    """A sample event of the catalogue; ``service`` is a short word such as ``s3``."""

    name: str
    service: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line from the history. ``time_s`` is seconds since the epoch; ``request_id`` None outside an invoke."""

    time_s: float
    function: FunctionName | None
    environment: EnvironmentId | None
    request_id: RequestId | None
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientInvokeResult:
    """What the Invoke API answered; ``payload`` is the function's own bytes, ``log_tail`` decoded."""

    status_code: int
    payload: bytes
    function_error: str | None
    request_id: RequestId
    executed_version: str | None
    log_tail: bytes | None


class EngineClient:
    """An engine at the other end of a unix socket or a TCP port. Safe for concurrent calls.

    Every method raises EngineUnreachable and EngineRefused.
    """

    def __init__(self, http: HttpClient, *, address: str, token: str | None = None) -> None:
        self._wire = Wire(http, address=address, token=token)

    @classmethod
    def unix(cls, path: Path) -> Self:
        return cls(HttpClient.unix(path), address=str(path))

    @classmethod
    def tcp(cls, url: str, token: str | None = None) -> Self:
        """``url`` is ``http://HOST:PORT``. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url!r} is no engine's address; it looks like http://127.0.0.1:9001")
        return cls(HttpClient.tcp(parts.hostname, parts.port or _DEFAULT_PORT), address=url, token=token)

    @classmethod
    def at(cls, rendezvous: Rendezvous, token: str | None = None) -> Self:
        """The engine that ``service.rendezvous.find`` found."""
        if rendezvous.socket is not None:
            return cls.unix(rendezvous.socket)
        return cls.tcp(rendezvous.url, token)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.http.close()

    # The picture and the stream

    async def snapshot(self) -> Views:
        """Everything, as of event ``seq``; follow on with ``events(after=views.seq)``."""
        body = (await self._wire.get(f"{_PREFIX}/snapshot")).body
        try:
            return decode_views(body)
        except SnapshotError as error:
            raise self._wire.not_understood(error) from error

    async def events(self, after: int) -> AsyncGenerator[tuple[TelemetryEvent, ...], None]:
        """Every event behind ``after``, in batches as they arrive; ends when the engine stops.

        A service.eventsDropped record means that some are lost and a new snapshot is due.
        """
        try:
            async with self._wire.http.stream("GET", f"{_PREFIX}/events?after={after}", self._wire.headers) as response:
                if response.status != 200:
                    raise refused(Response(response.status, response.headers, await response.read()))
                rest = b""
                async for piece in response.chunks():
                    *lines, rest = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
                    if len(rest) > _MAX_LINE_BYTES:
                        raise self._wire.not_understood(WireError("a line of the event stream does not end"))
                    if lines:
                        yield tuple(decode_event(line) for line in lines if line)
        except WireError as error:
            raise self._wire.not_understood(error) from error
        except OSError as error:
            raise self._wire.unreachable(error) from error

    # The project

    async def functions(self) -> Project:
        """The project as the engine read it, problems included; ``config_files`` stays empty."""
        try:
            return read_project(await self._wire.get_json(f"{_PREFIX}/functions"))
        except ProjectDocumentError as error:
            raise self._wire.not_understood(error) from error

    async def samples(self) -> tuple[SampleInfo, ...]:
        return await self._wire.get_rows(f"{_PREFIX}/samples", SampleInfo)

    async def sample(self, name: str) -> bytes:
        return (await self._wire.get(f"{_PREFIX}/samples/{quote(name, safe='')}")).body

    async def save_sample(self, name: str, body: bytes, *, replace: bool = False) -> str:
        """As a sample event of the project; the file's name. EngineRefused with status 409 where there is one."""
        target = f"{_PREFIX}/samples/{quote(name, safe='')}{'?replace' if replace else ''}"
        response = await self._wire.request("PUT", target, self._wire.headers, body)
        file: str = self._wire.decoded(lambda document: str(document["file"]), response)
        return file

    # The history

    async def invocations(self, query: str = "", *, limit: int = 100) -> tuple[InvocationSummary, ...]:
        """What was invoked, newest first; ``query`` as people write it (see ``events.query``)."""
        asked = urlencode({"query": query, "limit": limit})
        try:
            return read_summaries(await self._wire.get_json(f"{_PREFIX}/invocations?{asked}"))
        except InvocationDocumentError as error:
            raise self._wire.not_understood(error) from error

    async def invocation(self, request_id: str, *, wait_s: float = 0) -> InvocationDetail:
        """All that is kept of one; a beginning of its id is enough where only one has it. ``wait_s`` for its REPORT."""
        query = f"?wait={wait_s}" if wait_s else ""
        try:
            return read_detail(await self._wire.get_json(f"{_PREFIX}/invocations/{quote(request_id, safe='')}{query}"))
        except InvocationDocumentError as error:
            raise self._wire.not_understood(error) from error

    async def trace(self, request_id: str) -> Waterfall:
        """What happened in one invocation, and when; by its whole id."""
        document = await self._wire.get_json(f"{_PREFIX}/invocations/{quote(request_id, safe='')}/trace")
        try:
            found: Waterfall = _read_waterfall(document)
        except DecodeError as error:
            raise self._wire.not_understood(error) from error
        return found

    # Doing

    async def invoke(
        self,
        function: str,
        payload: bytes,
        *,
        invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE,
        qualifier: str | None = None,
        log_tail: bool = False,
        sample: str | None = None,
        experiment: Experiment | None = None,
    ) -> ClientInvokeResult:
        """Invoke through the ordinary Lambda API. A function's own error is a result, not an exception."""
        headers = [
            *self._wire.headers,
            ("X-Amz-Invocation-Type", str(invocation_type)),
            ("X-Amz-Log-Type", "Tail" if log_tail else "None"),
            ("Content-Type", "application/json"),
        ]
        if sample is not None:
            headers.append(("X-Lambdatui-Sample", quote(sample)))
        if experiment is not None:
            headers.append(("X-Lambdatui-Experiment", experiment))
        query = "" if qualifier is None else "?" + urlencode({"Qualifier": qualifier})
        target = f"/2015-03-31/functions/{quote(function, safe='')}/invocations{query}"
        response = await self._wire.request("POST", target, headers, payload)
        encoded_tail = response.headers.get("x-amz-log-result")
        return ClientInvokeResult(
            status_code=response.status,
            payload=response.body,
            function_error=response.headers.get("x-amz-function-error"),
            request_id=RequestId(response.headers.get("x-amzn-requestid", "")),
            executed_version=response.headers.get("x-amz-executed-version"),
            log_tail=None if encoded_tail is None else base64.b64decode(encoded_tail),
        )

    async def trial(self, function: str, order: TrialOrder) -> Trial:
        """One cold invoke and warm ones, in an environment of its own. Cancelling this ends that environment."""
        asked = {"warm": str(order.warm_invokes), **({"memory_mb": str(order.memory_mb)} if order.memory_mb else {})}
        asked |= {name: "1" for name in ("import_times", "cpu_share") if getattr(order, name)}
        target = f"{_PREFIX}/functions/{quote(function, safe='')}/trials?{urlencode(asked)}"
        response = await self._wire.request("POST", target, self._wire.headers, order.payload)
        try:
            document = json.loads(response.body)
            if "refused" in document:
                raise EngineRefused(response.status, document["refused"], document["message"])
            found: Trial = _read_trial(document)
        except (ValueError, TypeError, KeyError) as error:
            raise self._wire.not_understood(error) from error
        return found

    async def kill_environment(self, environment: str) -> None:
        await self._wire.request("DELETE", _environment(environment), self._wire.headers)

    async def order(self, environment: str, order: Order) -> None:
        """Raises EngineRefused, 409 with words for people where the order makes no sense now."""
        await self._wire.request("POST", f"{_environment(environment)}/orders/{order}", self._wire.headers)

    # Changing things for this session

    async def settings(self, function: str) -> tuple[SettingView, ...]:
        """Every setting of a function that a session can change."""
        return await self._settings("GET", _settings_of(function))

    async def change_settings(self, function: str, changes: Changes) -> tuple[SettingView, ...]:
        """Until the engine ends; idle environments with the old configuration go. All settings as they are then."""
        return await self._settings("PATCH", _settings_of(function), json.dumps(dict(changes)).encode())

    async def undo_settings(self, function: str, keys: Sequence[str] = ()) -> tuple[SettingView, ...]:
        """Back to what the project's files say; without ``keys``, everything."""
        query = urlencode([("key", key) for key in keys])
        return await self._settings("DELETE", _settings_of(function) + (f"?{query}" if query else ""))

    async def write_settings(self, function: str, *, secrets: bool = False) -> WrittenSettings:
        """Into the project's lambdatui.toml, on the engine's machine; ``secrets``: those too, in plain."""
        target = f"{_settings_of(function)}/write" + ("?secrets" if secrets else "")
        response = await self._wire.request("POST", target, self._wire.headers)
        written: WrittenSettings = self._wire.decoded(_read_written, response)
        return written

    async def change_engine(self, *, speed: float | None = None, reloading: bool | None = None) -> None:
        """How fast the service's time goes, and whether the project's files are followed."""
        wanted = {"speed": speed, "reloading": reloading}
        body = json.dumps({name: given for name, given in wanted.items() if given is not None}).encode()
        await self._wire.request("PATCH", f"{_PREFIX}/engine", self._wire.headers, body)

    async def _settings(self, method: str, target: str, body: bytes = b"") -> tuple[SettingView, ...]:
        response = await self._wire.request(method, target, self._wire.headers, body)
        return self._wire.decoded(lambda rows: tuple(map(_read_setting, rows)), response)

    # Looking

    async def environment(self, environment: str, *, reveal: bool = False) -> EnvironmentDetail:
        """One environment with the lid off; ``reveal``: with the values of secrets."""
        response = await self._wire.get(_environment(environment) + ("?reveal" if reveal else ""))
        found: EnvironmentDetail = self._wire.decoded(_read_environment, response)
        return found

    async def environment_test(self, environment: str) -> str:
        """What its machine was told last, as a Python test."""
        return (await self._wire.get(f"{_environment(environment)}/test")).body.decode()

    async def read_scratch(self, environment: str, path: str) -> bytes:
        """The first MB of a file in an environment's /tmp; ``path`` is relative to that."""
        return (await self._wire.get(f"{_environment(environment)}/scratch?{urlencode({'path': path})}")).body

    async def logs(
        self,
        function: str | None = None,
        limit: int = 1000,
        *,
        request_id: str | None = None,
        wanted: str = "",
        before_s: float | None = None,
    ) -> tuple[LogLine, ...]:
        """The newest lines of the history, at most 100,000, oldest first.

        ``wanted`` has the words of a ``LogQuery``; nothing is told that was written after ``before_s``.
        """
        asked = {"function": function, "request_id": request_id, "filter": wanted or None, "before": before_s}
        query = {"limit": str(limit)} | {name: str(value) for name, value in asked.items() if value is not None}
        return await self._wire.get_rows(f"{_PREFIX}/logs?{urlencode(query)}", LogLine)


def _settings_of(function: str) -> str:
    return f"{_PREFIX}/functions/{quote(function, safe='')}/settings"


def _environment(environment: str) -> str:
    return f"{_PREFIX}/environments/{quote(environment, safe='')}"
