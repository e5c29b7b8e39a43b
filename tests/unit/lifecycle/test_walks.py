"""Seeded random walks: whatever a runtime, a timer or a user does, the promises of the machine hold."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.inputs import ResponseFault
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import InvokeStart, Report
from tests.unit.lifecycle.stage import Stage, invocation

WALKS = 300
STEPS = 120


class Walker:
    """Makes only moves that the driver and placement can make; the runtime may make any."""

    def __init__(self, seed: int, stage: Stage | None = None) -> None:
        self.random = random.Random(seed)
        self.stage = stage or Stage()
        self.requests = 0
        self.idle = False
        self.alive = False
        self.killing = False
        self.stage.sandbox_ready()
        self._watch()

    def step(self) -> None:
        if self.stage.machine.phase is Phase.DEAD:
            return
        self.stage.at += self.random.random()
        moves = self._moves()
        self.random.choice(moves)()
        self._watch()

    def _moves(self) -> list[Callable[[], object]]:
        stage, phase = self.stage, self.stage.machine.phase
        current = stage.machine.invoke.invocation.request_id if stage.machine.invoke else "req-none"
        moves: list[Callable[[], object]] = []
        if self.alive:
            moves += [stage.calls_next, stage.calls_next, lambda: stage.responds(request_id=current)]
            moves += [lambda: stage.posts_error(request_id=current), stage.posts_init_error]
            moves += [lambda: stage.responds(request_id="req-other"), self._exit]
            moves.append(lambda: stage.responds(request_id=current, fault=ResponseFault.TOO_LARGE))
        if self.killing:
            moves.append(self._gone)
        if self.idle:
            moves += [self._assign, self._assign]
        moves += [partial(stage.fires, timer) for timer in stage.arms]
        if self.random.random() < 0.02:
            moves.append(stage.retire)
        if self.random.random() < 0.01:
            moves.append(stage.stop)
        if self.random.random() < 0.05:
            possible = [order for order in Order if stage.machine.refusal(order) is None]
            moves += [
                partial(stage.feed, inputs.OrderGiven(at=stage.at, order=order, memory_used_mb=40))
                for order in possible
            ]
        if phase is Phase.SHUTDOWN:
            return [lambda: stage.feed(inputs.SandboxClosed(at=stage.at))]
        return moves or [stage.retire]

    def _assign(self) -> None:
        self.requests += 1
        self.idle = False
        self.stage.assigned(invocation(f"req-{self.requests}"))

    def _exit(self) -> None:
        self.alive = False
        self.stage.exits(self.random.choice([0, 1]))

    def _gone(self) -> None:
        self.killing = False
        self.stage.gone()

    def _watch(self) -> None:
        for effect in self.stage.effects[getattr(self, "seen", 0) :]:
            match effect:
                case commands.SpawnRuntime():
                    self.alive = True
                case commands.KillProcesses():
                    self.alive, self.killing = False, True
                case commands.AnnounceIdle():
                    self.idle = True
                case commands.AnnounceBusy() | commands.AnnounceGone():
                    self.idle = False
        self.seen = len(self.stage.effects)


@pytest.fixture(scope="module")
def walks() -> list[Walker]:
    walked = [Walker(seed) for seed in range(WALKS)]
    for walker in walked:
        for _ in range(STEPS):
            walker.step()
        walker.stage.stop()
    return walked


def test_every_start_has_exactly_one_report(walks: list[Walker]) -> None:
    for walker in walks:
        started = Counter(e.request_id for e in walker.stage.effects if isinstance(e, InvokeStart))
        reported = Counter(e.request_id for e in walker.stage.effects if isinstance(e, Report))
        assert started == reported
        assert set(started.values()) <= {1}


def test_every_assigned_invoke_is_answered_once_and_released_once(walks: list[Walker]) -> None:
    for walker in walks:
        answered = Counter(e.request_id for e in walker.stage.effects if isinstance(e, commands.AnswerCaller))
        released = Counter(e.request_id for e in walker.stage.effects if isinstance(e, commands.ReleaseInvoke))
        assert answered == released
        assert len(answered) == walker.requests


def test_billed_duration_is_never_less_than_duration(walks: list[Walker]) -> None:
    metrics = [e.metrics for walker in walks for e in walker.stage.effects if isinstance(e, Report)]
    assert len(metrics) > 1000
    assert all(m.billed_duration_ms >= m.duration_ms + (m.init_duration_ms or 0) for m in metrics)


def test_no_timer_stays_armed_after_the_end(walks: list[Walker]) -> None:
    for walker in walks:
        armed: set[object] = set()
        for effect in walker.stage.effects:
            if isinstance(effect, commands.ArmTimer):
                armed.add(effect.timer)
            elif isinstance(effect, commands.DisarmTimer):
                armed.discard(effect.timer)
        assert not walker.stage.machine.invoke
        # A timer that fired was used up; one that did not was disarmed.
        assert len(armed) <= len(walker.stage.arms)


def test_walks_reach_every_phase(walks: list[Walker]) -> None:
    from lambdatui.model.records import EnvironmentPhase

    seen = {e.phase for walker in walks for e in walker.stage.effects if isinstance(e, EnvironmentPhase)}
    assert seen >= {Phase.INIT, Phase.READY, Phase.INVOKE, Phase.RESETTING, Phase.RESET, Phase.SHUTDOWN}
