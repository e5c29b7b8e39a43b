"""What each extension was doing when, told from a trail.

Started, Registered, Ready (it waits for an event), Running (it has one).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.extension_commands import SendInvokeEvent, SendShutdownEvent, SpawnExtensions
from lambdatui.lifecycle.extension_inputs import (
    ExtensionCalledNext,
    ExtensionExited,
    ExtensionLaunchFailed,
    ExtensionRegistered,
)
from lambdatui.lifecycle.extension_states import ExtensionState
from lambdatui.lifecycle.trail import Step
from lambdatui.model.environment_detail import ExtensionLine, StateSpan


def extension_lines(
    steps: Sequence[Step], names: Mapping[str, str], monotonic_to_epoch_s: float
) -> tuple[ExtensionLine, ...]:
    """In the order in which they appear. ``names`` by identifier are those of extensions that are known by now; their
    registration may be forgotten. ``monotonic_to_epoch_s`` is what to add to an ``at``.
    """
    lines = _Lines(names, monotonic_to_epoch_s)
    for step in steps:
        lines.hear(step)
    return tuple(ExtensionLine(name=name, spans=tuple(spans)) for name, spans in lines.spans.items())


class _Lines:
    def __init__(self, names: Mapping[str, str], offset_s: float) -> None:
        self.spans: dict[str, list[StateSpan]] = {}
        self._names = dict(names)
        self._waiting: dict[int, str] = {}
        self._offset_s = offset_s

    def hear(self, step: Step) -> None:
        happened, at = step.happened, step.happened.at
        refused = any(isinstance(each, do.RefuseRequest) for each in step.commands)
        match happened:
            case ExtensionRegistered() if not refused:
                self._names[happened.extension_id] = happened.name
                self._enter(happened.name, ExtensionState.REGISTERED, at)
            case ExtensionCalledNext() if not refused and happened.extension_id in self._names:
                name = self._names[happened.extension_id]
                self._waiting[happened.token] = name
                self._enter(name, ExtensionState.READY, at)
            case ExtensionExited() | ExtensionLaunchFailed():
                self._end(happened.name, at)
            case inputs.ProcessesGone() | inputs.SandboxClosed() | inputs.SandboxLost():
                for name in self.spans:
                    self._end(name, at)
        for command in step.commands:
            self._obey(command, at)

    def _obey(self, command: do.Command, at: float) -> None:
        match command:
            case SpawnExtensions():
                for name in command.names:
                    self._enter(name, ExtensionState.STARTED, at)
            case SendInvokeEvent() | SendShutdownEvent() if command.token in self._waiting:
                self._enter(self._waiting.pop(command.token), ExtensionState.RUNNING, at)

    def _enter(self, name: str, state: ExtensionState, at: float) -> None:
        self._end(name, at)
        self.spans.setdefault(name, []).append(StateSpan(state=state, start_s=at + self._offset_s))

    def _end(self, name: str, at: float) -> None:
        spans = self.spans.get(name)
        if spans and spans[-1].end_s is None:
            spans[-1] = replace(spans[-1], end_s=at + self._offset_s)
