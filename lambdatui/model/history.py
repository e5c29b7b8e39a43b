"""What is remembered of an invocation, as lists and searches show it."""

from dataclasses import dataclass
from enum import StrEnum

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from lambdatui.model.records import EnvironmentCreated


class Outcome(StrEnum):
    """How an invocation stands. ``TIMEOUT`` is told from other errors because people look for it.

    ``REFUSED``: no environment ever took it, and its caller got an exception of the service, such as a throttle.
    ``INTERRUPTED``: it will never be answered, because its engine was killed.
    """

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationSummary:
    """One row of a list. What the last REPORT of the request says is None while there is none.

    ``cold``: it waited for an init in a phase of its own, or for a restore. ``answered_s`` stays None for an
    asynchronous event.
    """

    request_id: RequestId
    function: FunctionName
    accepted_s: float
    sample: str | None = None
    answered_s: float | None = None
    outcome: Outcome = Outcome.UNANSWERED
    error_type: str | None = None
    environment: EnvironmentId | None = None
    cold: bool | None = None
    duration_ms: float | None = None
    billed_duration_ms: int | None = None
    init_duration_ms: float | None = None
    restore_duration_ms: float | None = None
    max_memory_used_mb: int | None = None
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RanOn:
    """What an environment was made of. ``code_sha256`` is as GetFunction shows it, None where it was not hashed."""

    created: EnvironmentCreated
    code_sha256: str | None = None

    @property
    def code(self) -> str:
        """Short enough for a row."""
        return "not hashed" if self.code_sha256 is None else self.code_sha256[:8]

    @property
    def facts(self) -> dict[str, str]:
        """Everything that can differ between two, by the name that people know it by."""
        made = self.created
        return {
            "code": self.code,
            "runtime": made.runtime,
            "handler": made.handler,
            "architecture": made.architecture,
            "memory size": f"{made.memory_mb} MB",
            "timeout": f"{made.timeout_s} s",
            "/tmp size": f"{made.ephemeral_storage_mb} MB",
            "layers": ", ".join(made.layers) or "none",
            **{f"${each.name}": each.value for each in made.variables},
        }


def changed_facts(before: RanOn | None, after: RanOn | None) -> tuple[tuple[str, str, str], ...]:
    """Name and both values of what differs, "–" where a side has none; nothing where a side is not known."""
    if before is None or after is None:
        return ()
    left, right = before.facts, after.facts
    names = (*left, *(name for name in right if name not in left))
    pairs = ((name, left.get(name, "–"), right.get(name, "–")) for name in names)
    return tuple(each for each in pairs if each[1] != each[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationDetail:
    """All that is kept of one invocation. ``response`` is None while nobody answered; ``logs`` are its lines as
    CloudWatch shows them, of every attempt. ``ran_on`` belongs to the environment of the last one.
    """

    summary: InvocationSummary
    invocation: Invocation
    response: bytes | None
    logs: tuple[str, ...] = ()
    ran_on: RanOn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """What to look for; empty parts leave the choice open. ``texts`` must all stand in the event or the response."""

    function: str | None = None
    outcomes: frozenset[Outcome] = frozenset()
    error_type: str | None = None
    cold: bool | None = None
    sample: str | None = None
    over_ms: float | None = None
    under_ms: float | None = None
    texts: tuple[str, ...] = ()
    experiments: frozenset[Experiment | None] = frozenset()
    """None in it: those that are part of no experiment."""
    environment: EnvironmentId | None = None
    since_s: float | None = None
    until_s: float | None = None
    """When it was accepted, both ends included."""

    def includes(self, summary: InvocationSummary) -> bool:
        """Whether ``summary`` is wanted, apart from ``texts``, which it does not hold."""
        duration_ms = summary.duration_ms
        return (
            (self.function is None or summary.function == self.function)
            and (not self.outcomes or summary.outcome in self.outcomes)
            and (self.error_type is None or self.error_type.lower() in (summary.error_type or "").lower())
            and (self.cold is None or summary.cold is self.cold)
            and (not self.experiments or summary.experiment in self.experiments)
            and (self.sample is None or summary.sample == self.sample)
            and (self.over_ms is None or (duration_ms is not None and duration_ms > self.over_ms))
            and (self.under_ms is None or (duration_ms is not None and duration_ms < self.under_ms))
            and (self.environment is None or summary.environment == self.environment)
            and (self.since_s is None or summary.accepted_s >= self.since_s)
            and (self.until_s is None or summary.accepted_s <= self.until_s)
        )
