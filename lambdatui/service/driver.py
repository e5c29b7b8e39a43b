"""Drives one execution environment: the only interpreter of its machine's commands, the only writer of its state.

What happened is posted to the inbox and handled at once unless the driver is in the middle of handling something, so
that an answer to a runtime never waits for another turn of the event loop.
"""

import asyncio
import logging
import signal
from collections import deque
from typing import assert_never

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import extension_commands as extensions
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.reporting import report_of_crash
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.lifecycle.trail import Trail
from lambdatui.model import limits
from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import PlatformFault, Record
from lambdatui.project.code import CodeUnusable
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.sandbox.protocol import SandboxError
from lambdatui.service.deadlines import Deadlines
from lambdatui.service.driver_place import DriverPlace
from lambdatui.service.driver_ports import DriverListener, DriverPorts
from lambdatui.service.driver_reports import DriverReports
from lambdatui.service.opt_files import NoEntrypoint
from lambdatui.service.plan import Plan
from lambdatui.service.process_ends import launch_failed
from lambdatui.service.processes import credentials_of_role

_log = logging.getLogger(__name__)
SCRATCH_READ_BYTES = 1024 * 1024
_QUIET = frozenset({do.AnswerNext, do.AcceptPost, do.ArmTimer, do.DisarmTimer, do.Freeze, do.Thaw})
"""Nobody who is told of these publishes anything, or looks at what is published."""


class Driver:
    """One environment. ``run`` is its task; every other method is called on the event loop and returns at once."""

    def __init__(self, plan: Plan, ports: DriverPorts, listener: DriverListener) -> None:
        self.plan = plan
        function = plan.function
        self.machine = Environment(plan.identity)
        self.trail = Trail()
        self._function_name, self._id = function.name, plan.environment_id
        self.ports = ports
        self._bus = ports.bus
        self._clock = clock = ports.clock
        self.listener = listener
        self._inbox: deque[inputs.Input] = deque()
        self._pumping = False
        self.gone = asyncio.Event()
        self._destroy = asyncio.Event()
        self._failure: str | None = None
        self.crashed: str | None = None
        self.runtime_api = RuntimeApi(
            on_input=lambda happened: self._reports.called(happened),
            stamp=clock.monotonic,
            measure_memory=self._memory_used_mb,
            generation=lambda: self.machine.generation,
            credentials=(lambda: credentials_of_role(clock.wall())) if function.snap_start else None,
            tokens=None if plan.api_of_snapshot is None else plan.api_of_snapshot.tokens,
        )
        self.place = DriverPlace(
            plan,
            ports,
            self.runtime_api,
            publish=self._publish,
            request_id=self._logged_request_id,
            invoked=lambda: self.machine.phase is Phase.INVOKE,
        )
        self._reports = DriverReports(
            self.place.logs,
            self.runtime_api,
            post=self.post,
            at=clock.monotonic,
            memory_used_mb=self._memory_used_mb,
            generation=lambda: self.machine.generation,
            is_over=lambda: self.crashed is not None,
        )
        self.deadlines = Deadlines(clock, self._reports.timer_fired)

    @property
    def id(self) -> EnvironmentId:
        return self.plan.environment_id

    async def run(self) -> None:
        """Make the place, live until it is to be destroyed, leave nothing behind."""
        try:
            await self._open()
            await self._destroy.wait()
        except Exception as error:  # noqa: BLE001 - as in ``post``; else it would be tried for ever
            self._crash(error)
        finally:
            await self._close()
            self.gone.set()

    def order(self, order: Order) -> str | None:
        """Carry it out, or say why that makes no sense now, for people."""
        why = self.machine.refusal(order)
        if why is None:
            at, memory_used_mb = self._clock.monotonic(), self._memory_used_mb()
            self.post(inputs.OrderGiven(at=at, order=order, memory_used_mb=memory_used_mb))
        return why

    def post(self, happened: inputs.Input) -> None:
        """Something happened: handle it now, or right after what is being handled."""
        self._inbox.append(happened)
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._inbox:
                happened = self._inbox.popleft()
                commands = self.machine.handle(happened)
                self.trail.add(happened, commands)
                self._carry_out(commands)
        except Exception as error:  # noqa: BLE001 - supervision: a bug costs one environment, never the engine
            self._crash(error)
        finally:
            self._pumping = False

    def stop(self, reason: str, *, orderly: bool = False) -> None:
        """End this environment now, whatever it does; ``orderly`` is in the order that extensions may expect."""
        self._reports.stop_requested(reason, orderly=orderly)

    def _carry_out(self, commands: do.Effects) -> None:
        """In order; records that nothing audible comes between are published together, as of one moment."""
        records: list[Record] = []
        for command in commands:
            if isinstance(command, Record):
                records.append(command)
                continue
            if records and type(command) not in _QUIET:
                self._bus.publish_all(records, function=self._function_name, environment=self._id)
                records = []
            self._do(command)
        if records:
            self._bus.publish_all(records, function=self._function_name, environment=self._id)

    def _crash(self, error: Exception) -> None:
        _log.error("environment %s crashed: this is a bug in lambdatui", self.id, exc_info=error)
        self._inbox.clear()
        self.crashed = f"lambdatui failed: {type(error).__name__}: {error}"
        invoke = self.machine.invoke
        if invoke is not None and invoke.started:
            message = f"RequestId: {invoke.invocation.request_id} Error: {self.crashed}"
            self._publish(PlatformFault(request_id=invoke.invocation.request_id, message=message))
            self._publish(report_of_crash(invoke, self._clock.monotonic(), self.plan.function.memory_mb))
        self._destroy.set()
        self.listener.environment_gone(self, self.crashed)

    async def _open(self) -> None:
        try:
            names = await self.place.open(self._reports)
        except (SandboxError, CodeUnusable, OSError) as error:
            # An OSError is a limit of this machine, such as too many open files.
            self._failure = str(error)
            self._publish(PlatformFault(request_id=None, message=self._failure))
            self.post(inputs.SandboxLost(at=self._clock.monotonic(), reason=self._failure))
            return
        ready = inputs.SandboxReady(at=self._clock.monotonic(), extensions=names, alone=self.place.why_alone)
        self.post(ready)

    async def _close(self) -> None:
        self.deadlines.close()
        await self.place.close()
        if self.machine.phase is Phase.SHUTDOWN:
            self.post(inputs.SandboxClosed(at=self._clock.monotonic()))

    def _logged_request_id(self) -> RequestId | None:
        """Output of a suppressed init belongs to no request yet, as in CloudWatch: START comes after it."""
        invoke = self.machine.invoke
        return invoke.invocation.request_id if invoke is not None and invoke.started else None

    # Commands

    def _do(self, command: do.Command) -> None:
        match command:  # those of every invoke first
            case do.AnswerNext():
                self.runtime_api.answer_next(command.token, command.invocation, self._epoch_ms(command.deadline_at))
                self.place.scratch.look_soon()
            case do.ArmTimer():
                self.deadlines.arm(command.timer, command.arm_id, command.due_at)
            case do.AcceptPost():
                self.runtime_api.accept(command.token)
            case do.AnswerCaller():
                self.runtime_api.forget_event()
                self.listener.invoke_answered(command.request_id, command.result)
            case do.DisarmTimer():
                self.deadlines.disarm(command.timer)
            case do.ReleaseInvoke():
                self.listener.invoke_released(command.request_id)
            case do.Freeze():
                self.place.opened.freeze()
            case do.AnnounceIdle():
                self.listener.environment_idle(self)
            case do.Thaw():
                self.place.opened.thaw()
            case Record():
                self._publish(command)
            case do.RefuseRequest():
                self.runtime_api.refuse(command.token, command.status_code, command.error_type, command.message)
            case do.AnnounceBusy():
                self.listener.environment_busy(self)
            case do.AnnounceInitFailed():
                self.listener.init_failed(self)
            case do.AnnounceGone():
                self.listener.environment_gone(self, self._failure)
            case do.DestroySandbox():
                self._destroy.set()
            case do.RefuseCaller():
                self.listener.invoke_refused(command.request_id, command.exception, command.message)
            case ReadStream():
                self.listener.invoke_streaming(command.request_id, self.runtime_api.read_stream(command.token))
            case do.AnnounceSnapshot():
                self.listener.snapshot_taken(self)
            case do.RestoreRuntime():
                self.place.restore_runtime(command.generation)
            case do.AnswerRestoreNext():
                self.runtime_api.answer_restore_next(command.token)
            case do.SpawnRuntime():
                self._start_runtime(command.generation)
            case do.KillProcesses():
                self.place.opened.kill_processes()
            case _:
                self._do_for_extensions(command)

    def _do_for_extensions(self, command: extensions.ExtensionCommand) -> None:
        """Extensions, and the orderly end that only they are the reason for."""
        match command:
            case extensions.SpawnExtensions():
                self.place.start_extensions(command.names, command.generation)
            case extensions.AnswerRegister():
                self._answer_register(command)
            case extensions.SendInvokeEvent():
                deadline_ms = self._epoch_ms(command.deadline_at)
                self.runtime_api.send_invoke_event(command.token, command.invocation, deadline_ms)
            case extensions.SendShutdownEvent():
                deadline_ms = self._epoch_ms(command.deadline_at)
                self.runtime_api.send_shutdown_event(command.token, deadline_ms, command.reason)
            case extensions.AcceptSubscription():
                spec = self.runtime_api.accept_subscription(command.token)
                if spec is not None:
                    own = self.place.opened.network
                    dial = None if own is None else own.dial
                    self.ports.telemetry.subscribe(self.id, self.plan.function, command.name, spec, dial)
            case extensions.TerminateRuntime():
                self.place.opened.signal_runtime(signal.SIGTERM)
            case extensions.KillRuntime():
                self.place.opened.signal_runtime(signal.SIGKILL)
            case extensions.KillExtension():
                self.place.opened.kill_extension(command.name)
            case _:
                assert_never(command)

    def _start_runtime(self, generation: int) -> None:
        try:
            self.place.start_runtime(generation)
        except NoEntrypoint as error:
            self.post(launch_failed(generation, str(error), self._clock.monotonic(), self._memory_used_mb()))

    def _answer_register(self, command: extensions.AnswerRegister) -> None:
        identity = self.plan.told_to_extensions
        account_id = limits.ACCOUNT_ID if command.with_account_id else None
        self.runtime_api.answer_register(command.token, command.extension_id, identity, account_id)

    # Measuring and telling

    def _memory_used_mb(self, runtime_has_same_peak: bool = False) -> int | None:
        """Only an invoke has a memory figure; at other times nothing is measured."""
        sandbox = self.place.sandbox
        if sandbox is None or self.machine.phase is not Phase.INVOKE:
            return None
        return sandbox.memory_used_mb(runtime_has_same_peak)

    def _epoch_ms(self, at: float) -> int:
        return int((self._clock.wall() + (at - self._clock.monotonic())) * 1000)

    def _publish(self, record: Record) -> None:
        self._bus.publish(record, function=self._function_name, environment=self._id)
