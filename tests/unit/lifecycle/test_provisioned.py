"""Provisioned concurrency: environments that are ready before anybody invokes, and what becomes of failing ones."""

import itertools
from dataclasses import replace

from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.placement import Assign, Decision, Placement, Retire, StartEnvironment
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.phase import InitializationType, InitPhase, Phase, ProvisionedStatus, Status
from lambdatui.model.records import InitStart, ProvisionedConcurrency
from tests.unit.lifecycle.extension_stage import armed
from tests.unit.lifecycle.stage import PROVISIONED, Stage, init_report, names, records, report

R1, R2 = RequestId("r1"), RequestId("r2")
E1, E2, E3, E4, E5 = (EnvironmentId(f"e{number}") for number in range(1, 6))


def placement(wanted: int = 2, life_span: LifeSpan | None = None) -> Placement:
    """Its environments have been decided on: e1, e2 …"""
    numbers = itertools.count(1)
    place = Placement(
        mint=lambda: EnvironmentId(f"e{next(numbers)}"), limit=10, limit_reason="Limit", life_span=life_span
    )
    place.set_provisioned(wanted)
    place.top_up()
    return place


def ready(wanted: int = 2, life_span: LifeSpan | None = None) -> Placement:
    place = placement(wanted, life_span)
    for number in range(1, wanted + 1):
        place.environment_idle(EnvironmentId(f"e{number}"))
    return place


def provisioned(environment_id: EnvironmentId, revision: int = 0) -> StartEnvironment:
    return StartEnvironment(environment_id=environment_id, revision=revision, provisioned=True)


def started(decisions: list[Decision]) -> list[StartEnvironment]:
    return [each for each in decisions if isinstance(each, StartEnvironment)]


# Placement


def test_provisioned_environments_are_started_before_anybody_invokes() -> None:
    place = Placement(mint=iter((E1, E2)).__next__, limit=10, limit_reason="Limit")
    place.set_provisioned(2)
    assert place.top_up() == [provisioned(E1), provisioned(E2)]
    assert place.top_up() == []


def test_only_a_few_are_started_at_the_same_time() -> None:
    place = placement(5)
    assert place.environment_idle(E1) == [provisioned(E5)]


def test_invoke_takes_a_provisioned_environment_before_one_made_on_demand() -> None:
    place = ready(1)
    place.invoke_arrived(R1)
    place.invoke_arrived(R2)
    place.environment_idle(E2)
    place.environment_idle(E1)
    place.environment_idle(E2)
    assert place.invoke_arrived(R1) == [Assign(environment_id=E1, request_id=R1)]


def test_demand_above_what_is_provisioned_spills_over_to_one_made_on_demand() -> None:
    place = ready(1)
    place.invoke_arrived(R1)
    assert place.invoke_arrived(R2) == [StartEnvironment(environment_id=E2, revision=0)]


def test_invoke_does_not_wait_for_what_is_still_being_provisioned() -> None:
    place = placement(1)
    assert place.invoke_arrived(R1) == [StartEnvironment(environment_id=E2, revision=0)]


def test_waiting_invoke_takes_the_provisioned_environment_if_that_is_ready_first() -> None:
    place = placement(1)
    place.invoke_arrived(R1)
    assert place.environment_idle(E1) == [Assign(environment_id=E1, request_id=R1)]


def test_provisioned_environment_that_is_lost_is_replaced() -> None:
    assert ready(2).environment_gone(E1) == [provisioned(E3)]


def test_provisioned_environment_does_not_end_of_being_idle() -> None:
    place = ready(1, LifeSpan(idle_timeout_s=10.0, max_lifetime_s=None))
    assert place.next_end_s is None


def test_provisioned_environment_that_is_too_old_is_replaced() -> None:
    place = ready(1, LifeSpan(idle_timeout_s=10.0, max_lifetime_s=100.0))
    assert place.end_idle(100.0) == [Retire(environment_id=E1, reason="lived for 100 s"), provisioned(E2)]


def test_new_code_is_provisioned_as_the_old_was() -> None:
    place = ready(2)
    decisions = place.code_changed(broken=False)
    assert [each.environment_id for each in decisions if isinstance(each, Retire)] == [E1, E2]
    assert started(decisions) == [provisioned(E3, revision=1), provisioned(E4, revision=1)]


def test_broken_code_is_not_provisioned_until_an_invoke_insists_on_it() -> None:
    place = ready(1)
    assert place.code_changed(broken=True) == []
    assert provisioned(E2, revision=1) in place.invoke_arrived(R1)


def test_nothing_is_provisioned_for_a_function_that_is_gone() -> None:
    place = ready(1)
    place.close()
    assert place.environment_gone(E1) == []


def test_code_whose_init_fails_is_provisioned_once() -> None:
    place = placement(1)
    place.init_failed(E1)
    assert place.environment_gone(E1) == []
    assert started(place.code_changed(broken=False)) == [provisioned(E2, revision=1)]


def test_place_that_cannot_be_made_is_not_tried_for_ever() -> None:
    place = placement(1)
    assert place.environment_gone(E1, "no namespaces") == []
    assert place.provisioned.status_reason == "no namespaces"


def test_failing_init_of_older_code_says_nothing_of_the_newest() -> None:
    place = placement(1)
    place.code_changed(broken=False)
    place.init_failed(E1)
    assert place.provisioned.status is ProvisionedStatus.IN_PROGRESS


def test_what_is_provisioned_is_told_as_the_service_tells_it() -> None:
    place = placement(2)

    def told(available: int, status: ProvisionedStatus, reason: str | None = None) -> ProvisionedConcurrency:
        return ProvisionedConcurrency(requested=2, available=available, status=status, status_reason=reason)

    assert place.provisioned == told(0, ProvisionedStatus.IN_PROGRESS)
    place.environment_idle(E1)
    assert place.provisioned == told(1, ProvisionedStatus.IN_PROGRESS)
    place.environment_idle(E2)
    place.invoke_arrived(R1)
    assert place.provisioned == told(2, ProvisionedStatus.READY)
    place.code_changed(broken=False)
    place.init_failed(E3)
    assert place.provisioned == told(0, ProvisionedStatus.FAILED, "FUNCTION_ERROR_INIT_FAILURE")


# The environment


def test_provisioned_init_may_take_as_long_as_the_function_but_at_least_130_s_and_at_most_900() -> None:
    for timeout_s, due_at in ((3.0, 130.0), (300.0, 300.0), (1000.0, 900.0)):
        stage = Stage(machine=Environment(replace(PROVISIONED, timeout_s=timeout_s)))
        assert armed(stage.sandbox_ready()) == {Timer.INIT: due_at}


def test_provisioned_init_names_its_type() -> None:
    (start,) = [
        each for each in records(Stage(Environment(PROVISIONED)).sandbox_ready()) if isinstance(each, InitStart)
    ]
    assert start.initialization_type is InitializationType.PROVISIONED_CONCURRENCY


def test_first_invoke_of_a_provisioned_environment_reports_no_init() -> None:
    stage = Stage(Environment(PROVISIONED))
    stage.sandbox_ready()
    stage.at = 0.5
    stage.calls_next()
    stage.assigned()
    stage.responds()
    stage.at = 0.6
    metrics = report(stage.calls_next()).metrics
    assert (metrics.init_duration_ms, metrics.billed_duration_ms) == (None, 100)


def test_failed_provisioned_init_is_reported_and_ends_the_environment() -> None:
    stage = Stage(Environment(PROVISIONED))
    stage.sandbox_ready()
    effects = stage.posts_init_error()
    told = init_report(effects)
    assert (told.phase, told.status, told.error_type) == (InitPhase.INIT, Status.ERROR, "Runtime.ImportModuleError")
    assert names(effects)[-4:] == ["AnnounceInitFailed", "phase shutdown", "AnnounceGone", "DestroySandbox"]


def test_provisioned_environment_that_breaks_later_runs_init_inside_its_next_invoke() -> None:
    stage = Stage(Environment(PROVISIONED))
    stage.sandbox_ready()
    stage.calls_next()
    stage.assigned()
    stage.exits(exit_code=1)
    stage.gone()
    stage.assigned()
    assert stage.machine.phase is Phase.INVOKE
    assert names(stage.effects)[-1] == "ArmTimer"
