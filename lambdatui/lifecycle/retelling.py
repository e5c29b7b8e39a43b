"""Telling again to a new machine what another one was told: the longest end of its trail that comes out the same.

Where the beginning is forgotten, the environment's opening stands in for it: init and its first invoke, or where that
never became idle its place alone; and a reset, where the end begins with an environment without processes. Numbers that
stand for something (generations, armings of timers) become those of the new machine; payloads become zeros of the same
length, which is all that a machine sees of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.extension_commands import SpawnExtensions
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.trail import Step, Trail, payload_of, with_payload
from lambdatui.lifecycle.transcript import skeleton
from lambdatui.model.orders import Order
from lambdatui.model.records import EnvironmentPhase

_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """``before`` is fed without looking; ``steps`` are inputs with the commands that the new machine gave."""

    identity: Identity
    before: tuple[inputs.Input, ...]
    steps: tuple[Step, ...]
    left_out: int
    """So many inputs lie between the two, or before the first where there is none before."""


def retell(identity: Identity, trail: Trail) -> Retold | None:
    """None where nothing was ever told to the machine, or nothing that another one would do the same for."""
    steps = trail.steps
    if not steps:
        return None
    first = trail.opening[0].happened.at
    if trail.is_whole and (told := _tell(Environment(identity), steps, first)) is not None:
        return Retold(identity=identity, before=(), steps=told, left_out=0)
    for opening in (trail.opening, trail.opening[:1]):
        for start, step in enumerate(steps):
            if not isinstance(step.happened, inputs.InvokeAssigned):
                continue
            machine = Environment(identity)
            before = _open(machine, opening, step, first)
            shift = _generation_shift(step, machine)
            told = None if before is None else _tell(machine, steps[start:], first, shift)
            if before is not None and told is not None:
                left_out = trail.count - len(told) - len(opening)
                return Retold(identity=identity, before=before, steps=told, left_out=max(0, left_out))
    told = _tell(Environment(identity), trail.opening, first)
    return None if told is None else Retold(identity=identity, before=(), steps=told, left_out=trail.count - len(told))


def _open(machine: Environment, opening: Sequence[Step], then: Step, first: float) -> tuple[inputs.Input, ...] | None:
    """Bring a machine to where ``then`` can happen: what it was told for that, or None where that is not known."""
    told = _tell(machine, opening, first)
    if told is None:
        return None
    bridge = list(_bridge(machine, then, _early(then.happened.at, first)))
    try:
        for happened in bridge:
            machine.handle(happened)
    except IllegalTransition:
        return None
    return (*(step.happened for step in told), *bridge)


def _bridge(machine: Environment, then: Step, at: float) -> Iterator[inputs.Input]:
    if any(isinstance(each, do.SpawnRuntime | SpawnExtensions) for each in then.commands):
        yield inputs.OrderGiven(at=at, order=Order.RESET)
        yield inputs.ProcessesGone(at=at, generation=machine.generation)
        return
    answered = next((each for each in then.commands if isinstance(each, do.AnswerNext)), None)
    if answered is not None:
        # The connection that waited then: one that asks again has it asked last.
        yield inputs.RuntimeCalledNext(at=at, generation=machine.generation, token=answered.token)


def _tell(machine: Environment, steps: Sequence[Step], first: float, shift: int = 0) -> tuple[Step, ...] | None:
    """None as soon as something else comes of it than before. ``shift`` is added to every generation."""
    arms: dict[int, int] = {}
    told: list[Step] = []
    for step in steps:
        happened = _translated(step, first, shift, arms)
        try:
            commands = machine.handle(happened)
        except IllegalTransition:
            return None
        if skeleton(commands) != skeleton(step.commands):
            return None
        arms.update(zip(_armings(step.commands), _armings(commands), strict=True))
        told.append(Step(happened, commands))
    return tuple(told)


def _generation_shift(assigned: Step, machine: Environment) -> int:
    """What to add to a recorded generation, so that it is one of the new machine, which is about to be told of the
    invoke: the phase that begins with it is told with the generation before, also where init runs again in it.
    """
    for each in assigned.commands:
        if isinstance(each, EnvironmentPhase):
            return machine.generation - each.generation
    return 0


def _armings(commands: do.Effects) -> list[int]:
    return [each.arm_id for each in commands if isinstance(each, do.ArmTimer)]


def _translated(step: Step, first: float, shift: int, arms: dict[int, int]) -> inputs.Input:
    happened = step.happened
    size = step.payload_bytes if step.payload_bytes is not None else len(payload_of(happened))
    happened = with_payload(happened, bytes(size))
    changes: dict[str, object] = {"at": _early(happened.at, first)}
    if (generation := getattr(happened, "generation", None)) is not None:
        changes["generation"] = generation + shift
    if (begun_at := getattr(happened, "begun_at", None)) is not None:
        changes["begun_at"] = _early(begun_at, first)
    if isinstance(happened, inputs.TimerFired):
        changes["arm_id"] = arms.get(happened.arm_id, 0)
    if isinstance(happened, inputs.InvokeAssigned):
        # What a caller says of itself concerns nobody, and no machine.
        changes["invocation"] = replace(happened.invocation, client_context=None)
        changes["epoch_s"] = round(happened.epoch_s, _DIGITS)
    if getattr(happened, "error_payload", b""):
        changes["error_payload"] = bytes(len(getattr(happened, "error_payload", b"")))
    return replace(happened, **changes)  # type: ignore[arg-type]  # each is a field of what it changes


def _early(at: float, first: float) -> float:
    """Seconds since the environment's first input."""
    return round(at - first, _DIGITS)
