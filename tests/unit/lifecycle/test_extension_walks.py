"""Random walks with extensions, snapshots and streams: whatever they do, the promises of the machine hold.

Only what a driver, placement and processes can do is done; processes may do anything at any time.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdatui.lifecycle import commands, extension_commands, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import RequestId
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase, Status
from lambdatui.model.records import InitReport, InitStart, InvokeStart, Record, Report, RuntimeDone
from tests.unit.lifecycle.extension_stage import BOTH, ExtensionStage
from tests.unit.lifecycle.stage import IDENTITY, PROVISIONED, SNAP_START, invocation

R = TypeVar("R", bound=Record)
_EVENTS = ((), ("INVOKE",), ("SHUTDOWN",), BOTH)


class World:
    """The processes, timers and callers around one machine, as its commands make them."""

    def __init__(self, draw: Callable[[int], int], external: int, *, identity: Identity) -> None:
        self.draw = draw
        self.stage = ExtensionStage(
            machine=Environment(identity),
            external=tuple(f"ext{number}" for number in range(external)),
        )
        self.alive: set[str] = set()
        self.unheard: set[str] = set()
        """Extensions that have not called yet: perhaps they cannot be executed."""
        self.runtime_alive = False
        self.killing = False
        self.idle = False
        self.closing = False
        self.stream: Token | None = None
        self.armed: dict[Timer, int] = {}
        self.assigned: list[str] = []
        self.asked_at: dict[Token, int] = {}
        self.answers: Counter[RequestId] = Counter()
        self.released: Counter[RequestId] = Counter()
        self.retired = False
        self._seen = 0
        self.do(self.stage.sandbox_ready)

    def do(self, move: Callable[[], object]) -> None:
        move()
        for effect in self.stage.effects[self._seen :]:
            self._follow(effect)
        self._seen = len(self.stage.effects)

    def _follow(self, effect: commands.Command) -> None:
        match effect:
            case commands.SpawnRuntime():
                assert not self.runtime_alive, "two runtimes at once"
                self.runtime_alive = True
            case extension_commands.SpawnExtensions():
                assert not self.alive, "two generations of extensions at once"
                self.alive, self.unheard = set(effect.names), set(effect.names)
            case commands.KillProcesses():
                self._everything_dies()
                self.killing = True
            case commands.DestroySandbox():
                self._everything_dies()
                self.closing = True
            case commands.AnnounceIdle():
                self.idle = True
            case commands.AnnounceBusy() | commands.AnnounceGone():
                self.idle = False
            case commands.ArmTimer():
                self.armed[effect.timer] = effect.arm_id
            case commands.DisarmTimer():
                del self.armed[effect.timer]
            case commands.AnswerCaller() | commands.RefuseCaller():
                self.answers[effect.request_id] += 1
            case commands.ReleaseInvoke():
                self.released[effect.request_id] += 1
            case ReadStream():
                self.stream = effect.token

    def _everything_dies(self) -> None:
        self.runtime_alive, self.alive, self.stream = False, set(), None

    def step(self) -> None:
        self.stage.at += 0.01
        moves = self._moves()
        if moves:
            self.do(moves[self.draw(len(moves))])

    def _moves(self) -> list[Callable[[], object]]:
        if self.stage.machine.phase is Phase.DEAD:
            return []
        if self.closing:
            return [lambda: self.stage.feed(inputs.SandboxClosed(at=self.stage.at))]
        if self.draw(3) and (ordinary := self._ordinary_moves()):
            return ordinary
        return [
            *self._runtime_moves(),
            *self._extension_moves(),
            *self._service_moves(),
        ]

    def _ordinary_moves(self) -> list[Callable[[], object]]:
        """What processes do that mean well; without these a walk seldom gets beyond init."""
        stage, invoke = self.stage, self.stage.machine.invoke
        moves: list[Callable[[], object]] = [partial(self._registers, name, BOTH) for name in sorted(self.alive)]
        moves += [partial(stage.extension_calls_next, name) for name in sorted(self.alive)]
        if self.runtime_alive:
            moves.append(stage.calls_next)
        if self.runtime_alive and invoke is not None:
            moves.append(partial(stage.responds, request_id=invoke.invocation.request_id))
        if self.idle:
            moves.append(self._assign)
        return moves

    def _runtime_moves(self) -> list[Callable[[], object]]:
        stage, machine = self.stage, self.stage.machine
        if not self.runtime_alive:
            return []
        current = machine.invoke.invocation.request_id if machine.invoke else "req-none"
        moves: list[Callable[[], object]] = [
            stage.calls_next,
            stage.calls_next,
            partial(stage.responds, request_id=current),
            partial(stage.posts_error, request_id=current),
            partial(stage.begins_streaming, current),
            partial(stage.posts_init_error, memory_used_mb=33),
            stage.calls_restore_next,
            stage.posts_restore_error,
            partial(self._runtime_exits, 1),
            partial(stage.registers, "inner", _EVENTS[self.draw(2)]),
            partial(stage.extension_calls_next, "inner"),
        ]
        if self.stream is not None:
            moves.append(self._stream_ends)
        return moves

    def _extension_moves(self) -> list[Callable[[], object]]:
        stage = self.stage
        moves: list[Callable[[], object]] = []
        for name in sorted(self.alive):
            moves += [
                partial(self._registers, name, _EVENTS[self.draw(4)]),
                partial(self._registers, name, BOTH),
                partial(stage.extension_calls_next, name),
                partial(stage.extension_calls_next, name),
                partial(stage.extension_posts_exit_error, name),
                partial(stage.extension_posts_init_error, name),
                partial(stage.extension_subscribes, name),
                partial(self._extension_exits, name),
            ]
            if name in self.unheard:
                moves.append(partial(self._launch_fails, name))
            if name in stage.tokens_of:
                moves.append(partial(stage.extension_hangs_up, name))
        return moves

    def _service_moves(self) -> list[Callable[[], object]]:
        stage = self.stage
        moves: list[Callable[[], object]] = [partial(self._fires, timer) for timer in self.armed]
        if self.idle:
            moves += [self._assign, self._assign]
        if self.killing:
            moves.append(self._gone)
        if self.draw(40) == 0 or not moves:
            moves.append(stage.retire)
        if self.draw(60) == 0:
            moves.append(self.stop)
        if self.draw(12) == 0:
            possible = [order for order in Order if stage.machine.refusal(order) is None]
            moves += [
                partial(stage.feed, inputs.OrderGiven(at=stage.at, order=order, memory_used_mb=40))
                for order in possible
            ]
        if self.draw(60) == 0:
            moves.append(partial(self.stop, orderly=True))
        if self.draw(60) == 0:
            moves.append(lambda: stage.feed(inputs.SandboxLost(at=stage.at, reason="init killed", memory_used_mb=35)))
        return moves

    def stop(self, *, orderly: bool = False) -> None:
        at = self.stage.at
        self.stage.feed(inputs.StopRequested(at=at, reason="stopped", orderly=orderly, memory_used_mb=36))

    def _runtime_exits(self, exit_code: int) -> None:
        self.runtime_alive = False
        self.stage.exits(exit_code)

    def _extension_exits(self, name: str) -> None:
        self.alive.discard(name)
        self.unheard.discard(name)
        out_of_memory = self.draw(4) == 0
        self.stage.extension_exits(name, self.draw(2), memory_used_mb=34, out_of_memory=out_of_memory)

    def _launch_fails(self, name: str) -> None:
        self.alive.discard(name)
        self.unheard.discard(name)
        self.stage.launch_fails(name)

    def _registers(self, name: str, events: tuple[str, ...]) -> None:
        self.unheard.discard(name)
        self.stage.registers(name, events)

    def _fires(self, timer: Timer) -> None:
        del self.armed[timer]
        self.stage.fires(timer)

    def _gone(self) -> None:
        self.killing = False
        self.stage.gone()

    def _assign(self) -> None:
        self.idle = False
        self.assigned.append(f"req-{len(self.assigned) + 1}")
        self.stage.assigned(invocation(self.assigned[-1]))

    def _stream_ends(self) -> None:
        token, self.stream = self.stream, None
        assert token is not None
        invoke = self.stage.machine.invoke
        self.stage.feed(
            inputs.RuntimeEndedStreaming(
                at=self.stage.at,
                generation=self.stage.generation,
                token=token,
                request_id=invoke.invocation.request_id if invoke else RequestId("req-none"),
                payload=b"",
                content_type="text/plain",
                produced_bytes=0,
            )
        )

    # What everybody does who means well, after whatever was done before

    def invoke_succeeds(self) -> bool:
        """One more invoke, in which nothing new goes wrong; False where there can be none."""
        while not self.idle:
            if self.closing or self.stage.machine.phase is Phase.DEAD:
                return False
            self.do(self._gone if self.killing else partial(self._fires, next(iter(self.armed))))
        self.do(self._assign)
        request_id = RequestId(self.assigned[-1])
        for _ in range(4):
            for name in sorted(self.alive):
                self.do(partial(self._registers, name, BOTH))
            if self.runtime_alive:
                self.do(self.stage.calls_next)
            for name in sorted(self.alive):
                self.do(partial(self.stage.extension_calls_next, name))
            if self.runtime_alive:
                self.do(partial(self.stage.responds, request_id=request_id))
        told = [each.status for each in records_of(self, Report) if each.request_id == request_id]
        return told == [Status.SUCCESS]


def records_of(world: World, kind: type[R]) -> list[R]:
    return [effect for effect in world.stage.effects if isinstance(effect, kind)]


def nobody_waits_without_a_timer(world: World) -> None:
    """Whatever processes do or leave, somebody ends it: a timer, or a kill that is on its way."""
    phase = world.stage.machine.phase
    if phase in (Phase.INIT, Phase.INVOKE):
        assert world.armed, f"nothing ends phase {phase}"
    if phase is Phase.RESETTING:
        assert world.armed or world.killing
    if phase is Phase.SHUTDOWN:
        assert world.armed or world.closing
    if phase in (Phase.READY, Phase.RESET):
        assert not world.armed
        assert world.idle


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    choices=st.lists(st.integers(min_value=0, max_value=10_000), min_size=40, max_size=160),
    external=st.integers(min_value=0, max_value=2),
    identity=st.sampled_from((IDENTITY, SNAP_START, PROVISIONED)),
)
def test_promises_hold_on_every_walk(choices: list[int], external: int, identity: Identity) -> None:
    numbers = iter([*choices, *[7, 3, 11, 1] * 10_000])
    world = World(lambda below: next(numbers) % below, external, identity=identity)
    for _ in choices:
        world.step()
        nobody_waits_without_a_timer(world)
    # Whoever was broken without a word, such as an extension that gave up, may cost one more invoke.
    assert any(world.invoke_succeeds() for _ in range(2)) or world.closing
    world.do(world.stop)

    started = Counter(record.request_id for record in records_of(world, InvokeStart))
    reported = Counter(record.request_id for record in records_of(world, Report))
    done = Counter(record.request_id for record in records_of(world, RuntimeDone))
    assert started == reported == done
    assert set(started.values()) <= {1}
    assert world.answers == world.released == Counter({RequestId(name): 1 for name in world.assigned})
    assert all(record.metrics.max_memory_used_mb is not None for record in records_of(world, Report))
    # An init that the end of the environment cut off is the only one without a report.
    assert len(records_of(world, InitStart)) - len(records_of(world, InitReport)) in (0, 1)
    assert not world.stage.machine.invoke
