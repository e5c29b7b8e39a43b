"""Commands that concern extensions and an orderly end. Interpreted where all commands are, by the driver."""

from dataclasses import dataclass

from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.lifecycle.inputs import Token
from lambdatui.model.invocation import Invocation


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnExtensions:
    """Start every external extension, in the order of ``names``, as ``generation``."""

    generation: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRegister:
    """200 with the identifier in its header; with the account's number where ``with_account_id``."""

    token: Token
    extension_id: str
    with_account_id: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvokeEvent:
    """``event/next`` returns: an invoke begins. ``deadline_at`` is monotonic; the wire wants epoch ms."""

    token: Token
    invocation: Invocation
    deadline_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SendShutdownEvent:
    """``event/next`` returns: the environment ends, by ``deadline_at``. ``reason`` is spindown, timeout or failure."""

    token: Token
    deadline_at: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptSubscription:
    """200 ``"OK"``, and from now on the extension gets what it asked for."""

    token: Token
    extension_id: str
    name: str
    api: SubscriptionApi


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateRuntime:
    """SIGTERM to the runtime process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillRuntime:
    """SIGKILL to the runtime process; ends in RuntimeExited."""


@dataclass(frozen=True, slots=True, kw_only=True)
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
