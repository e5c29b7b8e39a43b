"""The environments of one function as placement knows them: by id, by the revision of the code that each was started
on, and by what it can take now.

A part of placement, without a decision of its own: what an invoke asks of it costs the same for one environment and
for a thousand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.model.ids import EnvironmentId


class Slot(StrEnum):
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    FINISHING = "finishing"
    """Its caller has the answer, its runtime has not asked for the next event yet."""
    SNAPSHOT = "snapshot"
    """It takes no invoke: others are restored from it."""
    LEAVING = "leaving"


# Asked for at every invoke, and on Python 3.11 to look up a member of an enumeration takes as long as a call.
_STARTING, _IDLE = Slot.STARTING, Slot.IDLE


@dataclass(slots=True)
class Member:
    """``slot`` is changed by ``Roster.move`` alone, which counts."""

    slot: Slot
    revision: int
    ready_since_s: float | None = None
    idle_since_s: float = 0.0
    provisioned: bool = False

    @property
    def is_promised(self) -> bool:
        """Provisioned, and not ready yet: nobody may count on it."""
        return self.provisioned and self.ready_since_s is None


class Roster:
    def __init__(self, life_span: LifeSpan) -> None:
        self.life_span = life_span
        self._members: dict[EnvironmentId, Member] = {}
        self._idle: dict[EnvironmentId, Member] = {}
        self._counts = dict.fromkeys(Slot, 0)

    def __getitem__(self, environment_id: EnvironmentId) -> Member:
        return self._members[environment_id]

    def __iter__(self) -> Iterator[tuple[EnvironmentId, Member]]:
        """Oldest first. They may be moved meanwhile, not added or removed."""
        return iter(self._members.items())

    def get(self, environment_id: EnvironmentId) -> Member | None:
        return self._members.get(environment_id)

    def add(self, environment_id: EnvironmentId, revision: int, *, provisioned: bool) -> None:
        """One that is started now. Raises IllegalTransition for an id that is known already."""
        if environment_id in self._members:
            raise IllegalTransition(f"environment id {environment_id} was minted twice")
        self._members[environment_id] = Member(Slot.STARTING, revision, provisioned=provisioned)
        self._counts[Slot.STARTING] += 1

    def move(self, environment_id: EnvironmentId, slot: Slot) -> None:
        member = self._members[environment_id]
        self._leave(environment_id, member)
        member.slot = slot
        self._counts[slot] += 1
        if slot is _IDLE:
            self._idle[environment_id] = member

    def remove(self, environment_id: EnvironmentId) -> Member | None:
        """None where it is not known (any more)."""
        member = self._members.pop(environment_id, None)
        if member is not None:
            self._leave(environment_id, member)
        return member

    def count(self, slot: Slot) -> int:
        return self._counts[slot]

    def starting(self, revision: int) -> int:
        """Those that will take who waits. Lambda does not wait for what it provisions: that spills over."""
        if not self._counts[_STARTING]:
            return 0
        return sum(
            each.slot is _STARTING and each.revision == revision and not each.is_promised
            for each in self._members.values()
        )

    def provisioned(self, revision: int) -> list[Member]:
        """Those of this revision that will stay."""
        return [
            each
            for each in self._members.values()
            if each.provisioned and each.revision == revision and each.slot is not Slot.LEAVING
        ]

    @property
    def idle(self) -> Iterable[EnvironmentId]:
        """In the order in which they became idle."""
        return self._idle

    def idle_apart_from(self, revision: int) -> list[EnvironmentId]:
        return [name for name, each in self._idle.items() if each.revision != revision]

    def newest_idle(self, *, provisioned_first: bool) -> EnvironmentId | None:
        """Provisioned ones first, where there are any; of those that are alike the one that became idle last."""
        if provisioned_first:
            for name, each in reversed(self._idle.items()):
                if each.provisioned:
                    return name
        return next(reversed(self._idle), None)

    def is_too_old(self, environment_id: EnvironmentId, now_s: float) -> bool:
        return self.life_span.is_over(self._ready_since_s(environment_id), now_s)

    def why_over(self, environment_id: EnvironmentId, now_s: float) -> str:
        return self.life_span.why_over(self._ready_since_s(environment_id), now_s)

    def ends_s(self, environment_id: EnvironmentId) -> float:
        """When one that is idle and stays so ends; infinity for never, and for one that is not idle."""
        member = self._idle.get(environment_id)
        if member is None:
            return float("inf")
        idle_since_s = float("inf") if member.provisioned else member.idle_since_s
        return self.life_span.ends_s(member.ready_since_s or 0.0, idle_since_s)

    def _ready_since_s(self, environment_id: EnvironmentId) -> float:
        return self._members[environment_id].ready_since_s or 0.0

    def _leave(self, environment_id: EnvironmentId, member: Member) -> None:
        self._counts[member.slot] -= 1
        if member.slot is _IDLE:
            del self._idle[environment_id]
