"""Commands that concern extensions and an orderly end. Interpreted where all commands are, by the driver."""

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.lifecycle.inputs import Token
from lambdatui.model.invocation import Invocation
from lambdatui.model.value import value


@value
class SpawnExtensions:
    """Start every external extension, in the order of ``names``, as ``generation``."""

    generation: int
    names: tuple[str, ...]


@value
class AnswerRegister:
    """200 with the identifier in its header; with the account's number where ``with_account_id``."""

    token: Token
    extension_id: str
    with_account_id: bool


@value
class SendInvokeEvent:
    """``event/next`` returns: an invoke begins. ``deadline_at`` is monotonic; the wire wants epoch ms."""

    token: Token
    invocation: Invocation
    deadline_at: float


@value
class SendShutdownEvent:
    """``event/next`` returns: the environment ends, by ``deadline_at``. ``reason`` is spindown, timeout or failure."""

    token: Token
    deadline_at: float
    reason: str


@value
class AcceptSubscription:
    """200 ``"OK"``, and from now on the extension gets what it asked for."""

    token: Token
    extension_id: str
    name: str
    api: SubscriptionApi


@value
class TerminateRuntime:
    """SIGTERM to the runtime process."""


@value
class KillRuntime:
    """SIGKILL to the runtime process; ends in RuntimeExited."""


@value
class KillExtension:
    """SIGKILL to one external extension; ends in ExtensionExited."""

    name: str


ExtensionCommand = (
    SpawnExtensions
    | AnswerRegister
    | SendInvokeEvent
    | SendShutdownEvent
    | AcceptSubscription
    | TerminateRuntime
    | KillRuntime
    | KillExtension
)
