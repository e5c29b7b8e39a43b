"""What placement decides: carried out, in order, by the pool of a function's environments."""

from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.value import value


@value
class StartEnvironment:
    """``provisioned``: ahead of any invoke, because the function has provisioned concurrency. ``takes_snapshot``: the
    first of the function's newest code, with SnapStart; ``restores`` names the environment that has the snapshot.
    """

    environment_id: EnvironmentId
    revision: int
    provisioned: bool = False
    takes_snapshot: bool = False
    restores: EnvironmentId | None = None


@value
class Assign:
    environment_id: EnvironmentId
    request_id: RequestId


@value
class Throttle:
    """Refuse the invocation; ``reason`` is TooManyRequestsException's."""

    request_id: RequestId
    reason: str


@value
class Hesitate:
    """An environment has answered and will be idle any moment: say ``hesitation_over`` if it is not, shortly."""

    request_id: RequestId


@value
class FailWaiting:
    """No environment could be made for this invocation; starting another would fail the same way."""

    request_id: RequestId
    reason: str


@value
class TurnAway:
    """The function is being stopped: nothing more is run, and it is the service's doing."""

    request_id: RequestId


@value
class Retire:
    environment_id: EnvironmentId
    reason: str


Decision = StartEnvironment | Assign | Throttle | Hesitate | FailWaiting | TurnAway | Retire
