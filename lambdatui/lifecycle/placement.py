"""Which environment of one function takes which invocation; when to start one, throttle, or let one go.

A machine of the same form as the environment's: calls in, decisions out, in order. It owns no environment; what it
knows of each is in its roster.
"""

from collections import deque
from collections.abc import Callable

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
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.roster import Roster, Slot
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
        self._roster = Roster(life_span or LifeSpan())
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
        return self._roster.count(Slot.BUSY) + self._roster.count(Slot.FINISHING) + len(self._waiting)

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
        if self._roster[environment_id].slot is Slot.LEAVING:
            return []
        self._roster.move(environment_id, Slot.SNAPSHOT)
        self._snapshots.taken(environment_id)
        return self._retire_old_snapshots() + self._start_for_waiting()

    def set_provisioned(self, wanted: int) -> None:
        """So many environments are kept ready, whether anybody invokes or not: ``top_up`` begins with it."""
        self._provisioned_wanted = wanted
        self._provisioning_failure = None

    @property
    def provisioned(self) -> ProvisionedConcurrency:
        """How far that is."""
        ready = sum(not each.is_promised for each in self._roster.provisioned(self.revision))
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
        own = self._roster.provisioned(self.revision)
        room = PROVISIONED_AT_ONCE - sum(each.is_promised for each in own)
        missing = self._provisioned_wanted - len(own)
        return [self._start(provisioned=True) for _ in range(min(missing, room))]

    def init_failed(self, environment_id: EnvironmentId) -> None:
        """Of a provisioned environment: as it would fail again, nothing more is provisioned until the code changes."""
        if self._roster[environment_id].revision == self.revision:
            self._provisioning_failure = INIT_FAILURE

    def close(self) -> list[Decision]:
        """From now on nothing is started and every invocation is turned away, those that wait included."""
        self._closed = True
        return [TurnAway(request_id=self._take_waiting()) for _ in range(len(self._waiting))]

    def invoke_arrived(self, request_id: RequestId) -> list[Decision]:
        if self._closed:
            return [TurnAway(request_id=request_id)]
        soon_free = self._roster.count(Slot.FINISHING) > len(self._hesitating)
        if self.concurrency >= self._limit + soon_free:
            return [Throttle(request_id=request_id, reason=self._limit_reason)]
        decisions = self._let_stale_go()
        idle = self._roster.newest_idle(provisioned_first=self._provisioned_wanted > 0)
        if idle is not None:
            decisions.append(self._assign(idle, request_id))
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
        known = self._roster.get(environment_id)
        if known is not None and known.slot is Slot.BUSY and (known.revision == self.revision or self._broken):
            self._roster.move(environment_id, Slot.FINISHING)

    def environment_idle(self, environment_id: EnvironmentId, now_s: float = 0.0) -> list[Decision]:
        decisions = self._became_idle(environment_id, now_s)
        if self._snapshots.is_made_by(environment_id):
            self._snapshots.alone()
            decisions += self._start_for_waiting()
        return decisions + self.top_up()

    def _became_idle(self, environment_id: EnvironmentId, now_s: float) -> list[Decision]:
        known = self._roster[environment_id]
        if known.slot is Slot.LEAVING:
            return []
        if known.slot is Slot.SNAPSHOT:
            return self._retire_old_snapshots()
        if known.ready_since_s is None:
            known.ready_since_s = now_s
        if known.revision != self.revision and not self._broken:
            return [self._retire(environment_id)]
        if self._roster.is_too_old(environment_id, now_s):
            why = self._roster.why_over(environment_id, now_s)
            self._roster.move(environment_id, Slot.LEAVING)
            return [Retire(environment_id=environment_id, reason=why), *self._start_for_waiting()]
        if self._waiting:
            # While the newest code is broken, what waited before that save still runs on the code it was started on.
            return [self._assign(environment_id, self._take_waiting())]
        known.idle_since_s = now_s
        self._roster.move(environment_id, Slot.IDLE)
        return []

    @property
    def next_end_s(self) -> float | None:
        """When ``end_idle`` has something to do, if nothing else happens."""
        ends_s = min(map(self._roster.ends_s, self._roster.idle), default=float("inf"))
        return None if ends_s == float("inf") else ends_s

    def ends_s(self, environment_id: EnvironmentId) -> float | None:
        """When an idle environment ends if nothing else happens; None where it is not idle, or never ends."""
        ends_s = self._roster.ends_s(environment_id)
        return None if ends_s == float("inf") else ends_s

    def end_idle(self, now_s: float) -> list[Decision]:
        """Environments that were idle for too long, or are too old, go."""
        over = [name for name in self._roster.idle if self._roster.ends_s(name) <= now_s]
        retired: list[Decision] = [self._retire(name, self._roster.why_over(name, now_s)) for name in over]
        return retired + self.top_up()

    def environment_busy(self, environment_id: EnvironmentId) -> list[Decision]:
        """It is mending itself, and is as good as one that is being started: it will announce itself again."""
        slot = self._roster[environment_id].slot
        if slot is Slot.SNAPSHOT:
            self._snapshots.lost(environment_id)
            return self._retire_old_snapshots()
        if slot is not Slot.LEAVING:
            self._roster.move(environment_id, Slot.STARTING)
        return []

    def environment_gone(self, environment_id: EnvironmentId, failure: str | None = None) -> list[Decision]:
        """``failure`` says why no place could be made for it, where that is why it is gone."""
        known = self._roster.remove(environment_id)
        if known is None:
            return []
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
        had_any = any(known.slot is not Slot.LEAVING for _, known in self._roster)
        decisions: list[Decision] = [
            self._retire(environment_id, reason)
            for environment_id, known in self._roster
            if known.slot not in (Slot.LEAVING, Slot.SNAPSHOT)
        ]
        decisions.extend(self._retire_old_snapshots(reason))
        decisions.extend(self.top_up())
        decisions.extend(self._start_for_waiting())
        if had_any and not self._provisioned_wanted and not self._roster.starting(self.revision):
            decisions.append(self._start())
        return decisions

    def _let_stale_go(self) -> list[Decision]:
        # Only while the newest code is broken do idle ones stay that are not of it.
        stale = self._roster.idle_apart_from(self.revision) if self._broken else []
        self._broken = False
        retired: list[Decision] = [self._retire(environment_id) for environment_id in stale]
        return retired + self._retire_old_snapshots() + self.top_up()

    def _retire_old_snapshots(self, reason: str = NEW_CODE) -> list[Decision]:
        """As soon as nothing that was restored from them is left."""
        if self._broken:
            return []
        old = self._snapshots.of_no_use()
        return [self._retire(name, reason) for name in old if self._roster[name].slot is Slot.SNAPSHOT]

    def _start_for_waiting(self) -> list[Decision]:
        if self._snapshots.is_being_made:
            return []
        wanted = len(self._waiting) - len(self._hesitating) - self._roster.starting(self.revision)
        if self._snapshots.must_be_made:
            wanted = min(wanted, 1)
        return [self._start() for _ in range(wanted)]

    def _take_waiting(self) -> RequestId:
        request_id = self._waiting.popleft()
        self._hesitating.discard(request_id)
        return request_id

    def _start(self, *, provisioned: bool = False) -> StartEnvironment:
        environment_id = self._mint()
        self._roster.add(environment_id, self.revision, provisioned=provisioned)
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
        self._roster.move(environment_id, Slot.BUSY)
        return Assign(environment_id=environment_id, request_id=request_id)

    def _retire(self, environment_id: EnvironmentId, reason: str = NEW_CODE) -> Retire:
        # A busy one still counts as concurrency until it is gone, so it keeps its slot.
        if self._roster[environment_id].slot is not Slot.BUSY:
            self._roster.move(environment_id, Slot.LEAVING)
        return Retire(environment_id=environment_id, reason=reason)
