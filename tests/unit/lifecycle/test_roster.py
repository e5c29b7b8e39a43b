"""What placement knows of a function's environments stays right, whatever they go through."""

from hypothesis import given
from hypothesis import strategies as st

from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.roster import Roster, Slot
from lambdatui.model.ids import EnvironmentId

NAMES = [EnvironmentId(f"env-{number}") for number in range(5)]
MOVES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([*Slot, None])), max_size=60)


def roster_of(*names: EnvironmentId) -> Roster:
    roster = Roster(LifeSpan(idle_timeout_s=60.0, max_lifetime_s=None))
    for name in names:
        roster.add(name, 0, provisioned=False)
    return roster


@given(moves=MOVES)
def test_after_any_moves_the_counts_are_those_of_the_members(moves: list[tuple[EnvironmentId, Slot | None]]) -> None:
    roster = roster_of(*NAMES)

    for name, slot in moves:
        if slot is None:
            roster.remove(name)
        elif roster.get(name) is not None:
            roster.move(name, slot)

    slots = [member.slot for _, member in roster]
    assert {slot: roster.count(slot) for slot in Slot} == {slot: slots.count(slot) for slot in Slot}


@given(moves=MOVES)
def test_after_any_moves_the_idle_ones_are_those_that_may_be_taken(
    moves: list[tuple[EnvironmentId, Slot | None]],
) -> None:
    roster = roster_of(*NAMES)

    for name, slot in moves:
        if slot is None:
            roster.remove(name)
        elif roster.get(name) is not None:
            roster.move(name, slot)

    assert set(roster.idle) == {name for name, member in roster if member.slot is Slot.IDLE}


def test_the_one_that_became_idle_last_is_taken_first() -> None:
    roster = roster_of(*NAMES[:3])
    for name in (NAMES[2], NAMES[0], NAMES[1]):
        roster.move(name, Slot.IDLE)

    assert roster.newest_idle(provisioned_first=False) == NAMES[1]


def test_a_provisioned_one_is_taken_before_one_that_became_idle_later() -> None:
    roster = roster_of()
    roster.add(NAMES[0], 0, provisioned=True)
    roster.add(NAMES[1], 0, provisioned=False)
    for name in NAMES[:2]:
        roster.move(name, Slot.IDLE)

    assert roster.newest_idle(provisioned_first=True) == NAMES[0]


def test_one_that_is_not_idle_never_ends_for_being_idle() -> None:
    roster = roster_of(NAMES[0])

    assert roster.ends_s(NAMES[0]) == float("inf")


def test_a_provisioned_one_may_be_idle_for_ever() -> None:
    roster = roster_of()
    roster.add(NAMES[0], 0, provisioned=True)
    roster.move(NAMES[0], Slot.IDLE)

    assert roster.ends_s(NAMES[0]) == float("inf")


def test_one_that_is_idle_ends_when_its_time_is_over() -> None:
    roster = roster_of(NAMES[0])
    roster[NAMES[0]].idle_since_s = 5.0
    roster.move(NAMES[0], Slot.IDLE)

    assert roster.ends_s(NAMES[0]) == 65.0
