"""All environments of one function: carries out what placement decides and keeps the invocations in flight."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import assert_never

from lambdatui.lifecycle import inputs, placement
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.platform_errors import sandbox_failed
from lambdatui.model import limits
from lambdatui.model.arn import function_arn
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST, EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.phase import FunctionState
from lambdatui.model.records import CodeChanged, CodeReady, InvokeAnswered, InvokeThrottled, ProvisionedConcurrency
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.sandbox.protocol import SandboxError
from lambdatui.service.clock import Cancellable, Clock
from lambdatui.service.driver import Driver
from lambdatui.service.error_name import named
from lambdatui.service.flight import Answer, Flight
from lambdatui.service.invoking import ServiceError, function_not_found, snap_start_failed, stopping, throttled
from lambdatui.service.plan import why_alone
from lambdatui.telemetry.bus import Bus

RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
INACTIVE_AFTER_S = 14 * 24 * 60 * 60.0
"""Lambda documents "several weeks" without an invoke, and 14 days for snapshots."""
HESITATE_S = 0.02
"""An environment that has answered is given this long to become idle before another is started in its stead."""
ACCOUNT = "ConcurrentInvocationLimitExceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """The save that made a revision: which files, and when the newest of them was written (monotonic seconds)."""

    revision: int
    files: tuple[str, ...]
    saved_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolPorts:
    """What a pool needs of the engine: ids, tasks, and a way to make a driver for a new environment."""

    bus: Bus
    clock: Clock
    mint_environment_id: Callable[[], EnvironmentId]
    make_driver: Callable[["FunctionPool", placement.StartEnvironment], Driver]
    spawn: Callable[[str, Coroutine[None, None, None]], object]
    answered: Callable[[RequestId, Answer], None]
    retired: Callable[[Driver], None]
    life_span: LifeSpan
    inactive_after_s: float
    provisions: bool


@dataclass(slots=True)
class FunctionPool:
    """One function's door to its environments. Implements DriverListener."""

    function: Function
    ports: PoolPorts
    drivers: dict[EnvironmentId, Driver] = field(default_factory=dict)
    _flights: dict[RequestId, Flight] = field(default_factory=dict)
    _save: Save | None = None
    _prepared: EnvironmentId | None = None
    _turned_away: ServiceError = field(default_factory=stopping)
    _placement: placement.Placement = field(init=False)
    _used_s: float = field(init=False)
    _reaper: Cancellable | None = None
    _provisioned_told: ProvisionedConcurrency | None = None
    _ran_out: asyncio.Event | None = None

    def __post_init__(self) -> None:
        limit, reason = _concurrency_limit(self.function)
        self._placement = placement.Placement(
            mint=self.ports.mint_environment_id,
            limit=limit,
            limit_reason=reason,
            life_span=self.ports.life_span,
        )
        self._placement.set_provisioned(self._provisioned_wanted)
        self._placement.set_snapshots(_may_share_snapshots(self.function))
        self._used_s = self.ports.clock.service()

    @property
    def name(self) -> FunctionName:
        return self.function.name

    @property
    def revision(self) -> int:
        """Of the code and the configuration that new environments get."""
        return self._placement.revision

    @property
    def in_flight(self) -> int:
        return len(self._flights)

    @property
    def state(self) -> FunctionState:
        """By the service's clock: a function without an environment that was not used for long is inactive. One that
        has the snapshot takes no invoke.
        """
        unused_s = self.ports.clock.service() - self._used_s
        only_snapshots = all(driver.plan.takes_snapshot for driver in self.drivers.values())
        inactive = only_snapshots and unused_s >= self.ports.inactive_after_s
        return FunctionState.INACTIVE if inactive else FunctionState.ACTIVE

    @property
    def _provisioned_wanted(self) -> int:
        return (self.function.provisioned_concurrency or 0) if self.ports.provisions else 0

    def holder(self, environment_id: EnvironmentId) -> Driver:
        """Of a snapshot. Raises SandboxError."""
        driver = self.drivers.get(environment_id)
        if driver is None or driver.place.sandbox is None:
            raise SandboxError(f"environment {environment_id} is gone, and with it its snapshot")
        return driver

    def submit(self, flight: Flight) -> None:
        """Its answer is a ServiceError (429) when the function may not run more at once."""
        request_id = flight.request_id
        self._flights[request_id] = flight
        self._carry_out(self._placement.invoke_arrived(request_id))
        if len(self._flights) == 1 and flight.environment_id is not None:
            self.ports.bus.lull()

    def configure(self, function: Function) -> None:
        """New configuration; the caller also reports the change of code that makes environments take it up."""
        self.function = function
        self._placement.set_limit(*_concurrency_limit(function))
        self._placement.set_provisioned(self._provisioned_wanted)
        self._placement.set_snapshots(_may_share_snapshots(self.function))

    def provision(self) -> None:
        """Begin with the environments of its provisioned concurrency, or with its snapshot."""
        self._carry_out(self._placement.top_up())
        if self.ports.provisions:
            self._carry_out(self._placement.take_snapshot())
        self._tell_provisioned()

    def configuration_changed(self) -> None:
        """Every environment was started with the old one; ``configure`` has the new one."""
        self._take_up(self._placement.configuration_changed(), (), self.ports.clock.monotonic())

    def code_changed(self, files: tuple[str, ...], saved_at: float, *, broken: bool) -> None:
        self._take_up(self._placement.code_changed(broken=broken), files, saved_at)

    def _take_up(self, decisions: list[placement.Decision], files: tuple[str, ...], saved_at: float) -> None:
        self._save = Save(revision=self._placement.revision, files=files, saved_at=saved_at)
        self.ports.bus.publish(CodeChanged(revision=self._placement.revision, files=files), function=self.name)
        starts = [each for each in decisions if isinstance(each, placement.StartEnvironment)]
        self._prepared = starts[0].environment_id if starts else None
        self._carry_out(decisions)
        self._tell_provisioned()

    async def run_out(self) -> None:
        """Returns when nothing runs or waits any more; whoever could ask for more has been stopped."""
        if self._flights:
            self._ran_out = asyncio.Event()
            await self._ran_out.wait()

    def give_up(self) -> None:
        """Whoever still waits is told that the service ends; what runs is ended by ``stop``."""
        for flight in tuple(self._flights.values()):
            flight.answer(stopping())
            flight.release()

    def stop(self, reason: str) -> None:
        """End every environment now; invocations that wait, and those still to come, are turned away."""
        self._turn_away(stopping())
        for driver in tuple(self.drivers.values()):
            driver.stop(reason, orderly=True)

    def dissolve(self) -> None:
        """The function is gone from the project: what runs may finish, nothing more is begun."""
        self._turn_away(function_not_found(function_arn(self.name, LATEST)))
        for driver in tuple(self.drivers.values()):
            reason = "the function is gone from the project"
            driver.post(inputs.RetireRequested(at=self.ports.clock.monotonic(), reason=reason))

    def _turn_away(self, refusal: ServiceError) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        self._turned_away = refusal
        self._carry_out(self._placement.close())

    # What environments report

    def environment_idle(self, driver: Driver) -> None:
        self._tell_code_ready(driver)
        self._used_s = now_s = self.ports.clock.service()
        self._carry_out(self._placement.environment_idle(driver.id, now_s))
        self._tell_provisioned()
        if self._reaper is None:
            self._wait_for_next_end()

    def ends_in_s(self, driver: Driver) -> float | None:
        ends_s, clock = self._placement.ends_s(driver.id), self.ports.clock
        return None if ends_s is None else max(0.0, ends_s - clock.service()) / clock.speed

    def _wait_for_next_end(self) -> None:
        """One timer for all: it comes when the first of them may be due, and looks again."""
        due_s = self._placement.next_end_s
        self._reaper = None if due_s is None else self.ports.clock.call_at(due_s, self._end_idle)

    def _end_idle(self) -> None:
        self._carry_out(self._placement.end_idle(self.ports.clock.service()))
        self._wait_for_next_end()

    def environment_busy(self, driver: Driver) -> None:
        self._carry_out(self._placement.environment_busy(driver.id))

    def snapshot_taken(self, driver: Driver) -> None:
        self._tell_code_ready(driver)
        self._carry_out(self._placement.snapshot_taken(driver.id))

    def init_failed(self, driver: Driver) -> None:
        self._placement.init_failed(driver.id)
        self._tell_provisioned()

    def environment_gone(self, driver: Driver, failure: str | None) -> None:
        self._carry_out(self._placement.environment_gone(driver.id, failure))
        self._tell_provisioned()

    def invoke_answered(self, request_id: RequestId, result: InvokeResult) -> None:
        flight = self._flights[request_id]
        result = named(result)
        self.ports.answered(request_id, result)
        self.ports.bus.publish(
            InvokeAnswered(
                request_id=request_id,
                function_error=result.function_error,
                error_type=result.error_type,
                payload_bytes=len(result.payload),
            ),
            function=self.name,
            environment=flight.environment_id,
        )
        if flight.environment_id is not None:
            self._placement.environment_answered(flight.environment_id)
        flight.answer(result)

    def invoke_streaming(self, request_id: RequestId, stream: ResponseStream) -> None:
        self._flights[request_id].stream(stream)

    def invoke_refused(self, request_id: RequestId, exception: str, message: str) -> None:
        """By the environment, before it began."""
        flight = self._flights[request_id]
        if flight.environment_id is not None:
            self._placement.environment_answered(flight.environment_id)
        self._refuse(flight, snap_start_failed(exception, message))

    def invoke_released(self, request_id: RequestId) -> None:
        self._landed(request_id).release()

    # Decisions

    def _carry_out(self, decisions: list[placement.Decision]) -> None:
        for decision in decisions:
            match decision:
                case placement.Assign():
                    self._assign(decision)
                case placement.StartEnvironment():
                    self._start(decision)
                case placement.Retire():
                    self._retire(decision)
                case placement.Hesitate():
                    asyncio.get_running_loop().call_later(HESITATE_S, self._hesitated, decision.request_id)
                case placement.Throttle():
                    self._throttle(decision)
                case placement.TurnAway():
                    flight = self._landed(decision.request_id)
                    self._refuse(flight, self._turned_away)
                    flight.release()
                case placement.FailWaiting():
                    self.invoke_answered(decision.request_id, sandbox_failed(decision.request_id, decision.reason))
                    self.invoke_released(decision.request_id)
                case _:
                    assert_never(decision)

    def _assign(self, decision: placement.Assign) -> None:
        flight = self._flights[decision.request_id]
        flight.environment_id = decision.environment_id
        self.drivers[decision.environment_id].post(
            inputs.InvokeAssigned(
                at=self.ports.clock.monotonic(), epoch_s=self.ports.clock.wall(), invocation=flight.hand_over()
            )
        )

    def _start(self, decision: placement.StartEnvironment) -> None:
        try:
            driver = self.ports.make_driver(self, decision)
        except (SandboxError, OSError) as error:
            self._carry_out(self._placement.environment_gone(decision.environment_id, str(error)))
            self._tell_provisioned()
            return
        self.drivers[driver.id] = driver
        self.ports.spawn(f"environment:{self.name}/{driver.id}", self._live(driver))

    async def _live(self, driver: Driver) -> None:
        """A driver that crashes (a bug of ours) takes its own environment down and nothing else."""
        try:
            await driver.run()
        finally:
            self.drivers.pop(driver.id, None)
            self._fail_flights_of(driver)
            self.ports.retired(driver)
            self._carry_out(self._placement.environment_gone(driver.id, driver.crashed))

    def _fail_flights_of(self, driver: Driver) -> None:
        """The machine answers every invoke before an environment ends; only a crash leaves any."""
        for request_id, flight in tuple(self._flights.items()):
            if flight.environment_id == driver.id:
                reason = driver.crashed or "the environment ended"
                self.invoke_answered(request_id, sandbox_failed(request_id, reason))
                self.invoke_released(request_id)

    def _retire(self, decision: placement.Retire) -> None:
        self.drivers[decision.environment_id].post(
            inputs.RetireRequested(at=self.ports.clock.monotonic(), reason=decision.reason)
        )

    def _hesitated(self, request_id: RequestId) -> None:
        self._carry_out(self._placement.hesitation_over(request_id))

    def _throttle(self, decision: placement.Throttle) -> None:
        flight = self._landed(decision.request_id)
        self.ports.bus.publish(
            InvokeThrottled(request_id=decision.request_id, reason=decision.reason), function=self.name
        )
        self._turn_down(flight, throttled(decision.reason))
        flight.release()

    def _landed(self, request_id: RequestId) -> Flight:
        flight = self._flights.pop(request_id)
        if self._ran_out is not None and not self._flights:
            self._ran_out.set()
        return flight

    def _refuse(self, flight: Flight, refusal: ServiceError) -> None:
        """It never began, and its caller knows."""
        self.ports.bus.publish(
            InvokeAnswered(request_id=flight.request_id, function_error=None, error_type=refusal.name, payload_bytes=0),
            function=self.name,
            environment=flight.environment_id,
        )
        self._turn_down(flight, refusal)

    def _turn_down(self, flight: Flight, refusal: ServiceError) -> None:
        if not flight.from_queue:
            self.ports.answered(flight.request_id, refusal)
        flight.answer(refusal)

    def _tell_provisioned(self) -> None:
        """Where it is not as it was told last."""
        if self._provisioned_told is None and not self._provisioned_wanted:
            return
        provisioned = self._placement.provisioned
        if provisioned != self._provisioned_told:
            self.ports.bus.publish(provisioned, function=self.name)
            self._provisioned_told = provisioned if provisioned.requested else None

    def _tell_code_ready(self, driver: Driver) -> None:
        """Only the environment that a save itself started: one that an invoke started waited for that invoke."""
        save = self._save
        if save is None or driver.id != self._prepared:
            return
        self._prepared = None
        elapsed_ms = round((self.ports.clock.monotonic() - save.saved_at) * 1000, 3)
        self.ports.bus.publish(
            CodeReady(revision=save.revision, files=save.files, save_to_ready_ms=elapsed_ms),
            function=self.name,
            environment=driver.id,
        )


def _concurrency_limit(function: Function) -> tuple[int, str]:
    if function.reserved_concurrency is not None:
        return function.reserved_concurrency, RESERVED
    return limits.ACCOUNT_CONCURRENCY, ACCOUNT


def _may_share_snapshots(function: Function) -> bool:
    """Whether it can is seen when it has come so far."""
    return function.snap_start and not why_alone(function)
