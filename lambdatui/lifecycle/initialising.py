"""Init, from the first process of a generation until its runtime and all its extensions wait for an event."""

from dataclasses import dataclass
from enum import IntEnum

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import extension_commands
from lambdatui.lifecycle.billing import elapsed_ms
from lambdatui.lifecycle.breakdowns import Breakdown
from lambdatui.lifecycle.extensions import Extensions
from lambdatui.lifecycle.facts import Facts
from lambdatui.lifecycle.refusals import RuntimeState
from lambdatui.model import error_types
from lambdatui.model.phase import InitPhase, Status


class InitStage(IntEnum):
    """In order; each ends by itself when what it waits for is there."""

    EXTENSIONS = 1
    """Every external extension has to register before there is a runtime."""
    RUNTIME = 2
    READINESS = 3
    """The runtime is done; every extension has to ask for its first event."""
    OVER = 4


@dataclass(slots=True, kw_only=True)
class _Run:
    phase: InitPhase
    began_at: float
    stage: InitStage


class Initialising:
    """One run of init at a time; a failed one is followed by another, of the next generation."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._run = _Run(phase=InitPhase.INIT, began_at=0.0, stage=InitStage.OVER)

    @property
    def stage(self) -> InitStage:
        return self._run.stage

    def begin(self, phase: InitPhase, at: float) -> None:
        facts, names = self._facts, self._facts.extension_files
        facts.generation += 1
        facts.first_error = None
        facts.extensions = Extensions(names, facts.out)
        facts.out.publish(facts.report.init_start(phase))
        self._run = _Run(phase=phase, began_at=at, stage=InitStage.EXTENSIONS)
        if not names:
            self._spawn_runtime(at)
        elif not facts.extensions.too_many:
            facts.out.do(extension_commands.SpawnExtensions(generation=facts.generation, names=names))

    def advance(self, at: float) -> bool:
        """One step, if what it waited for is there."""
        stage, facts = self._run.stage, self._facts
        if stage is InitStage.EXTENSIONS and facts.extensions.external_registered:
            self._spawn_runtime(at)
        elif stage is InitStage.RUNTIME and facts.runtime.state is RuntimeState.RESTORE_READY and self._in_invoke:
            # An invoke waits already: what would be a snapshot goes on at once.
            self._pass_by_the_snapshot()
        elif stage is InitStage.RUNTIME and facts.runtime.state in (RuntimeState.READY, RuntimeState.RESTORE_READY):
            facts.out.publish(facts.report.init_runtime_done(self._run.phase, Status.SUCCESS, None))
            facts.extensions.close_registration()
            self._run.stage = InitStage.READINESS
        elif stage is InitStage.READINESS and facts.extensions.all_ready:
            facts.extensions.close_subscription()
            self._report(Status.SUCCESS, None, at)
        else:
            return False
        return True

    def fail(self, broke: Breakdown, at: float) -> None:
        """What was reported stays reported; the rest says how it ended."""
        error_type = broke.error_type or error_types.RUNTIME_UNKNOWN
        if self._run.stage is InitStage.RUNTIME:
            done = self._facts.report.init_runtime_done(self._run.phase, broke.status, error_type)
            self._facts.out.publish(done)
        # How an init ended that took too long, initRuntimeDone has a name for; initReport says no more than that.
        self._report(broke.status, None if broke.status is Status.TIMEOUT else error_type, at)

    @property
    def _in_invoke(self) -> bool:
        return self._run.phase is InitPhase.INVOKE

    def _spawn_runtime(self, at: float) -> None:
        """Nothing is started in a place that stands still."""
        facts = self._facts
        facts.thaw(at)
        self._run.stage = InitStage.RUNTIME
        facts.runtime.starts()
        facts.out.do(do.SpawnRuntime(generation=facts.generation))

    def _pass_by_the_snapshot(self) -> None:
        runtime = self._facts.runtime
        runtime.state = RuntimeState.RESTORING
        if (token := runtime.take_restore_token()) is not None:
            self._facts.out.do(do.AnswerRestoreNext(token=token))

    def _report(self, status: Status, error_type: str | None, at: float) -> None:
        facts, run = self._facts, self._run
        run.stage = InitStage.OVER
        facts.out.publish(*facts.extensions.records())
        facts.out.publish(facts.report.init_report(run.phase, status, error_type, elapsed_ms(run.began_at, at)))
