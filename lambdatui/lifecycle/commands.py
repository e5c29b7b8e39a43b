"""Commands: do this. Imperative; interpreted in one place, the environment's driver."""

from lambdatui.lifecycle.extension_commands import ExtensionCommand
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.model.records import Record
from lambdatui.model.value import value


@value
class SpawnRuntime:
    """Start the runtime as ``generation``; its inputs carry that number."""

    generation: int


@value
class AnswerNext:
    """Hand the event to the runtime waiting on ``token``. ``deadline_at`` is monotonic; the wire wants epoch ms."""

    token: Token
    invocation: Invocation
    deadline_at: float


@value
class AnswerRestoreNext:
    """``restore/next`` returns: the environment runs again, from its snapshot."""

    token: Token


@value
class RestoreRuntime:
    """Start the runtime as ``generation`` from another environment's snapshot: it goes on behind ``restore/next``."""

    generation: int


@value
class AcceptPost:
    """202 ``{"status":"OK"}``."""

    token: Token


@value
class RefuseRequest:
    """Answer the runtime with the error document AWS sends."""

    token: Token
    status_code: int
    error_type: str
    message: str


@value
class ArmTimer:
    timer: Timer
    arm_id: int
    due_at: float


@value
class DisarmTimer:
    timer: Timer


@value
class Freeze:
    pass


@value
class Thaw:
    pass


@value
class KillProcesses:
    """SIGKILL every process, keep the place and /tmp; ends in the input ProcessesGone."""


@value
class DestroySandbox:
    """Kill everything and release the place; the environment is dead."""

    reason: str


@value
class AnswerCaller:
    """The caller of the invocation gets its result now."""

    request_id: RequestId
    result: InvokeResult


@value
class RefuseCaller:
    """The invocation never began, and never will: the service's own exception, by its name, is the answer."""

    request_id: RequestId
    exception: str
    message: str


@value
class ReleaseInvoke:
    """The invoke is over and reported; whoever waited for its REPORT has it now."""

    request_id: RequestId


@value
class AnnounceIdle:
    """Tell placement that this environment can take an invoke."""


@value
class AnnounceSnapshot:
    """Tell placement that this environment takes no invoke: it is the snapshot that others are restored from."""


@value
class AnnounceBusy:
    """Tell placement that this environment mends itself: it takes no invoke now, and will announce itself again."""


@value
class AnnounceInitFailed:
    """Tell placement that the init of this environment, which no invoke waited for, failed; it ends."""


@value
class AnnounceGone:
    """Tell placement that this environment will never take an invoke again."""


Command = (
    SpawnRuntime
    | AnswerNext
    | AnswerRestoreNext
    | RestoreRuntime
    | AcceptPost
    | RefuseRequest
    | ArmTimer
    | DisarmTimer
    | Freeze
    | Thaw
    | KillProcesses
    | DestroySandbox
    | AnswerCaller
    | RefuseCaller
    | ReleaseInvoke
    | AnnounceIdle
    | AnnounceSnapshot
    | AnnounceBusy
    | AnnounceInitFailed
    | AnnounceGone
    | Record
    | ReadStream
    | ExtensionCommand
)
Effects = tuple[Command, ...]
"""What follows from one input, in the order in which it must be done. A record is to be published."""
