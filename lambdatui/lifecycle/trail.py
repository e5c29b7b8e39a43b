"""What a machine was told last and what it made of that: references in a ring, so that keeping it costs nearly nothing.

Text is made of it when somebody asks. Large payloads are let go at once: the ring must not keep them from being freed.
The opening is kept apart for as long as the environment lives, up to the end of its first invoke: with it whatever came
last can be told again from the beginning.
"""

from collections import deque
from dataclasses import replace
from typing import NamedTuple

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.extension_commands import SendInvokeEvent
from lambdatui.model.invocation import Invocation
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase

KEPT = 50
MOST_OPENING = 64
"""An opening that is longer than this is of no use: nobody would read it."""
LARGE_BYTES = 16 * 1024


class Step(NamedTuple):
    """``payload_bytes`` is the length of a payload that was let go; its place is empty."""

    happened: inputs.Input
    commands: do.Effects
    payload_bytes: int | None = None


_CARRIERS = frozenset(
    {
        inputs.InvokeAssigned,
        inputs.RuntimePostedResponse,
        inputs.RuntimePostedError,
        inputs.RuntimePostedInitError,
        inputs.RuntimePostedRestoreError,
        inputs.RuntimeEndedStreaming,
    }
)
"""Inputs with a payload."""


class Trail:
    """Of one machine. ``opening`` is complete when it ends with the machine idle after an invoke."""

    __slots__ = ("_heavy", "_opened", "count", "opening", "recent")

    def __init__(self) -> None:
        self.recent: deque[Step | tuple[inputs.Input, do.Effects]] = deque(maxlen=KEPT)
        self.opening: list[Step] = []
        self.count = 0
        self._opened = False
        self._heavy = False

    def add(self, happened: inputs.Input, commands: do.Effects) -> None:
        """On the way of every invoke: four times for a warm one."""
        self.count += 1
        if self._heavy or type(happened) in _CARRIERS:
            self._add_lighter(happened, commands)
        else:
            self.recent.append((happened, commands))
        if not self._opened:
            self._open()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The last ones, oldest first."""
        return tuple(Step(*step) for step in self.recent)

    @property
    def is_whole(self) -> bool:
        """Nothing was forgotten yet."""
        return self.count == len(self.recent)

    def _add_lighter(self, happened: inputs.Input, commands: do.Effects) -> None:
        size = len(payload_of(happened))
        if isinstance(happened, inputs.InvokeAssigned):
            # Until the next one, any command may hand out this event.
            self._heavy = size >= LARGE_BYTES
        if size >= LARGE_BYTES:
            self.recent.append(Step(with_payload(happened, b""), _lighter(commands), size))
        else:
            self.recent.append((happened, _lighter(commands) if self._heavy else commands))

    def _open(self) -> None:
        self.opening.append(Step(*self.recent[-1]))
        released = any(isinstance(each, do.ReleaseInvoke) for step in self.opening for each in step.commands)
        self._opened = len(self.opening) >= MOST_OPENING or (released and _is_idle(self.opening[-1].commands))


def payload_of(happened: inputs.Input) -> bytes:
    """What the event or the answer is; empty for an input without one."""
    if isinstance(happened, inputs.InvokeAssigned):
        return happened.invocation.payload
    found: bytes = getattr(happened, "payload", b"")
    return found


def with_payload(happened: inputs.Input, payload: bytes) -> inputs.Input:
    if isinstance(happened, inputs.InvokeAssigned):
        return replace(happened, invocation=replace(happened.invocation, payload=payload))
    if type(happened) in _CARRIERS:
        return replace(happened, payload=payload)  # type: ignore[call-arg]  # every other carrier has it so
    return happened


def _lighter(commands: do.Effects) -> do.Effects:
    return tuple(_without_payload(each) for each in commands)


def _without_payload(command: do.Command) -> do.Command:
    match command:
        case do.AnswerNext() | SendInvokeEvent():
            return replace(command, invocation=_emptied(command.invocation))
        case do.AnswerCaller():
            return replace(command, result=replace(command.result, payload=b""))
        case _:
            return command


def _emptied(invocation: Invocation) -> Invocation:
    return replace(invocation, payload=b"")


def _is_idle(commands: do.Effects) -> bool:
    """The step ended in an idle machine."""
    return any(isinstance(each, EnvironmentPhase) and each.phase is Phase.READY for each in commands)
