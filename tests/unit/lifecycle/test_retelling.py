"""What a machine was told, told again to another one: the same comes of it, and the test that is written of it runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.as_test import source_of_test
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.retelling import Retold, retell
from lambdatui.lifecycle.timers import Timer
from lambdatui.lifecycle.trail import KEPT, Step
from lambdatui.lifecycle.transcript import skeleton
from lambdatui.model.orders import Order
from tests.unit.lifecycle.recorded import RecordedStage
from tests.unit.lifecycle.stage import IDENTITY, SNAP_START, invocation
from tests.unit.lifecycle.test_walks import Walker

RESTORED = replace(SNAP_START, restores=True)


def cold_invoke() -> RecordedStage:
    stage = RecordedStage()
    stage.starts()
    stage.invoked()
    return stage


def many_warm_invokes() -> RecordedStage:
    stage = cold_invoke()
    for _ in range(40):
        stage.invoked()
    return stage


def timeout_after_many() -> RecordedStage:
    stage = many_warm_invokes()
    stage.assigned_next()
    stage.at += 3.0
    stage.fires(Timer.INVOKE)
    stage.gone()
    return stage


def timeout_first_then_many() -> RecordedStage:
    stage = RecordedStage()
    stage.starts()
    stage.assigned_next()
    stage.fires(Timer.INVOKE)
    stage.gone()
    stage.assigned_next()
    stage.calls_next()
    stage.responds(request_id=stage.request_id)
    stage.calls_next()
    for _ in range(40):
        stage.invoked()
    return stage


def crash_after_crash() -> RecordedStage:
    stage = cold_invoke()
    for _ in range(30):
        stage.crashes()
    return stage


def extensions_after_many() -> RecordedStage:
    stage = RecordedStage(external=("alpha", "beta"))
    stage.starts()
    for _ in range(30):
        stage.invoked()
    return stage


def extensions_that_were_reset() -> RecordedStage:
    stage = extensions_after_many()
    stage.assigned_next()
    stage.fires(Timer.INVOKE)
    stage.exits(signal=15)
    stage.is_reset()
    return stage


def frozen_and_killed_by_hand() -> RecordedStage:
    stage = many_warm_invokes()
    stage.assigned_next()
    for order in (Order.FREEZE, Order.THAW, Order.KILL):
        stage.feed(inputs.OrderGiven(at=stage.at, order=order))
    stage.exits(signal=9)
    stage.gone()
    return stage


def snapshot_that_was_restored() -> RecordedStage:
    stage = RecordedStage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    stage.calls_restore_next()
    stage.assigned_next()
    stage.calls_next()
    stage.responds()
    stage.calls_next()
    for _ in range(20):
        stage.invoked()
    return stage


def streamed() -> RecordedStage:
    stage = many_warm_invokes()
    stage.assigned_next()
    stage.begins_streaming(request_id=stage.request_id)
    return stage


def large_payloads() -> RecordedStage:
    stage = cold_invoke()
    for _ in range(20):
        stage.invoked(b"x" * 70_000)
    return stage


def never_initialised() -> RecordedStage:
    stage = RecordedStage()
    stage.sandbox_ready()
    stage.posts_init_error()
    stage.gone()
    for _ in range(30):
        stage.assigned_next()
        stage.posts_init_error()
        stage.gone()
    return stage


def restored_from_the_snapshot_of_another() -> RecordedStage:
    stage = RecordedStage(machine=Environment(RESTORED))
    stage.sandbox_ready()
    stage.assigned_next()
    stage.calls_next()
    stage.responds()
    stage.calls_next()
    for _ in range(30):
        stage.invoked()
    stage.crashes()
    return stage


STORIES: tuple[Callable[[], RecordedStage], ...] = (
    cold_invoke,
    many_warm_invokes,
    timeout_after_many,
    timeout_first_then_many,
    crash_after_crash,
    extensions_after_many,
    extensions_that_were_reset,
    frozen_and_killed_by_hand,
    snapshot_that_was_restored,
    restored_from_the_snapshot_of_another,
    streamed,
    large_payloads,
    never_initialised,
)


def retold(stage: RecordedStage) -> Retold:
    found = retell(_identity(stage), stage.trail)
    assert found is not None
    return found


def _identity(stage: RecordedStage) -> Identity:
    commands = [name for step in stage.trail.opening for name in skeleton(step.commands)]
    if "RestoreRuntime" in commands:
        return RESTORED
    return SNAP_START if "AnswerRestoreNext" in commands else IDENTITY


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_test_that_is_written_of_a_story_passes(story: Callable[[], RecordedStage]) -> None:
    text = source_of_test(retold(story()), environment="e1", function="orders")
    scope: dict[str, Any] = {}
    exec(compile(text, "test_recorded.py", "exec"), scope)
    scope["test_recorded_inputs_give_the_recorded_commands"]()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_retold_steps_are_the_last_of_what_was_recorded(story: Callable[[], RecordedStage]) -> None:
    stage = story()
    found = retold(stage)
    recorded = stage.trail.steps[-len(found.steps) :]
    assert [_shape(step) for step in found.steps] == [_shape(step) for step in recorded]
    assert len(found.steps) > 4


@pytest.mark.parametrize("seed", range(60))
def test_whatever_has_happened_the_test_of_it_passes(seed: int) -> None:
    stage = RecordedStage()
    walker = Walker(seed, stage)
    for _ in range(20 + seed * 2):
        walker.step()
    text = source_of_test(retold(stage), environment="e1", function="orders")
    assert "assert machine.handle(" in text
    scope: dict[str, Any] = {}
    exec(compile(text, "test_recorded.py", "exec"), scope)
    scope["test_recorded_inputs_give_the_recorded_commands"]()


def _shape(step: Step) -> tuple[str, tuple[str, ...]]:
    return type(step.happened).__name__, skeleton(step.commands)


def test_story_that_is_not_forgotten_yet_is_told_from_the_beginning() -> None:
    stage = cold_invoke()
    found = retold(stage)
    assert (found.before, found.left_out, len(found.steps)) == ((), 0, stage.trail.count)


def test_how_much_is_left_out_is_told() -> None:
    stage = many_warm_invokes()
    found = retold(stage)
    assert found.left_out + len(found.steps) + len(stage.trail.opening) == stage.trail.count
    assert f"; {found.left_out} inputs between are left out" in source_of_test(found, environment="e1", function="f")


def test_test_of_a_changed_machine_fails() -> None:
    """What is written are the commands that came, not whatever comes."""
    text = source_of_test(retold(cold_invoke()), environment="e1", function="orders")
    scope: dict[str, Any] = {}
    exec(compile(text.replace("memory_mb=128", "memory_mb=256", 1), "test_recorded.py", "exec"), scope)
    with pytest.raises(AssertionError):
        scope["test_recorded_inputs_give_the_recorded_commands"]()


def test_no_payload_and_no_client_context_is_in_a_test() -> None:
    stage = RecordedStage()
    stage.starts()
    stage.invoked(b'{"password": "hunter2"}')
    text = source_of_test(retold(stage), environment="e1", function="orders")
    assert "hunter2" not in text
    assert '{"n"' not in text
    assert "payload=bytes(23)" in text


def test_nothing_is_retold_of_a_machine_that_was_told_nothing() -> None:
    assert retell(IDENTITY, RecordedStage().trail) is None


class TestTrail:
    def test_ring_is_bounded(self) -> None:
        stage = many_warm_invokes()
        assert len(stage.trail.steps) == KEPT
        assert stage.trail.count > 100

    def test_large_payloads_are_let_go_everywhere_and_their_length_is_known(self) -> None:
        stage = cold_invoke()
        stage.invoked(b"x" * 70_000)
        assert "xxxx" not in repr(stage.trail.steps)
        assert [step.payload_bytes for step in stage.trail.steps if step.payload_bytes] == [70_000]

    def test_event_that_is_handed_out_in_a_later_step_is_let_go_there_too(self) -> None:
        stage = cold_invoke()
        stage.crashes()
        stage.at += 1.0
        stage.assigned(replace(invocation("req-large"), payload=b"y" * 70_000))
        stage.calls_next()
        assert "AnswerNext" in skeleton(stage.trail.steps[-1].commands)
        assert "yyyy" not in repr(stage.trail.steps)

    def test_opening_ends_with_the_first_idle_moment_after_an_invoke(self) -> None:
        opening = many_warm_invokes().trail.opening
        assert [type(step.happened).__name__ for step in opening] == [
            "SandboxReady",
            "RuntimeCalledNext",
            "InvokeAssigned",
            "RuntimePostedResponse",
            "RuntimeCalledNext",
        ]
