import itertools
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.records import (
    CodeBroken,
    CodeChanged,
    CodeReady,
    EngineStarted,
    EnvironmentFrozen,
    EnvironmentThawed,
    FunctionSummary,
    HistoryTrouble,
    LogsDropped,
    PlatformExtension,
    ProjectLoaded,
    QueueMoved,
    Record,
    ScratchChanged,
    ScratchFile,
    TelemetrySubscription,
)
from lambdatui.model.views import ExtensionView, FunctionView, QueuedEventView, Views
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.folding import DEAD, INVOKE, READY, fold, phase
from tests.unit.telemetry.lives import lives
from tests.unit.telemetry.samples import E1A, NOON_S, ORDERS, event, report
from tests.unit.telemetry.streams import LOADED, streams


def test_no_events_leave_the_very_same_views() -> None:
    views = Views()
    assert apply(views, []) is views


def test_views_carry_the_number_of_the_last_event() -> None:
    assert fold(READY, INVOKE).seq == 2


def test_what_no_event_touched_is_shared_with_the_views_before() -> None:
    before = fold(LOADED, INVOKE)
    after = fold(phase(Phase.READY), views=before)
    assert after.functions["thumbnailer"] is before.functions["thumbnailer"]  # type: ignore[index]


def test_views_before_stay_as_they_were() -> None:
    before = fold(LOADED, READY)
    fold(INVOKE, report(), views=before)
    assert before == fold(LOADED, READY)


# Environments


def test_environment_appears_with_its_first_phase() -> None:
    environment = fold(phase(Phase.INIT, generation=0, reason="cold")).environments[E1A]
    assert (environment.function, environment.phase, environment.reason) == (ORDERS, Phase.INIT, "cold")
    assert environment.since_s == NOON_S + 1


def test_frozen_environment_shows_as_frozen_until_it_is_thawed() -> None:
    frozen = fold(READY, EnvironmentFrozen())
    assert frozen.environments[E1A].frozen
    assert not fold(EnvironmentThawed(frozen_ms=1), views=frozen).environments[E1A].frozen


def test_environment_that_is_reset_while_frozen_is_not_frozen_any_more() -> None:
    assert not fold(READY, EnvironmentFrozen(), phase(Phase.RESETTING)).environments[E1A].frozen


def test_frozen_time_of_an_environment_adds_up() -> None:
    views = fold(phase(Phase.READY), EnvironmentThawed(frozen_ms=1500.0), EnvironmentThawed(frozen_ms=20.5))
    assert views.environments[E1A].frozen_ms == 1520.5


def test_extension_shows_its_state_and_what_it_listens_to() -> None:
    views = fold(
        phase(Phase.INIT),
        TelemetrySubscription(name="listener", state="Subscribed", types=("platform", "function")),
        PlatformExtension(name="listener", state="Ready", events=("INVOKE", "SHUTDOWN")),
        PlatformExtension(name="broken", state="LaunchError", error_type="PermissionDenied"),
    )
    assert views.environments[E1A].extensions == (
        ExtensionView(
            name="listener", state="Ready", events=("INVOKE", "SHUTDOWN"), subscribed=("platform", "function")
        ),
        ExtensionView(name="broken", state="LaunchError", error_type="PermissionDenied"),
    )


def test_dead_environment_can_be_looked_back_at_for_five_minutes() -> None:
    dead = fold(READY, DEAD)
    assert E1A in apply(dead, [other_environment(seq=3, after_s=301.9)]).environments
    assert E1A not in apply(dead, [other_environment(seq=3, after_s=302)]).environments


def test_dead_environment_has_no_files() -> None:
    file = ScratchFile(path="a", size_bytes=1, modified_s=0.0)
    listed = ScratchChanged(files=(file,), total_bytes=1)
    views = fold(READY, listed, DEAD, listed)
    assert views.environments[E1A].files == ()
    assert views.environments[E1A].files_bytes == 0


def test_late_event_does_not_raise_a_forgotten_environment() -> None:
    gone = apply(fold(READY, DEAD), [other_environment(seq=3, after_s=400)])
    late = fold(ScratchChanged(files=(), total_bytes=0), EnvironmentFrozen(), views=gone)
    assert E1A not in late.environments


def test_environment_shows_the_memory_of_its_last_report() -> None:
    views = fold(READY, report(max_memory_used_mb=31), report(max_memory_used_mb=None))
    assert views.environments[E1A].memory_used_mb == 31
    assert views.environments[E1A].invokes == 2


def test_environment_shows_what_lies_in_its_tmp() -> None:
    files = (ScratchFile(path="a.bin", size_bytes=7, modified_s=1.0),)
    environment = fold(READY, ScratchChanged(files=files, total_bytes=7)).environments[E1A]
    assert (environment.files, environment.files_bytes) == (files, 7)


def other_environment(*, seq: int, after_s: float) -> TelemetryEvent:
    return event(READY, seq=seq, at=NOON_S + after_s)._replace(environment=EnvironmentId("e1b"))


# The queue


def moved(id_: str, state: str, due_in_s: float | None = None) -> QueueMoved:
    return QueueMoved(request_id=RequestId(id_), state=state, attempt=1, due_in_s=due_in_s)


def test_waiting_event_shows_when_it_is_due() -> None:
    assert fold(moved("a", "waiting", 60.0)).queue == {
        "a": QueuedEventView(
            request_id=RequestId("a"),
            function=ORDERS,
            state="waiting",
            attempt=1,
            since_s=NOON_S + 1,
            due_s=NOON_S + 61,
        )
    }


def test_last_100_finished_events_are_kept_and_every_waiting_one() -> None:
    finished = [moved(f"f{n}", "failed" if n % 2 else "succeeded") for n in range(105)]
    views = fold(moved("w", "waiting"), *finished)
    assert list(views.queue) == ["w", *(f"f{n}" for n in range(5, 105))]


# Code


def test_save_shows_as_a_reload_that_is_not_ready_yet() -> None:
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",))).functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.files, reload.changed_s, reload.save_to_ready_ms) == (
        3,
        ("a.py",),
        NOON_S + 2,
        None,
    )


def test_first_environment_on_the_new_code_makes_the_reload_ready() -> None:
    ready = [CodeReady(revision=3, files=("a.py",), save_to_ready_ms=ms) for ms in (11.0, 400.0)]
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), *ready).functions[ORDERS].reload
    assert reload is not None
    assert reload.save_to_ready_ms == 11.0


def test_environment_on_older_code_says_nothing_of_the_newest_save() -> None:
    late = CodeReady(revision=2, files=("a.py",), save_to_ready_ms=900.0)
    reload = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), late).functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.save_to_ready_ms) == (3, None)


def test_broken_save_shows_file_and_line_until_the_next_save() -> None:
    broken = CodeBroken(file="a.py", line=12, message="invalid syntax")
    views = fold(LOADED, CodeChanged(revision=3, files=("a.py",)), broken)
    reload = views.functions[ORDERS].reload
    assert reload is not None
    assert (reload.revision, reload.broken) == (3, "a.py:12: invalid syntax")
    fixed = fold(CodeChanged(revision=4, files=("a.py",)), views=views).functions[ORDERS].reload
    assert fixed is not None
    assert fixed.broken is None


# The engine and its project


def test_project_names_the_functions_with_what_is_known_of_them() -> None:
    summary = FunctionSummary(name=ORDERS, runtime="python3.12", handler="app.handler", memory_mb=256, timeout_s=3)
    loaded = ProjectLoaded(
        functions=(ORDERS, "mailer"), problems=("template.yaml:3: no Handler",), summaries=(summary,)
    )
    views = fold(loaded)
    assert list(views.functions) == [ORDERS, "mailer"]
    assert views.functions[ORDERS] == FunctionView(
        name=ORDERS, runtime="python3.12", handler="app.handler", memory_mb=256, timeout_s=3
    )
    assert views.engine.problems == ("template.yaml:3: no Handler",)


def test_project_that_is_read_again_keeps_the_numbers_of_its_functions() -> None:
    views = fold(LOADED, report(), LOADED)
    assert views.functions[ORDERS].metrics.invocations == 1


def test_function_that_left_the_project_does_not_come_back_with_a_late_report() -> None:
    views = fold(LOADED, report(), ProjectLoaded(functions=("thumbnailer",), problems=()), report())
    assert list(views.functions) == ["thumbnailer"]


def test_trouble_with_the_history_is_a_problem_until_it_is_over_also_when_the_project_is_read_again() -> None:
    loaded = ProjectLoaded(functions=("f",), problems=("template.yaml:3: no handler",))
    views = fold(loaded, HistoryTrouble(problem="disk is full"))
    assert views.engine.problems == ("template.yaml:3: no handler", "disk is full")
    views = fold(loaded, HistoryTrouble(problem="disk is full"), ProjectLoaded(functions=("f",), problems=()))
    assert views.engine.problems == ("disk is full",)
    views = fold(loaded, HistoryTrouble(problem="disk is full"), HistoryTrouble(problem=""))
    assert views.engine.problems == ("template.yaml:3: no handler",)


def test_engine_that_says_its_url_later_started_when_it_started() -> None:
    free = CapabilityReport(capability=Capability.FREEZE, enforcement=Enforcement.ENFORCED, how="cgroup")
    first = EngineStarted(project="acme", root="/acme", backend="process", capabilities=(free,))
    engine = fold(first, replace(first, url="http://127.0.0.1:9001")).engine
    assert (engine.started_s, engine.url, engine.capabilities) == (NOON_S + 1, "http://127.0.0.1:9001", (free,))


# Folding


@given(events=streams(), cuts=st.lists(st.integers(min_value=0, max_value=60), max_size=8))
def test_folding_in_any_split_gives_the_same_picture(events: list[TelemetryEvent], cuts: list[int]) -> None:
    assert folded(events, [0, *sorted(cuts), len(events)]) == apply(Views(), events)


@given(events=streams())
def test_folding_one_by_one_gives_the_same_picture(events: list[TelemetryEvent]) -> None:
    assert folded(events, range(len(events) + 1)) == apply(Views(), events)


@pytest.mark.parametrize("seed", range(3))
def test_stream_of_busy_environments_gives_the_same_picture_in_any_split(seed: int) -> None:
    """Long enough for every limit: rings, time lines, buried environments, experiments that are over."""
    random, events = Random(seed), lives(seed, environments=6, invokes=500)
    edges = [0]
    while edges[-1] < len(events):
        edges.append(edges[-1] + random.choice([1, 2, 3, 9, 100, 900]))
    assert folded(events, edges) == apply(Views(), events)


def test_busy_stream_gives_the_same_picture_in_any_split() -> None:
    """Long enough for every limit: rings, time line, buried environments, finished events."""
    records = [each for n in range(600) for each in (*one_invoke(n), moved(f"q{n}", "succeeded"))]
    events = [event(LOADED), *(event(record, seq=n, at=NOON_S + n * 0.05) for n, record in enumerate(records, 2))]
    whole = apply(Views(), events)
    assert folded(events, [0, 1, 700, 701, 1500, len(events)]) == whole
    assert len(whole.environments[E1A].segments) <= 400


def one_invoke(number: int) -> tuple[Record, ...]:
    thawed = EnvironmentThawed(frozen_ms=1.0)
    return (thawed, INVOKE, report(duration_ms=float(number % 97)), READY, EnvironmentFrozen())


def folded(events: list[TelemetryEvent], edges: Sequence[int]) -> Views:
    views = Views()
    for start, end in itertools.pairwise(edges):
        views = apply(views, events[start:end])
    return views


def test_extension_shows_how_much_telemetry_it_was_too_slow_for() -> None:
    lost = LogsDropped(name="tail", dropped_records=3, dropped_bytes=99, reason="slow")
    views = fold(phase(Phase.INIT), PlatformExtension(name="tail", state="Ready"), lost, lost)
    assert [each.lost_records for each in views.environments[E1A].extensions] == [6]
