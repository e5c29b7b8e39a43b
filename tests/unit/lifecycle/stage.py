"""A stage for one environment machine: short words for inputs, and its effects as a readable transcript."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.inputs import ResponseFault, Token
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.phase import InitializationType
from lambdatui.model.records import EnvironmentPhase, InitReport, Record, Report

EPOCH_S = 1_700_000_000.0
"""Wall time of ``at`` 0."""
IDENTITY = Identity(function_name="orders", version="$LATEST", memory_mb=128, instance_id="stream")
SNAP_START = replace(IDENTITY, initialization_type=InitializationType.SNAP_START)
PROVISIONED = replace(IDENTITY, initialization_type=InitializationType.PROVISIONED_CONCURRENCY)


def invocation(name: str = "req-1", timeout_s: float = 3.0) -> Invocation:
    return Invocation(
        request_id=RequestId(name),
        function=FunctionName("orders"),
        payload=b'{"n": 1}',
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders",
        timeout_s=timeout_s,
    )


@dataclass
class Stage:
    """``at`` advances only when told; tokens are numbered from 1."""

    machine: Environment = field(default_factory=lambda: Environment(IDENTITY))
    at: float = 0.0
    effects: list[commands.Command] = field(default_factory=list)
    _tokens: int = 0
    arms: dict[Timer, int] = field(default_factory=dict)

    def feed(self, happened: inputs.Input) -> commands.Effects:
        effects = self.machine.handle(happened)
        for effect in effects:
            if isinstance(effect, commands.ArmTimer):
                self.arms[effect.timer] = effect.arm_id
        self.effects.extend(effects)
        return effects

    def token(self) -> Token:
        self._tokens += 1
        return Token(self._tokens)

    @property
    def token_count(self) -> int:
        return self._tokens

    @property
    def generation(self) -> int:
        return self.machine.generation

    def sandbox_ready(self) -> commands.Effects:
        return self.feed(inputs.SandboxReady(at=self.at))

    def calls_next(self, memory_used_mb: int | None = 31) -> commands.Effects:
        return self.feed(
            inputs.RuntimeCalledNext(
                at=self.at, generation=self.generation, token=self.token(), memory_used_mb=memory_used_mb
            )
        )

    def responds(
        self, payload: bytes = b'"ok"', request_id: str = "req-1", fault: ResponseFault | None = None
    ) -> commands.Effects:
        return self.feed(
            inputs.RuntimePostedResponse(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                request_id=RequestId(request_id),
                payload=payload,
                fault=fault,
            )
        )

    def posts_error(
        self, payload: bytes = b'{"errorType":"ValueError"}', request_id: str = "req-1"
    ) -> commands.Effects:
        return self.feed(
            inputs.RuntimePostedError(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                request_id=RequestId(request_id),
                payload=payload,
                error_type="Runtime.Unknown",
            )
        )

    def posts_init_error(
        self,
        error_type: str = "Runtime.ImportModuleError",
        memory_used_mb: int | None = None,
        payload: bytes = b'{"errorType":"Runtime.ImportModuleError"}',
    ) -> commands.Effects:
        return self.feed(
            inputs.RuntimePostedInitError(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                payload=payload,
                error_type=error_type,
                memory_used_mb=memory_used_mb,
            )
        )

    def begins_streaming(self, request_id: str = "req-1") -> commands.Effects:
        return self.feed(
            inputs.RuntimeBeganStreaming(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                request_id=RequestId(request_id),
                content_type="text/plain",
            )
        )

    def posts_restore_error(self, error_type: str = "Runtime.AfterRestoreError") -> commands.Effects:
        return self.feed(
            inputs.RuntimePostedRestoreError(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                payload=b"{}",
                error_type=error_type,
                memory_used_mb=31,
            )
        )

    def calls_restore_next(self) -> commands.Effects:
        return self.feed(
            inputs.RuntimeCalledRestoreNext(
                at=self.at, generation=self.generation, token=self.token(), memory_used_mb=31
            )
        )

    def exits(self, exit_code: int | None = None, signal: int | None = None) -> commands.Effects:
        return self.feed(
            inputs.RuntimeExited(
                at=self.at, generation=self.generation, exit_code=exit_code, signal=signal, memory_used_mb=40
            )
        )

    def gone(self) -> commands.Effects:
        return self.feed(inputs.ProcessesGone(at=self.at, generation=self.generation))

    def assigned(self, what: Invocation | None = None) -> commands.Effects:
        return self.feed(inputs.InvokeAssigned(at=self.at, invocation=what or invocation(), epoch_s=EPOCH_S + self.at))

    def fires(self, timer: Timer) -> commands.Effects:
        return self.feed(inputs.TimerFired(at=self.at, timer=timer, arm_id=self.arms[timer], memory_used_mb=50))

    def retire(self) -> commands.Effects:
        return self.feed(inputs.RetireRequested(at=self.at, reason="code changed"))

    def stop(self) -> commands.Effects:
        return self.feed(inputs.StopRequested(at=self.at, reason="stopped"))


def warm(init_s: float = 0.08, *, identity: Identity = IDENTITY) -> Stage:
    """An environment that has finished init and is frozen."""
    stage = Stage(machine=Environment(identity))
    stage.sandbox_ready()
    stage.at += init_s
    stage.calls_next()
    stage.effects.clear()
    return stage


def snapshot() -> Stage:
    """An environment of a function with SnapStart that waits in restore/next, frozen."""
    stage = Stage(machine=Environment(SNAP_START))
    stage.sandbox_ready()
    stage.at += 0.08
    stage.calls_restore_next()
    stage.effects.clear()
    return stage


def names(effects: Sequence[commands.Command]) -> list[str]:
    """The effects in order; a published record by its event type, a phase by its name."""
    return [_name(effect) for effect in effects]


def _name(effect: commands.Command) -> str:
    if not isinstance(effect, Record):
        return type(effect).__name__
    if isinstance(effect, EnvironmentPhase):
        return f"phase {effect.phase}"
    return effect.TYPE


def records(effects: Sequence[commands.Command]) -> list[Record]:
    return [effect for effect in effects if isinstance(effect, Record)]


def report(effects: Sequence[commands.Command]) -> Report:
    """The one REPORT among the effects."""
    (found,) = [record for record in records(effects) if isinstance(record, Report)]
    return found


def init_report(effects: Sequence[commands.Command]) -> InitReport:
    (found,) = [record for record in records(effects) if isinstance(record, InitReport)]
    return found


def caller_gets(effects: Sequence[commands.Command]) -> commands.AnswerCaller:
    (found,) = [effect for effect in effects if isinstance(effect, commands.AnswerCaller)]
    return found
