"""Inputs: something happened to one execution environment. Past tense, subject first.

Every input carries ``at`` (monotonic seconds), stamped at the edge; what comes from a runtime carries the generation it
belongs to and, where the runtime waits for an answer, the token to answer with.
"""

from enum import StrEnum
from typing import NewType

from lambdatui.lifecycle.timers import Timer
from lambdatui.model.error_cause import ErrorCause
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.orders import Order
from lambdatui.model.value import value

Token = NewType("Token", int)
"""Stands for one unanswered request of a runtime; the driver knows the connection behind it."""


class ResponseFault(StrEnum):
    """Why a posted response is not delivered as it is."""

    TOO_LARGE = "too large"
    TRUNCATED = "truncated"
    INVALID_MODE = "invalid mode"


@value
class Input:
    at: float


@value
class SandboxReady(Input):
    """The place exists; nothing runs in it yet. ``extensions`` are the files in its /opt/extensions, by name.

    ``alone``: why a snapshot of what will run in it is for this environment only; empty where the runtime can tell.
    """

    extensions: tuple[str, ...] = ()
    alone: str = ""


@value
class SandboxLost(Input):
    """The place could not be made, or is gone."""

    reason: str
    memory_used_mb: int | None = None


@value
class SandboxClosed(Input):
    """After DestroySandbox: everything is released."""


@value
class InvokeAssigned(Input):
    """Placement chose this environment; it never does so unless the environment announced itself idle.

    ``epoch_s`` is ``at`` in seconds since the epoch: spans are told in wall time, and the machine knows no clock.
    """

    invocation: Invocation
    epoch_s: float


@value
class TimerFired(Input):
    """``memory_used_mb`` is measured before anything is killed."""

    timer: Timer
    arm_id: int
    memory_used_mb: int | None = None


@value
class RetireRequested(Input):
    """End this environment as soon as no invoke runs in it (new code, idle for long)."""

    reason: str


@value
class StopRequested(Input):
    """End this environment now, whatever it does: at once, or (``orderly``) in the order that extensions may expect."""

    reason: str
    orderly: bool = False
    memory_used_mb: int | None = None


@value
class OrderGiven(Input):
    """The user wants this of the environment; it is one that ``Environment.refusal`` has nothing against."""

    order: Order
    memory_used_mb: int | None = None


@value
class ProcessesGone(Input):
    """After KillProcesses: nothing of this generation runs any more."""

    generation: int


@value
class RuntimeInput(Input):
    """What the runtime process of one generation did."""

    generation: int


@value
class RuntimeExited(RuntimeInput):
    """Exactly one of ``exit_code`` and ``signal`` is set. ``out_of_memory``: the environment went over its memory."""

    exit_code: int | None = None
    signal: int | None = None
    memory_used_mb: int | None = None
    out_of_memory: bool = False


@value
class RuntimeLaunchFailed(RuntimeInput):
    """There is nothing to execute as the runtime. ``error_type`` is e.g. ``Runtime.InvalidEntrypoint``."""

    error_type: str
    reason: str
    memory_used_mb: int | None = None


@value
class RuntimeCalledNext(RuntimeInput):
    token: Token
    memory_used_mb: int | None = None


@value
class RuntimeHungUp(RuntimeInput):
    """A connection that waited in /next is gone; the event must go to another that waits, or to the next one."""

    token: Token


@value
class RuntimePostedResponse(RuntimeInput):
    """``at`` is when the body was here; ``begun_at`` is when its first bytes were, where they came earlier."""

    token: Token
    request_id: RequestId
    payload: bytes
    content_type: str = "application/json"
    fault: ResponseFault | None = None
    begun_at: float | None = None


@value
class RuntimePostedError(RuntimeInput):
    """``error_type`` is already normalised; the payload reaches the caller as it is. Times as in a response.

    ``cause`` is for the trace, already cropped.
    """

    token: Token
    request_id: RequestId
    payload: bytes
    error_type: str
    content_type: str = "application/json"
    begun_at: float | None = None
    cause: ErrorCause | None = None


@value
class RuntimePostedInitError(RuntimeInput):
    token: Token
    payload: bytes
    error_type: str
    content_type: str = "application/json"
    memory_used_mb: int | None = None


@value
class RuntimeCalledRestoreNext(RuntimeInput):
    """SnapStart: init and the hooks before a snapshot are over. 200 without a body answers it when it is restored.

    ``alone``: why the snapshot is this environment's alone; empty where others can be restored from it, too, and None
    where that was not asked for.
    """

    token: Token
    memory_used_mb: int | None = None
    alone: str | None = None


@value
class RuntimePostedRestoreError(RuntimeInput):
    """A hook after restore failed. ``error_type`` is already normalised."""

    token: Token
    payload: bytes
    error_type: str
    content_type: str = "application/json"
    memory_used_mb: int | None = None


@value
class RuntimeBeganStreaming(RuntimeInput):
    """The head of a response in the streaming mode is here, its bytes are not: the runtime's state is now
    ``InvocationResponse``. ReadStream lets the bytes go to the caller, past the machine; a refusal ends the call.
    """

    token: Token
    request_id: RequestId
    content_type: str


@value
class RuntimeEndedStreaming(RuntimeInput):
    """The last byte of a stream that was begun with the same token went to the caller, or the stream broke.

    ``payload`` is the whole response, for a caller that wants it in one piece and for the record; of a response that is
    larger than a buffered one may be, and whose caller had the pieces, it is empty.
    ``error_type`` (normalised) is set when the runtime itself ended the stream in an error, whose document is then
    ``error_payload``. At most one of ``error_type`` and ``fault`` is set.
    """

    token: Token
    request_id: RequestId
    payload: bytes
    content_type: str
    produced_bytes: int
    error_type: str | None = None
    error_payload: bytes = b""
    fault: ResponseFault | None = None
