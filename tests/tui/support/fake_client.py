"""The screen's peer, scripted: what the engine would say, said when the test wants it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from lambdatui.client import EngineRefused, LogLine
from lambdatui.events.query import parse_query
from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.experiments import Experiment, Trial, TrialOrder
from lambdatui.model.function import Function, Problem, Project
from lambdatui.model.history import InvocationDetail, InvocationSummary
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.orders import Order
from lambdatui.model.records import Record
from lambdatui.model.settings import Changes, SettingView, WrittenSettings
from lambdatui.model.views import Views
from lambdatui.project.checks import Refusal
from lambdatui.project.session_values import check, differing, rows, secrets
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_query import LogQuery
from lambdatui.telemetry.waterfall import Waterfall


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeSample:
    name: str
    service: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeAnswer:
    status_code: int = 200
    payload: bytes = b'{"ok":true}'
    function_error: str | None = None
    request_id: str = "7f3c0001-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked:
    function: str
    payload: bytes
    mode: InvocationType
    sample: str | None
    qualifier: str | None = None
    experiment: Experiment | None = None


SAMPLES = (
    FakeSample(name="hello", service="plain", title="A plain JSON object"),
    FakeSample(name="http-get", service="apigateway", title="HTTP API (payload 2.0): GET /orders"),
    FakeSample(name="http-post", service="apigateway", title="HTTP API (payload 2.0): POST /orders with a JSON body"),
    FakeSample(name="s3-put", service="s3", title="S3: an object was uploaded"),
    FakeSample(name="sqs-batch", service="sqs", title="SQS: three messages, the second one cannot be read"),
)
BODIES: Mapping[str, bytes] = {
    "hello": b'{\n  "hello": "world"\n}',
    "http-get": b'{\n  "version": "2.0",\n  "routeKey": "GET /orders",\n  "rawPath": "/orders",\n'
    b'  "headers": {\n    "accept": "application/json"\n  },\n  "isBase64Encoded": false\n}',
}


@dataclass
class FakeClient:
    """``views`` are there at once, ``say`` adds events. ``answer`` may be an error, or wait for ``gate``."""

    views: Views = field(default_factory=Views)
    answer: FakeAnswer | Exception = field(default_factory=FakeAnswer)
    gate: asyncio.Event | None = None
    samples_shown: Sequence[FakeSample] = SAMPLES
    saved: dict[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    invoked: list[Invoked] = field(default_factory=list)
    details: dict[str, EnvironmentDetail] = field(default_factory=dict)
    ordered: list[tuple[str, Order]] = field(default_factory=list)
    revealed: bool = False
    past: Sequence[LogLine] = ()
    history: Sequence[InvocationDetail] = ()
    searched: list[str] = field(default_factory=list)
    traces: Mapping[str, Waterfall] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    shown_functions: Sequence[Function] = ()
    try_out: Callable[[TrialOrder], Trial | Exception] | None = None
    """What comes of a trial; without it none ever ends."""
    tried: list[TrialOrder] = field(default_factory=list)
    trials_given_up: int = 0
    snapshots: int = 0
    changed: dict[str, str | None] = field(default_factory=dict)
    """What the session changed of the function."""
    engine_changes: list[tuple[float | None, bool | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._batches: asyncio.Queue[tuple[TelemetryEvent, ...] | None] = asyncio.Queue()
        self._seq = self.views.seq
        self.reachable = asyncio.Event()
        self.reachable.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def logs(
        self,
        function: str | None = None,
        limit: int = 1000,
        *,
        request_id: str | None = None,
        wanted: str = "",
        before_s: float | None = None,
    ) -> Sequence[LogLine]:
        query = LogQuery.parse(wanted)
        return [
            line
            for line in self.past
            if (function in (None, line.function) and request_id in (None, line.request_id))
            and (before_s is None or line.time_s <= before_s)
            and query.matches(line.line)
        ][-limit:]

    def say(
        self, *records: Record, function: str = "orders-api", environment: str = "e1a", time_s: float | None = None
    ) -> None:
        """Put one batch on the stream."""
        batch = []
        for record in records:
            self._seq += 1
            batch.append(
                TelemetryEvent(
                    seq=self._seq,
                    time_s=NOW_S if time_s is None else time_s,
                    record=record,
                    function=FunctionName(function),
                    environment=EnvironmentId(environment),
                )
            )
        self._batches.put_nowait(tuple(batch))

    def hang_up(self) -> None:
        """End the stream, as an engine that stops does; whoever connects again waits until it is ``reachable``."""
        self.reachable.clear()
        self._batches.put_nowait(None)

    async def heard(self) -> None:
        """Wait until the screen took everything that was said."""
        await self._batches.join()

    async def snapshot(self) -> Views:
        self.snapshots += 1
        return replace(self.views, seq=self._seq)

    async def events(self, after: int) -> AsyncIterator[tuple[TelemetryEvent, ...]]:
        while True:
            batch = await self._batches.get()
            try:
                if batch is None:
                    return
                yield batch
            finally:
                self._batches.task_done()

    async def functions(self) -> Project:
        return Project(
            name="acme-orders",
            root=Path("/home/ada/src/acme-orders"),
            functions=tuple(self.shown_functions),
            problems=tuple(self.problems),
        )

    async def settings(self, function: str) -> Sequence[SettingView]:
        return rows(self._named(function), self.changed)

    async def change_settings(self, function: str, changes: Changes) -> Sequence[SettingView]:
        wanted = {**self.changed, **changes}
        try:
            check(self._named(function), wanted)
        except Refusal as refusal:
            raise EngineRefused(400, "InvalidParameterValueException", refusal.message) from refusal
        self.changed = dict(differing(self._named(function), wanted))
        return await self.settings(function)

    async def undo_settings(self, function: str, keys: Sequence[str] = ()) -> Sequence[SettingView]:
        self.changed = {key: text for key, text in self.changed.items() if keys and key not in keys}
        return await self.settings(function)

    async def write_settings(self, function: str) -> WrittenSettings:
        secret = secrets(self._named(function), self.changed)
        written = tuple(key for key in self.changed if key not in secret)
        self.changed = {key: self.changed[key] for key in secret}
        return WrittenSettings(file="lambdatui.toml", written=written, secret=secret)

    async def change_engine(self, *, speed: float | None = None, reloading: bool | None = None) -> None:
        self.engine_changes.append((speed, reloading))

    def _named(self, function: str) -> Function:
        bare = Function(name=FunctionName(function), runtime="python3.12", handler="app.handler", code_path=Path("/x"))
        return next((each for each in self.shown_functions if each.name == function), bare)

    async def trial(self, function: str, order: TrialOrder) -> Trial:
        self.tried.append(order)
        if self.try_out is None:
            try:
                await asyncio.Event().wait()
            finally:
                self.trials_given_up += 1
        assert self.try_out is not None
        answer = self.try_out(order)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def samples(self) -> Sequence[FakeSample]:
        return self.samples_shown

    async def sample(self, name: str) -> bytes:
        return BODIES.get(name, b"{}")

    async def save_sample(self, name: str, body: bytes, *, replace: bool = False) -> str:
        if name in self.saved and not replace:
            raise EngineRefused(409, "ResourceConflictException", f"events/{name}.json exists already")
        self.saved[name] = body
        return f"events/{name}.json"

    async def invoke(
        self,
        function: str,
        payload: bytes,
        *,
        invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE,
        qualifier: str | None = None,
        sample: str | None = None,
        experiment: Experiment | None = None,
    ) -> FakeAnswer:
        self.invoked.append(
            Invoked(
                function=function,
                payload=payload,
                mode=invocation_type,
                sample=sample,
                qualifier=qualifier,
                experiment=experiment,
            )
        )
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def invocations(self, query: str = "", *, limit: int = 100) -> Sequence[InvocationSummary]:
        self.searched.append(query)
        wanted = parse_query(query)
        return [detail.summary for detail in self.history if wanted.includes(detail.summary)][:limit]

    async def invocation(self, request_id: str, *, wait_s: float = 0) -> InvocationDetail:
        for detail in self.history:
            if detail.summary.request_id == request_id:
                return detail
        raise EngineRefused(404, "NotFound", f"The history has no invocation '{request_id}'.")

    async def trace(self, request_id: str) -> Waterfall:
        return self.traces[request_id]

    async def environment(self, environment: str, *, reveal: bool = False) -> EnvironmentDetail:
        self.revealed = reveal
        if environment not in self.details:
            raise EngineRefused(
                404, "NotFound", f"There is no environment '{environment}'; it may have ended meanwhile."
            )
        return self.details[environment]

    async def environment_test(self, environment: str) -> str:
        return f"def test_of_{environment}() -> None:\n    assert True\n"

    async def order(self, environment: str, order: Order) -> None:
        self.ordered.append((environment, order))

    async def read_scratch(self, environment: EnvironmentId, path: str) -> bytes:
        return self.files[path]


NOW_S = 1_770_000_060.0
"""The clock of every test: it stands still."""
