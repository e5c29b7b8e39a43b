"""What one machine knows of its environment; shared by the parts that decide what follows from it."""

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.current_invoke import CurrentInvoke
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.extensions import Extensions
from lambdatui.lifecycle.outbox import Outbox
from lambdatui.lifecycle.phases import PHASES
from lambdatui.lifecycle.reporting import Identity, Reporter
from lambdatui.lifecycle.runtime_side import RuntimeSide
from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentFrozen, EnvironmentPhase, EnvironmentThawed


class Facts:
    """Private to one machine; written by its parts, and by nobody else."""

    __slots__ = (
        "_frozen_at",
        "alone",
        "dropped_inputs",
        "extension_files",
        "extensions",
        "first_error",
        "generation",
        "identity",
        "invoke",
        "out",
        "phase",
        "report",
        "retiring",
        "runtime",
    )

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.out = Outbox()
        self.report = Reporter(identity)
        self.phase = Phase.PROVISIONING
        self.generation = 0
        self.runtime = RuntimeSide()
        self.alone = ""
        """Why a snapshot is for this environment only, as far as that is known of its place."""
        self.extension_files: tuple[str, ...] = ()
        self.extensions = Extensions((), self.out)
        self.first_error: str | None = None
        """What an extension reported of itself: when the environment breaks, it breaks of that."""
        self.invoke: CurrentInvoke | None = None
        self.retiring: str | None = None
        self.dropped_inputs = 0
        self._frozen_at: float | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def frozen_for_s(self, at: float) -> float | None:
        return None if self._frozen_at is None else at - self._frozen_at

    @property
    def current_invoke(self) -> CurrentInvoke:
        if self.invoke is None:
            raise IllegalTransition(f"no invoke in phase {self.phase}")
        return self.invoke

    @property
    def current_request_id(self) -> RequestId | None:
        """Of the event that the runtime has, or may ask for."""
        invoke = self.invoke
        return invoke.invocation.request_id if invoke is not None and invoke.started else None

    def move(self, phase: Phase, reason: str = "") -> None:
        if phase not in PHASES[self.phase]:
            raise IllegalTransition(f"from {self.phase} to {phase}")
        self.phase = phase
        request_id = self.invoke.invocation.request_id if self.invoke else None
        self.out.publish(
            EnvironmentPhase(phase=phase, generation=self.generation, request_id=request_id, reason=reason)
        )

    def freeze(self, at: float) -> None:
        """Where it is frozen already it stays so; that is told again, for a phase is told of without it."""
        if self._frozen_at is None:
            self._frozen_at = at
            self.out.do(do.Freeze())
        self.out.publish(EnvironmentFrozen())

    def thaw(self, at: float) -> None:
        """Where it is not frozen, nothing."""
        if self._frozen_at is not None:
            self.out.do(do.Thaw())
            self.out.publish(EnvironmentThawed(frozen_ms=round((at - self._frozen_at) * 1000, 3)))
            self._frozen_at = None

    def processes_die(self) -> None:
        """What was commanded leaves nothing of this generation; who is killed needs no thaw."""
        self.runtime.is_gone()
        self._frozen_at = None
        if self.extensions:
            self.extensions = Extensions((), self.out)

    def drop(self) -> None:
        """An input that comes too late: it is counted."""
        self.dropped_inputs += 1
