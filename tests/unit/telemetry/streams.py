"""Generated streams of events: any records in any order, over a few functions, environments and requests."""

from collections.abc import Iterable

from hypothesis import strategies as st

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import (
    CodeBroken,
    CodeChanged,
    CodeReady,
    EngineStarted,
    EnvironmentFrozen,
    EnvironmentPhase,
    EnvironmentThawed,
    FunctionLog,
    HistoryTrouble,
    InvokeStart,
    InvokeThrottled,
    LogsDropped,
    PlatformExtension,
    ProjectLoaded,
    QueueMoved,
    Record,
    ScratchChanged,
    ScratchFile,
    TelemetrySubscription,
)
from lambdatui.telemetry.event import TelemetryEvent
from tests.unit.telemetry.samples import NOON_S, report

FUNCTIONS = [FunctionName("orders-api"), FunctionName("thumbnailer"), FunctionName("not-in-the-project")]
ENVIRONMENTS = [EnvironmentId("e1a"), EnvironmentId("e1b"), EnvironmentId("e2a")]
REQUESTS = [RequestId(f"req-{number}") for number in range(6)]

LINES = [
    "plain",
    '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"shop","Metrics":[{"Name":"sold"}]}]},"sold":2}',
    '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"shop","Metrics":[{"Name":"sold"}]}]}}',
]

_request = st.sampled_from(REQUESTS)
_extensions = st.sampled_from(["tail", "metrics"])
_files = st.just(("handler.py",))
_revision = st.integers(min_value=1, max_value=4)

RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        EnvironmentPhase,
        phase=st.sampled_from(Phase),
        generation=st.integers(min_value=0, max_value=3),
        request_id=st.none() | _request,
    ),
    st.builds(EnvironmentPhase, phase=st.sampled_from([Phase.INVOKE, Phase.READY, Phase.DEAD]), generation=st.just(1)),
    st.builds(EnvironmentFrozen),
    st.builds(EnvironmentThawed, frozen_ms=st.just(1.0)),
    st.builds(
        report,
        request_id=_request,
        status=st.sampled_from(Status),
        duration_ms=st.floats(min_value=0.1, max_value=3000),
        init_duration_ms=st.none() | st.just(80.0),
        max_memory_used_mb=st.none() | st.integers(min_value=1, max_value=128),
    ),
    st.builds(InvokeStart, request_id=_request, version=st.just("1")),
    st.builds(InvokeThrottled, request_id=_request, reason=st.just("limit")),
    st.builds(
        QueueMoved,
        request_id=st.sampled_from([RequestId(f"async-{number}") for number in range(150)]),
        state=st.sampled_from(["waiting", "running", "succeeded", "failed"]),
        attempt=st.integers(min_value=1, max_value=3),
        due_in_s=st.none() | st.just(60.0),
    ),
    st.builds(CodeChanged, revision=_revision, files=_files),
    st.builds(CodeReady, revision=_revision, files=_files, save_to_ready_ms=st.just(11.0)),
    st.builds(CodeBroken, file=st.just("handler.py"), line=st.none() | st.just(3), message=st.just("invalid syntax")),
    st.builds(
        ScratchChanged,
        files=st.just((ScratchFile(path="a", size_bytes=1, modified_s=1.0),)),
        total_bytes=st.just(1),
    ),
    st.builds(EngineStarted, project=st.just("acme"), root=st.just("/acme"), backend=st.just("process")),
    st.builds(
        ProjectLoaded, functions=st.sampled_from([("orders-api", "thumbnailer"), ("orders-api",)]), problems=st.just(())
    ),
    st.builds(FunctionLog, request_id=_request, lines=st.lists(st.sampled_from(LINES), max_size=3).map(tuple)),
    st.builds(PlatformExtension, name=_extensions, state=st.just("Ready"), events=st.just(("INVOKE",))),
    st.builds(TelemetrySubscription, name=_extensions, types=st.just(("platform",))),
    st.builds(
        LogsDropped, name=_extensions, dropped_records=st.just(3), dropped_bytes=st.just(9), reason=st.just("slow")
    ),
    st.builds(HistoryTrouble, problem=st.sampled_from(["", "disk is full"])),
)

_STEPS = st.tuples(
    RECORDS,
    st.sampled_from(FUNCTIONS),
    st.sampled_from(ENVIRONMENTS),
    st.sampled_from([0.0, 0.000_01, 0.05, 1.0, 40.0]),
)
LOADED = ProjectLoaded(functions=("orders-api", "thumbnailer"), problems=())


def streams(max_size: int = 60) -> st.SearchStrategy[list[TelemetryEvent]]:
    return st.lists(_STEPS, max_size=max_size).map(_numbered)


def _numbered(steps: Iterable[tuple[Record, FunctionName, EnvironmentId, float]]) -> list[TelemetryEvent]:
    events = [TelemetryEvent(seq=1, time_s=NOON_S, record=LOADED)]
    for record, function, environment, later_s in steps:
        previous = events[-1]
        time_s = round((previous.time_s + later_s) * 1e6) / 1e6
        events.append(
            TelemetryEvent(
                seq=previous.seq + 1, time_s=time_s, record=record, function=function, environment=environment
            )
        )
    return events
