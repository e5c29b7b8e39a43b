"""What AWS never shows of an environment: phases, freeze, misbehaviour, its /tmp, the code it runs, its traces."""

from typing import ClassVar

from lambdatui.model.error_cause import ErrorCause
from lambdatui.model.ids import RequestId
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records_base import Record
from lambdatui.model.value import value


@value
class EnvironmentPhase(Record):
    """An environment moved. ``reason`` says why where it is not the ordinary course; ``pid`` is the runtime's."""

    TYPE: ClassVar[str] = "environment.phase"
    phase: Phase
    generation: int
    request_id: RequestId | None = None
    reason: str = ""


@value
class Variable:
    """An environment variable of a function; a secret value is hidden."""

    name: str
    value: str


@value
class EnvironmentCreated(Record):
    """An environment is made for this configuration of the function, on its code as of ``revision``.

    ``variables`` are those of the function, without Lambda's own.
    """

    TYPE: ClassVar[str] = "environment.created"
    revision: int
    runtime: str
    handler: str
    architecture: str
    memory_mb: int
    timeout_s: int
    ephemeral_storage_mb: int
    layers: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()


@value
class EnvironmentFrozen(Record):
    """Every process of the environment stopped; nothing of it runs until it is thawed."""

    TYPE: ClassVar[str] = "environment.frozen"


@value
class EnvironmentThawed(Record):
    """The environment runs again; ``frozen_ms`` is how long it stood still."""

    TYPE: ClassVar[str] = "environment.thawed"
    frozen_ms: float


@value
class EnvironmentOrdered(Record):
    """Somebody told the environment to do this, past placement; what comes of it follows in the stream."""

    TYPE: ClassVar[str] = "environment.ordered"
    order: Order


@value
class RuntimeMisbehaved(Record):
    """A runtime made a move the Runtime API refuses; it was answered as AWS answers it."""

    TYPE: ClassVar[str] = "environment.misbehaved"
    status_code: int
    error_type: str
    message: str


@value
class ScratchFile:
    """One entry below /tmp; ``path`` is relative to it, ``modified_s`` seconds since the epoch."""

    path: str
    size_bytes: int
    modified_s: float
    is_dir: bool = False


@value
class ScratchChanged(Record):
    """The whole content of an environment's /tmp after a change, at most a few hundred entries."""

    TYPE: ClassVar[str] = "scratch.changed"
    files: tuple[ScratchFile, ...]
    total_bytes: int
    truncated: bool = False


@value
class CodeChanged(Record):
    """Files of a function were saved; ``revision`` counts the saves of this function since the engine started.

    Without files it is the configuration that was changed, by a session.
    """

    TYPE: ClassVar[str] = "code.changed"
    revision: int
    files: tuple[str, ...]


@value
class CodeReady(Record):
    """An environment finished init on the new code. ``save_to_ready_ms`` runs from the notice of the save."""

    TYPE: ClassVar[str] = "code.ready"
    revision: int
    files: tuple[str, ...]
    save_to_ready_ms: float


@value
class CodeHashed(Record):
    """What the code of a revision is: ``code_sha256`` as GetFunction shows it. Told once an environment has used it."""

    TYPE: ClassVar[str] = "code.hashed"
    revision: int
    code_sha256: str


@value
class CodeBroken(Record):
    """The saved code does not compile; environments on the last good code stay until the next invoke."""

    TYPE: ClassVar[str] = "code.broken"
    file: str
    line: int | None
    message: str


@value
class TraceSegment(Record):
    """A segment or subsegment that a handler's X-Ray library sent. ``document`` is all of it, as JSON text.

    ``request_id`` is the invoke whose trace it is, None where it belongs to none that is known.
    ``end_s`` is None while it is in progress: the same ``segment_id`` comes again when it is done. Seconds since the
    epoch. ``parent_id`` is None for a segment that says nothing of one.
    """

    TYPE: ClassVar[str] = "trace.segment"
    request_id: RequestId | None = None
    trace_id: str
    segment_id: str
    parent_id: str | None = None
    name: str
    start_s: float
    end_s: float | None = None
    document: str


@value
class TraceErrorCause(Record):
    """Why a handler failed, as its runtime tells X-Ray: on Lambda, the ``cause`` of the function's segment."""

    TYPE: ClassVar[str] = "trace.errorCause"
    request_id: RequestId
    cause: ErrorCause
