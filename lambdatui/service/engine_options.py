"""What a user may decide for one run of an engine."""

from dataclasses import dataclass

from lambdatui.lifecycle.life_span import DEFAULT_IDLE_TIMEOUT_S, DEFAULT_MAX_LIFETIME_S
from lambdatui.service.function_pool import INACTIVE_AFTER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What differs from one run to the next; nothing here changes while an engine runs.

    ``take_up``: run the asynchronous events that an earlier engine left waiting. An engine that lives for one call
    leaves them alone: it would only cut them off again.

    Environments end after ``idle_timeout_s`` without an invoke, and ``max_lifetime_s`` after they were ready; None is
    never. A function without either for ``inactive_after_s`` is Inactive. All three by the service's clock.

    ``provision``: make the environments of provisioned concurrency. An engine that lives for one call does not.

    ``cpu_share``: functions get no more processor time than Lambda gives for their memory, where that can be enforced.
    """

    reload: bool = True
    history: bool = True
    take_up: bool = True
    idle_timeout_s: float | None = DEFAULT_IDLE_TIMEOUT_S
    max_lifetime_s: float | None = DEFAULT_MAX_LIFETIME_S
    inactive_after_s: float = INACTIVE_AFTER_S
    cpu_share: bool = False
    provision: bool = True
