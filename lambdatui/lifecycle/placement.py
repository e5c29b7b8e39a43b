"""Which environment of one function takes which invocation; when to start one, throttle, or let one go.

A machine of the same form as the environment's: calls in, decisions out, in order. It owns no environment; it knows
each by id, by the code revision it was started on, and by whether it can take an invoke.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lambdatui.lifecycle.decisions import (
    Assign,
    Decision,
    FailWaiting,
    Hesitate,
    Retire,
    StartEnvironment,
    Throttle,
    TurnAway,
)
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.snapshots import Snapshots
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import ProvisionedStatus
from lambdatui.model.records import ProvisionedConcurrency

__all__ = [
    "Assign",
    "Decision",
    "FailWaiting",
    "Hesitate",
    "Placement",
    "Retire",
    "StartEnvironment",
    "Throttle",
    "TurnAway",
]

NEW_CODE = "code changed"
INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE"
PROVISIONED_AT_ONCE = 4
"""So many provisioned environments are in their init at the same time: more would only slow each other down."""
NEW_CONFIGURATION = "configuration changed"


class Slot(StrEnum):
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    FINISHING = "finishing"
    """Its caller has the answer, its runtime has not asked for the next event yet."""
    SNAPSHOT = "snapshot"
    """It takes no invoke: others are restored from it."""
    LEAVING = "leaving"


@dataclass(slots=True)
class _Known:
    slot: Slot
    revision: int
    ready_since_s: float | None = None
    idle_since_s: float = 0.0
    provisioned: bool = False

    @property
    def is_promised(self) -> bool:
        """Provisioned, and not ready yet: nobody may count on it."""
        return self.provisioned and self.ready_since_s is None


class Placement:
    """Decides for one function. ``limit`` is its reserved concurrency, or the account's. ``now_s`` is service time."""

    def __init__(
        self,
        *,
        mint: Callable[[], EnvironmentId],
        limit: int,
        limit_reason: str,
        life_span: LifeSpan | None = None,
    ) -> None:
        self.revision = 0
        self._mint = mint
        self._limit = limit
        self._limit_reason = limit_reason
        self._life_span = life_span or LifeSpan()
        self._known: dict[EnvironmentId, _Known] = {}
        self._idle: list[EnvironmentId] = []
        self._waiting: deque[RequestId] = deque()
        self._hesitating: set[RequestId] = set()
        self._broken = False
        self._closed = False
        self._provisioned_wanted = 0
        self._provisioning_failure: str | None = None
        self._snapshots = Snapshots()

    @property
    def concurrency(self) -> int:
        """Invocations in flight: running, ending, and waiting for an environment."""
        return self._in_flight(self._slots())

    def set_limit(self, limit: int, reason: str) -> None:
        self._limit, self._limit_reason = limit, reason

    def set_snapshots(self, wanted: bool) -> None:
        """Whether there is to be a snapshot, to be restored in every environment: ``take_snapshot`` begins with it."""
        self._snapshots.wanted = wanted

    def take_snapshot(self) -> list[Decision]:
        """Ahead of any invoke, as Lambda does when a version is published."""
        return [] if self._closed or not self._snapshots.must_be_made else [self._start()]

    def snapshot_taken(self, environment_id: EnvironmentId) -> list[Decision]:
        """This environment's, and every other one can be restored from it."""
        known = self._known[environment_id]
        if known.slot is Slot.LEAVING:
            return []
        known.slot = Slot.SNAPSHOT
        self._snapshots.taken(environment_id)
        return self._retire_old_snapshots() + self._start_for_waiting()

    def set_provisioned(self, wanted: int) -> None:
        """So many environments are kept ready, whether anybody invokes or not: ``top_up`` begins with it."""
        self._provisioned_wanted = wanted
        self._provisioning_failure = None

    @property
    def provisioned(self) -> ProvisionedConcurrency:
        """How far that is."""
        ready = sum(not known.is_promised for known in self._provisioned_now())
        if self._provisioning_failure is not None:
            status = ProvisionedStatus.FAILED
        elif ready < self._provisioned_wanted:
            status = ProvisionedStatus.IN_PROGRESS
        else:
            status = ProvisionedStatus.READY
        return ProvisionedConcurrency(
            requested=self._provisioned_wanted,
            available=ready,
            status=status,
            status_reason=self._provisioning_failure,
        )

    def top_up(self) -> list[Decision]:
        """Starts provisioned environments that are missing."""
        if self._provisioned_wanted == 0 or self._closed or self._broken or self._provisioning_failure is not None:
            return []
        own = self._provisioned_now()
        room = PROVISIONED_AT_ONCE - sum(known.is_promised for known in own)
        missing = self._provisioned_wanted - len(own)
        return [self._start(provisioned=True) for _ in range(min(missing, room))]

    def init_failed(self, environment_id: EnvironmentId) -> None:
        """Of a provisioned environment: as it would fail again, nothing more is provisioned until the code changes."""
        if self._known[environment_id].revision == self.revision:
            self._provisioning_failure = INIT_FAILURE

    def close(self) -> list[Decision]:
        """From now on nothing is started and every invocation is turned away, those that wait included."""
        self._closed = True
        return [TurnAway(request_id=self._take_waiting()) for _ in range(len(self._waiting))]

    def invoke_arrived(self, request_id: RequestId) -> list[Decision]:
        if self._closed:
            return [TurnAway(request_id=request_id)]
        slots = self._slots()
        soon_free = slots.count(Slot.FINISHING) > len(self._hesitating)
        if self._in_flight(slots) >= self._limit + soon_free:
            return [Throttle(request_id=request_id, reason=self._limit_reason)]
        decisions = self._let_stale_go()
        if self._idle:
            decisions.append(self._assign(self._take_idle(), request_id))
            return decisions
        self._waiting.append(request_id)
        if soon_free:
            # A caller that sends its next event right after an answer must not get a second environment for it.
            self._hesitating.add(request_id)
            decisions.append(Hesitate(request_id=request_id))
        decisions.extend(self._start_for_waiting())
        return decisions

    def hesitation_over(self, request_id: RequestId) -> list[Decision]:
        """The environment that had answered is still not idle: this invocation waits for it no longer."""
        if request_id not in self._hesitating:
            return []
        self._hesitating.discard(request_id)
        if self.concurrency > self._limit:
            self._waiting.remove(request_id)
            return [Throttle(request_id=request_id, reason=self._limit_reason)]
        return self._start_for_waiting()

    def environment_answered(self, environment_id: EnvironmentId) -> None:
        """One that is gone already may be answered for: a bug of ours took it away in the middle of an invoke."""
        known = self._known.get(environment_id)
        if known is None:
            return
        if known.slot is Slot.BUSY and (known.revision == self.revision or self._broken):
            known.slot = Slot.FINISHING

    def environment_idle(self, environment_id: EnvironmentId, now_s: float = 0.0) -> list[Decision]:
        decisions = self._became_idle(environment_id, now_s)
        if self._snapshots.is_made_by(environment_id):
            self._snapshots.alone()
            decisions += self._start_for_waiting()
        return decisions + self.top_up()

    def _became_idle(self, environment_id: EnvironmentId, now_s: float) -> list[Decision]:
        known = self._known[environment_id]
        if known.slot is Slot.LEAVING:
            return []
        if known.slot is Slot.SNAPSHOT:
            return self._retire_old_snapshots()
        if known.ready_since_s is None:
            known.ready_since_s = now_s
        if known.revision != self.revision and not self._broken:
            return [self._retire(environment_id)]
        if self._life_span.is_over(known.ready_since_s, now_s):
            why = self._life_span.why_over(known.ready_since_s, now_s)
            known.slot = Slot.LEAVING
            return [Retire(environment_id=environment_id, reason=why), *self._start_for_waiting()]
        if self._waiting:
            # While the newest code is broken, what waited before that save still runs on the code it was started on.
            return [self._assign(environment_id, self._take_waiting())]
        known.slot = Slot.IDLE
        known.idle_since_s = now_s
        self._idle.append(environment_id)
        return []

    @property
    def next_end_s(self) -> float | None:
        """When ``end_idle`` has something to do, if nothing else happens."""
        ends_s = min((self._ends_s(name) for name in self._idle), default=float("inf"))
        return None if ends_s == float("inf") else ends_s

    def ends_s(self, environment_id: EnvironmentId) -> float | None:
        """When an idle environment ends if nothing else happens; None where it is not idle, or never ends."""
        ends_s = self._ends_s(environment_id) if environment_id in self._idle else float("inf")
        return None if ends_s == float("inf") else ends_s

    def end_idle(self, now_s: float) -> list[Decision]:
        """Environments that were idle for too long, or are too old, go."""
        over = [name for name in self._idle if self._ends_s(name) <= now_s]
        retired: list[Decision] = [
            self._retire(name, self._life_span.why_over(self._ready_since_s(name), now_s)) for name in over
        ]
        return retired + self.top_up()

    def environment_busy(self, environment_id: EnvironmentId) -> list[Decision]:
        """It is mending itself, and is as good as one that is being started: it will announce itself again."""
        known = self._known[environment_id]
        if known.slot is Slot.SNAPSHOT:
            self._snapshots.lost(environment_id)
            return self._retire_old_snapshots()
        if known.slot is Slot.IDLE:
            self._idle.remove(environment_id)
        if known.slot is not Slot.LEAVING:
            known.slot = Slot.STARTING
        return []

    def environment_gone(self, environment_id: EnvironmentId, failure: str | None = None) -> list[Decision]:
        """``failure`` says why no place could be made for it, where that is why it is gone."""
        known = self._known.pop(environment_id, None)
        if known is None:
            return []
        if known.slot is Slot.IDLE:
            self._idle.remove(environment_id)
        self._snapshots.gone(environment_id)
        if known.provisioned and failure is not None:
            if known.revision == self.revision:
                self._provisioning_failure = failure
        elif failure is not None and self._waiting:
            return [FailWaiting(request_id=self._take_waiting(), reason=failure)]
        return self._retire_old_snapshots() + self._start_for_waiting() + self.top_up()

    def configuration_changed(self) -> list[Decision]:
        """As a change of the code: environments have the configuration that they were started with."""
        return self.code_changed(broken=self._broken, reason=NEW_CONFIGURATION)

    def code_changed(self, *, broken: bool, reason: str = NEW_CODE) -> list[Decision]:
        """Environments on the old code go as soon as they may; one on the new code is made ready ahead of the next
        invoke where there was any, and all that are provisioned. Broken code changes nothing until the next invoke.
        """
        self.revision += 1
        self._broken = broken
        self._provisioning_failure = None
        self._snapshots.forget()
        if broken or self._closed:
            return []
        had_any = any(known.slot is not Slot.LEAVING for known in self._known.values())
        decisions: list[Decision] = [
            self._retire(environment_id, reason)
            for environment_id, known in self._known.items()
            if known.slot not in (Slot.LEAVING, Slot.SNAPSHOT)
        ]
        decisions.extend(self._retire_old_snapshots(reason))
        decisions.extend(self.top_up())
        decisions.extend(self._start_for_waiting())
        if had_any and not self._provisioned_wanted and not self._starting():
            decisions.append(self._start())
        return decisions

    def _ends_s(self, environment_id: EnvironmentId) -> float:
        known = self._known[environment_id]
        idle_since_s = float("inf") if known.provisioned else known.idle_since_s
        return self._life_span.ends_s(self._ready_since_s(environment_id), idle_since_s)

    def _ready_since_s(self, environment_id: EnvironmentId) -> float:
        return self._known[environment_id].ready_since_s or 0.0

    def _let_stale_go(self) -> list[Decision]:
        stale = [name for name in self._idle if self._known[name].revision != self.revision]
        self._broken = False
        retired: list[Decision] = [self._retire(environment_id) for environment_id in stale]
        return retired + self._retire_old_snapshots() + self.top_up()

    def _provisioned_now(self) -> list[_Known]:
        """Those of the newest code that will stay."""
        return [
            known
            for known in self._known.values()
            if known.provisioned and known.revision == self.revision and known.slot is not Slot.LEAVING
        ]

    def _take_idle(self) -> EnvironmentId:
        """Provisioned ones first; of those that are alike the one that became idle last."""
        provisioned = [name for name in self._idle if self._known[name].provisioned] if self._provisioned_wanted else []
        if not provisioned:
            return self._idle.pop()
        self._idle.remove(provisioned[-1])
        return provisioned[-1]

    def _retire_old_snapshots(self, reason: str = NEW_CODE) -> list[Decision]:
        """As soon as nothing that was restored from them is left."""
        if self._broken:
            return []
        old = self._snapshots.of_no_use()
        return [self._retire(name, reason) for name in old if self._known[name].slot is Slot.SNAPSHOT]

    def _start_for_waiting(self) -> list[Decision]:
        if self._snapshots.is_being_made:
            return []
        wanted = len(self._waiting) - len(self._hesitating) - self._starting()
        if self._snapshots.must_be_made:
            wanted = min(wanted, 1)
        return [self._start() for _ in range(wanted)]

    def _take_waiting(self) -> RequestId:
        request_id = self._waiting.popleft()
        self._hesitating.discard(request_id)
        return request_id

    def _starting(self) -> int:
        """Those that will take who waits. Lambda does not wait for what it provisions: that spills over."""
        return sum(
            known.slot is Slot.STARTING and known.revision == self.revision and not known.is_promised
            for known in self._known.values()
        )

    def _slots(self) -> list[Slot]:
        return [known.slot for known in self._known.values()]

    def _in_flight(self, slots: list[Slot]) -> int:
        return slots.count(Slot.BUSY) + slots.count(Slot.FINISHING) + len(self._waiting)

    def _start(self, *, provisioned: bool = False) -> StartEnvironment:
        environment_id = self._mint()
        if environment_id in self._known:
            raise IllegalTransition(f"environment id {environment_id} was minted twice")
        self._known[environment_id] = _Known(Slot.STARTING, self.revision, provisioned=provisioned)
        takes_snapshot = self._snapshots.must_be_made
        if takes_snapshot:
            self._snapshots.make(environment_id)
        return StartEnvironment(
            environment_id=environment_id,
            revision=self.revision,
            provisioned=provisioned,
            takes_snapshot=takes_snapshot,
            restores=self._snapshots.restored(environment_id),
        )

    def _assign(self, environment_id: EnvironmentId, request_id: RequestId) -> Assign:
        self._known[environment_id].slot = Slot.BUSY
        return Assign(environment_id=environment_id, request_id=request_id)

    def _retire(self, environment_id: EnvironmentId, reason: str = NEW_CODE) -> Retire:
        known = self._known[environment_id]
        if known.slot is Slot.IDLE:
            self._idle.remove(environment_id)
        # A busy one still counts as concurrency until it is gone, so it keeps its slot.
        if known.slot is not Slot.BUSY:
            known.slot = Slot.LEAVING
        return Retire(environment_id=environment_id, reason=reason)
