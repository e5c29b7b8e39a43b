"""The engine: puts the service together for one project and owns all its tasks.

It composes; deciding is left to lifecycle, doing to drivers, pools and queues.
"""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import TracebackType

from lambdatui.lifecycle.async_events import ZERO_CONCURRENCY
from lambdatui.lifecycle.life_span import LifeSpan
from lambdatui.lifecycle.placement import StartEnvironment
from lambdatui.model.arn import function_arn
from lambdatui.model.capability import CapabilityReport
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import LATEST, EnvironmentId, FunctionName
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.model.orders import Order
from lambdatui.model.phase import FunctionState
from lambdatui.model.views import Views
from lambdatui.runtime_api.response_stream import ResponseStream
from lambdatui.sandbox.protocol import Backend, SandboxError
from lambdatui.service.async_queue import AsyncQueue
from lambdatui.service.call_records import CallRecords
from lambdatui.service.calls import invocation_of
from lambdatui.service.clock import Clock
from lambdatui.service.code_identity import CodeIdentity
from lambdatui.service.departed import Departed
from lambdatui.service.describe import engine_started, project_loaded
from lambdatui.service.driver import Driver
from lambdatui.service.driver_ports import DriverPorts
from lambdatui.service.engine_options import EngineOptions
from lambdatui.service.error_name import error_name
from lambdatui.service.flight import Answer, AwaitedFlight, Flight, outcome
from lambdatui.service.function_pool import FunctionPool, PoolPorts
from lambdatui.service.identifiers import mint_request_id
from lambdatui.service.interruptions import tell_interrupted
from lambdatui.service.invoking import (
    InvokeOutcome,
    InvokeRequest,
    ServiceError,
    function_not_found,
    not_runnable,
    throttled,
)
from lambdatui.service.places import Places
from lambdatui.service.settings import Load, Settings
from lambdatui.service.state_dir import StateDir
from lambdatui.service.stopping import finish_invocations, stop_environments
from lambdatui.service.streamed_flight import StreamedFlight
from lambdatui.service.tasks import Tasks
from lambdatui.service.telemetry_subscribers import TelemetrySubscribers
from lambdatui.service.xray_daemon import XRayDaemon
from lambdatui.store.recorder import record_history
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.live_views import LiveViews
from lambdatui.telemetry.log_tail import LogTail


class Engine:
    """An async context: entering makes the service ready, leaving ends every environment and flushes the history.

    ``load`` reads the project again, for what a session asks for; the project is as this session has it.
    """

    def __init__(
        self,
        project: Project,
        *,
        backend: Backend,
        clock: Clock,
        options: EngineOptions | None = None,
        load: Load | None = None,
    ) -> None:
        self.project = self.as_read = project
        self.backend = backend
        self.clock = clock
        self.options = options or EngineOptions()
        self.settings = Settings(self, load, reloading=self.options.reload)
        self.started_s = clock.wall()
        self._url = ""
        self._capabilities: tuple[CapabilityReport, ...] = ()
        self.bus = Bus(clock.wall)
        self._calls = CallRecords(self.bus, clock)
        self.tasks = Tasks()
        self.pools: dict[FunctionName, FunctionPool] = {}
        self._former: list[FunctionPool] = []
        self._departed = Departed()
        self._finishing_s = 0.0
        self.variants: list[FunctionPool] = []  # of experiments that run
        self.state = StateDir.of_project(project.root)
        self.places = Places(self.state, project.root)
        self._views = LiveViews(self.bus)
        self._environment_numbers = itertools.count(1)
        self._files = ThreadPoolExecutor(1, thread_name_prefix="lambdatui-files")
        self._identity = CodeIdentity(
            self.bus, spawn=self.tasks.spawn, files=self._files, revision_of=self._revision_of
        )
        telemetry = TelemetrySubscribers(bus=self.bus, clock=clock, spawn=self.tasks.spawn)
        self._xray = XRayDaemon(self.bus, clock)
        self._driver_ports = DriverPorts(
            backend=backend,
            bus=self.bus,
            clock=clock,
            telemetry=telemetry,
            xray=self._xray,
            files=self._files,
            cpu_share=self.options.cpu_share,
        )
        self._ports = PoolPorts(
            bus=self.bus,
            clock=clock,
            mint_environment_id=lambda: EnvironmentId(f"e{next(self._environment_numbers)}"),
            make_driver=self._make_driver,
            spawn=self.tasks.spawn,
            answered=self._calls.answered,
            retired=self._depart,
            life_span=LifeSpan(idle_timeout_s=self.options.idle_timeout_s, max_lifetime_s=self.options.max_lifetime_s),
            inactive_after_s=self.options.inactive_after_s,
            provisions=self.options.provision,
        )

    async def __aenter__(self) -> "Engine":
        self.state.remove_leftovers()
        await self._xray.start()
        self.store = await Store.open(self.state.history, claim=self.options.take_up)
        self.queue = AsyncQueue(self.store, bus=self.bus, clock=self.clock, spawn=self.tasks.spawn, run=self._run_event)
        if self.options.history:
            self._calls.store = self.store
            self.tasks.spawn("history", record_history(self.bus, self.store))
        self.announce()
        self.adopt(self.project)
        self.tasks.spawn("prewarm", self._prewarm(), background=True)
        if self.options.take_up:
            await tell_interrupted(self.store, self.bus)
            await self.queue.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with contextlib.AsyncExitStack() as last_first:
            # Whatever of it fails, the rest is done: no process outlives an engine, and no event is lost.
            last_first.callback(self._files.shutdown)
            last_first.push_async_callback(self.store.aclose)
            last_first.push_async_callback(self.tasks.join)
            last_first.callback(self.bus.close)
            last_first.callback(self._xray.close)
            last_first.push_async_callback(self._identity.finish)
            last_first.push_async_callback(self.backend.close)
            await self.tasks.cancel_background()
            self.queue.stop()
            await stop_environments((*self.pools.values(), *self._former, *self.variants), after_s=self._finishing_s)

    async def finish(self) -> None:
        """To be called before leaving, once callers cannot ask for more: what runs may come to its answer, for a while;
        then whoever waits is told that the service stops.
        """
        self.queue.stop()
        self._finishing_s = await finish_invocations((*self.pools.values(), *self._former))

    # For callers

    @property
    def views(self) -> Views:
        """The picture as of now."""
        return self._views.current()

    def spawn(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run ``work`` beside everything else; it is waited for when the engine stops."""
        return self.tasks.spawn(name, work)

    def spawn_background(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """As ``spawn``, for work without an end of its own: it is cancelled when the engine stops."""
        return self.tasks.spawn(name, work, background=True)

    def function(self, name: str) -> Function:
        """Raises ServiceError 404 with the bare ARN, as GetFunction does."""
        pool = self.pools.get(FunctionName(name))
        if pool is None:
            raise function_not_found(function_arn(name))
        return pool.function

    def function_state(self, name: str) -> FunctionState:
        """Raises ServiceError 404 as ``function`` does."""
        self.function(name)
        return self.pools[FunctionName(name)].state

    async def invoke(self, request: InvokeRequest) -> InvokeOutcome:
        """Raises ServiceError. A caller that goes away does not stop the function."""
        return await self._invoke(request, AwaitedFlight)

    async def invoke_streaming(
        self, request: InvokeRequest, on_stream: Callable[[ResponseStream], None]
    ) -> InvokeOutcome:
        """As ``invoke``. A response that is streamed goes to ``on_stream`` when it begins. That must not raise,
        and must see to it that the stream is read to its end; the outcome's payload is then for the record alone.
        """
        return await self._invoke(request, lambda invocation: StreamedFlight(invocation, on_stream))

    async def _invoke(
        self, request: InvokeRequest, make_flight: Callable[[Invocation], AwaitedFlight]
    ) -> InvokeOutcome:
        pool = self._pool_for(request)
        request_id = request.request_id or mint_request_id()
        if request.invocation_type is InvocationType.DRY_RUN:
            return InvokeOutcome(status_code=204, request_id=request_id)
        invocation = invocation_of(pool.function, request, request_id, epoch_s=self.clock.wall())
        if request.invocation_type is InvocationType.EVENT:
            await self.queue.accept(invocation)
            self._calls.accepted(invocation, request.sample)
            return InvokeOutcome(status_code=202, request_id=request_id, trace_id=invocation.trace_id)
        self._calls.accepted(invocation, request.sample)
        if request.log_tail:
            return await self._invoke_with_tail(pool, invocation, make_flight(invocation))
        flight = make_flight(invocation)
        pool.submit(flight)
        return outcome(invocation, await asyncio.shield(flight.answered))

    def begin_invoke(self, request: InvokeRequest, answered: Callable[[InvokeOutcome | ServiceError], None]) -> None:
        """The short way for a synchronous invoke without a log tail: no task, and the answer within the call that made
        it. ``answered`` is called exactly once, perhaps before this returns, and must not raise. Raises ServiceError.
        """
        pool = self._pool_for(request)
        accepted_s = self.clock.wall()
        invocation = invocation_of(pool.function, request, request.request_id or mint_request_id(), epoch_s=accepted_s)
        self._calls.tell(invocation, request.sample)

        def tell(answer: Answer) -> None:
            answered(answer if isinstance(answer, ServiceError) else outcome(invocation, answer))

        pool.submit(Flight(invocation, tell))
        self._calls.keep(invocation, request.sample, accepted_s=accepted_s)  # while the function runs

    def variant(self, function: Function, *, cpu_share: bool) -> FunctionPool:
        """Environments apart, for an experiment. Whoever asks ends them, then takes the pool from ``variants``."""
        make_driver = partial(self._make_driver, cpu_share=cpu_share)
        self.variants.append(FunctionPool(function, replace(self._ports, make_driver=make_driver, provisions=False)))
        return self.variants[-1]

    async def invoke_variant(self, pool: FunctionPool, request: InvokeRequest) -> InvokeOutcome:
        """Synchronously, past the function's own environments; returns after the REPORT. Raises ServiceError."""
        invocation = invocation_of(pool.function, request, mint_request_id(), epoch_s=self.clock.wall())
        self._calls.accepted(invocation, request.sample)
        flight = AwaitedFlight(invocation)
        pool.submit(flight)
        result = await asyncio.shield(flight.answered)
        await asyncio.shield(flight.released)
        return outcome(invocation, result)

    def kill_environment(self, environment_id: str) -> None:
        """SIGKILL everything in it; an invoke that runs there fails. Raises KeyError."""
        if self.driver(environment_id).order(Order.DESTROY) is not None:
            raise KeyError(environment_id)

    async def read_scratch(self, environment_id: str, path: str) -> bytes:
        """The first MB of a file in an environment's /tmp. Raises KeyError, FileNotFoundError."""
        return await self.driver(environment_id).place.read_scratch(path)

    def reachable_at(self, url: str) -> None:
        """Tell viewers where callers find this engine."""
        self._url = url
        self.announce()

    # For reload

    def adopt(self, project: Project) -> None:
        """Take up a project as read from disk, now or again after its files changed."""
        self.as_read = project
        self.project = project = self.settings.over(project)
        self.places.forget()
        wanted = {function.name: function for function in project.functions}
        for name in tuple(self.pools):
            if name not in wanted:
                gone = self.pools.pop(name)
                gone.dissolve()
                self._former = [pool for pool in (*self._former, gone) if pool.drivers]
        added = []
        for name, function in wanted.items():
            if name not in self.pools:
                self.pools[name] = FunctionPool(function, self._ports)
                added.append(self.pools[name])
            elif self.pools[name].function != function:
                self.pools[name].configure(function)
        self.bus.publish(project_loaded(project))
        for pool in added:
            pool.provision()

    # Inside

    def _pool_for(self, request: InvokeRequest) -> FunctionPool:
        pool = self.pools.get(request.function)
        if pool is None or request.qualifier not in (None, LATEST):
            raise function_not_found(function_arn(request.function, request.qualifier or LATEST))
        try:
            self.places.interpreter(pool.function)
        except SandboxError as error:
            raise not_runnable(str(error)) from error
        return pool

    async def _invoke_with_tail(
        self, pool: FunctionPool, invocation: Invocation, flight: AwaitedFlight
    ) -> InvokeOutcome:
        """The tail ends with REPORT, so this caller waits for the end of the invoke, not for the response alone."""
        tail = LogTail(invocation.request_id, logging=pool.function.logging)
        with tail.following(self.bus):
            pool.submit(flight)
            await asyncio.shield(flight.released)
        return outcome(invocation, await asyncio.shield(flight.answered), tail.getvalue())

    async def _run_event(self, invocation: Invocation) -> str | None:
        """One attempt of an asynchronous event: its error type, or None. Raises ServiceError when it cannot run."""
        pool = self.pools.get(invocation.function)
        if pool is None:
            raise function_not_found(invocation.invoked_arn)
        if pool.function.reserved_concurrency == 0:
            raise throttled(ZERO_CONCURRENCY)
        flight = AwaitedFlight(replace(invocation, timeout_s=pool.function.timeout_s))
        pool.submit(flight)
        result = await flight.answered
        await flight.released
        return None if result.function_error is None else error_name(result)

    def _make_driver(self, pool: FunctionPool, start: StartEnvironment, *, cpu_share: bool | None = None) -> Driver:
        plan = self.places.plan(
            pool.function,
            start,
            wall_s=self.clock.wall(),
            nonce=secrets.token_hex(16),
            origin=None if start.restores is None else pool.holder(start.restores),
        )
        self._identity.environment_created(start.environment_id, pool.function)
        ports = self._driver_ports
        return Driver(plan, ports if cpu_share is None else replace(ports, cpu_share=cpu_share), pool)

    def _revision_of(self, function: FunctionName) -> int | None:
        return pool.revision if (pool := self.pools.get(function)) is not None else None

    async def _prewarm(self) -> None:
        """Have what runs the functions ready before the first invoke, which tells the user of any failure."""
        interpreters = set()
        for pool in self.pools.values():
            with contextlib.suppress(SandboxError):
                interpreters.add(self.places.python(pool.function))
        for interpreter in interpreters:
            with contextlib.suppress(SandboxError):
                await self.backend.prewarm(interpreter)
        self._capabilities = self.backend.capabilities()
        self.announce()

    def announce(self) -> None:
        """Tell viewers which engine this is, and how it stands."""
        self.bus.publish(
            engine_started(
                self.project,
                backend=self.backend.name,
                url=self._url,
                speed=self.clock.speed,
                reloading=self.settings.reloading,
                capabilities=self._capabilities,
            )
        )

    def driver(self, environment_id: str) -> Driver:
        """Of an environment that lives, or is one of the last that did. Raises KeyError."""
        for pool in (*self.pools.values(), *self.variants):
            if (driver := pool.drivers.get(EnvironmentId(environment_id))) is not None:
                return driver
        return self._departed[environment_id]

    def _depart(self, driver: Driver) -> None:
        self._departed.add(driver)
        self._files.submit(self.state.remove_environment, driver.id)
