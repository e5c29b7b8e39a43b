"""A stage whose machine leaves a trail, as a driver's does."""

from dataclasses import dataclass, field

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.trail import Trail
from tests.unit.lifecycle.extension_stage import ExtensionStage
from tests.unit.lifecycle.stage import invocation


@dataclass
class RecordedStage(ExtensionStage):
    external: tuple[str, ...] = ()
    trail: Trail = field(default_factory=Trail)
    invokes: int = 0

    def feed(self, happened: inputs.Input) -> commands.Effects:
        effects = super().feed(happened)
        self.trail.add(happened, effects)
        return effects

    def starts(self) -> None:
        """The first init."""
        self.sandbox_ready()
        for name in self.external:
            self.registers(name)
        self.at += 0.0812345678
        self.calls_next()
        for name in self.external:
            self.extension_calls_next(name)

    def invoked(self, payload: bytes = b'"ok"') -> None:
        """A warm invoke, from the event to the next one."""
        self.assigned_next()
        self.at += 0.0123456789
        self.responds(payload, request_id=self.request_id)
        self.calls_next()
        for name in self.external:
            self.extension_calls_next(name)

    @property
    def request_id(self) -> str:
        return f"req-{self.invokes}"

    def assigned_next(self) -> commands.Effects:
        self.invokes += 1
        self.at += 1.5
        return self.assigned(invocation(self.request_id))

    def crashes(self) -> None:
        """An invoke that kills its runtime; an orderly reset of extensions has all the time it may take."""
        self.assigned_next()
        self.exits(1)
        self.is_reset()

    def is_reset(self) -> None:
        for name in self.external:
            self.extension_exits(name)
        self.gone()
