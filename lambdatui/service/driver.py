"""Drives one execution environment: the only interpreter of its machine's commands, the only writer of its state.

What happened is posted to the inbox and handled at once unless the driver is in the middle of handling something, so
that an answer to a runtime never waits for another turn of the event loop.
"""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, assert_never

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST, EnvironmentId, RequestId
from lambdatui.model.invocation import InvokeResult
from lambdatui.model.phase import Phase
from lambdatui.model.records import FunctionLog, PlatformFault, Record
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.sandbox.protocol import Backend, RuntimeExit, RuntimeSpec, Sandbox, SandboxError, SandboxSpec
from lambdatui.service.clock import Clock
from lambdatui.service.environ import Instance, runtime_environ
from lambdatui.service.log_reader import LogReader
from lambdatui.service.scratch import ScratchWatch
from lambdatui.telemetry.bus import Bus

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an environment is to be: made once, by the pool that starts it."""

    environment_id: EnvironmentId
    function: Function
    revision: int
    interpreter: str
    code_dir: Path
    tmp_dir: Path
    bytecode_dir: Path
    private_dirs: tuple[Path, ...]
    log_stream: str
    runtime_version: str


class DriverListener(Protocol):
    """Who hears of an environment: its function's pool."""

    def environment_idle(self, driver: "Driver") -> None: ...

    def environment_busy(self, driver: "Driver") -> None: ...

    def environment_gone(self, driver: "Driver", failure: str | None) -> None: ...

    def invoke_answered(self, request_id: RequestId, result: InvokeResult) -> None: ...

    def invoke_released(self, request_id: RequestId) -> None: ...


class Driver:
    """One environment. ``run`` is its task; every other method is called on the event loop and returns at once."""

    def __init__(self, plan: Plan, *, backend: Backend, bus: Bus, clock: Clock, listener: DriverListener) -> None:
        self.plan = plan
        self.machine = Environment(
            Identity(
                function_name=plan.function.name,
                version=LATEST,
                memory_mb=plan.function.memory_mb,
                instance_id=plan.log_stream,
                runtime_version=plan.runtime_version,
            )
        )
        self._backend = backend
        self._bus = bus
        self._clock = clock
        self._listener = listener
        self._inbox: deque[inputs.Input] = deque()
        self._pumping = False
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self.gone = asyncio.Event()
        self._destroy = asyncio.Event()
        self._failure: str | None = None
        self.crashed: str | None = None
        self._sandbox: Sandbox | None = None
        self._logs: LogReader | None = None
        self._scratch = ScratchWatch(plan.tmp_dir, self._publish, lambda: self.machine.phase is Phase.INVOKE)
        self._runtime_api = RuntimeApi(
            on_input=self._runtime_did,
            stamp=clock.monotonic,
            measure_memory=self._memory_used_mb,
            generation=lambda: self.machine.generation,
        )

    @property
    def id(self) -> EnvironmentId:
        return self.plan.environment_id

    async def run(self) -> None:
        """Make the place, live until it is to be destroyed, leave nothing behind."""
        try:
            await self._open()
            await self._destroy.wait()
        finally:
            await self._close()
            self.gone.set()

    def post(self, happened: inputs.Input) -> None:
        """Something happened: handle it now, or right after what is being handled."""
        self._inbox.append(happened)
        if self._pumping:
            return
        self._pumping = True
        try:
            while self._inbox:
                for command in self.machine.handle(self._inbox.popleft()):
                    self._do(command)
        except Exception as error:  # noqa: BLE001 - supervision: a bug costs one environment, never the engine
            self._crash(error)
        finally:
            self._pumping = False

    def _crash(self, error: Exception) -> None:
        _log.error("environment %s crashed: this is a bug in lambdatui", self.id, exc_info=error)
        self._inbox.clear()
        self.crashed = f"lambdatui failed: {type(error).__name__}: {error}"
        self._destroy.set()
        self._listener.environment_gone(self, self.crashed)

    # The place

    async def _open(self) -> None:
        spec = SandboxSpec(
            environment_id=self.id,
            interpreter=self.plan.interpreter,
            code_dir=self.plan.code_dir,
            tmp_dir=self.plan.tmp_dir,
            bytecode_dir=self.plan.bytecode_dir,
            private_dirs=self.plan.private_dirs,
        )
        try:
            await self._runtime_api.start()
            self._sandbox = await self._backend.create(spec, self)
        except (SandboxError, OSError) as error:
            # An OSError is a limit of this machine, such as too many open files.
            self._failure = str(error)
            self._publish(PlatformFault(request_id=None, message=self._failure))
            self.post(inputs.SandboxLost(at=self._clock.monotonic(), reason=self._failure))
            return
        self._logs = LogReader(self._sandbox.log_fd, self._function_wrote, lambda: self._bus.congested)
        self.post(inputs.SandboxReady(at=self._clock.monotonic()))

    async def _close(self) -> None:
        for handle in self._timers.values():
            handle.cancel()
        self._scratch.close()
        self._runtime_api.close()
        if self._logs is not None:
            self._logs.close()
        if self._sandbox is not None:
            await self._sandbox.close()
        if self.machine.phase is Phase.SHUTDOWN:
            self.post(inputs.SandboxClosed(at=self._clock.monotonic()))

    # What the sandbox reports

    def runtime_exited(self, happened: RuntimeExit) -> None:
        self._drain(flush=True)
        self.post(
            inputs.RuntimeExited(
                at=self._clock.monotonic(),
                generation=happened.generation,
                exit_code=happened.exit_code,
                signal=happened.signal,
                memory_used_mb=happened.max_rss_mb,
            )
        )

    def processes_gone(self, generation: int) -> None:
        self._drain(writers_gone=True)
        self._runtime_api.drop_connections()
        self.post(inputs.ProcessesGone(at=self._clock.monotonic(), generation=generation))

    def sandbox_lost(self, reason: str) -> None:
        self.post(inputs.SandboxLost(at=self._clock.monotonic(), reason=reason))

    # What the runtime does

    def _runtime_did(self, happened: inputs.Input) -> None:
        """What the handler wrote before this call is in the pipe already: it must precede what follows from it."""
        self._drain(flush=isinstance(happened, inputs.RuntimeCalledNext))
        self.post(happened)

    def _function_wrote(self, lines: tuple[str, ...]) -> None:
        invoke = self.machine.invoke
        # Output of a suppressed init belongs to no request yet, as in CloudWatch: START comes after it.
        request_id = invoke.invocation.request_id if invoke and not invoke.needs_init else None
        self._publish(FunctionLog(request_id=request_id, lines=lines))

    # Commands

    def _do(self, command: do.Command) -> None:
        match command:
            case do.Publish():
                self._publish(command.record)
            case do.AnswerNext():
                self._runtime_api.answer_next(command.token, command.invocation, self._epoch_ms(command.deadline_at))
                self._scratch.look_soon()
            case do.AcceptPost():
                self._runtime_api.accept(command.token)
            case do.RefuseRequest():
                self._runtime_api.refuse(command.token, command.status_code, command.error_type, command.message)
            case do.AnswerCaller():
                self._runtime_api.forget_event()
                self._listener.invoke_answered(command.request_id, command.result)
            case do.ReleaseInvoke():
                self._listener.invoke_released(command.request_id)
            case do.ArmTimer():
                self._arm(command)
            case do.DisarmTimer():
                self._timers.pop(command.timer).cancel()
            case do.AnnounceIdle():
                self._listener.environment_idle(self)
            case do.AnnounceBusy():
                self._listener.environment_busy(self)
            case do.AnnounceGone():
                self._listener.environment_gone(self, self._failure)
            case do.DestroySandbox():
                self._destroy.set()
            case do.SpawnRuntime() | do.Freeze() | do.Thaw() | do.KillProcesses():
                self._command_sandbox(command)
            case _:
                assert_never(command)

    def _command_sandbox(self, command: do.SpawnRuntime | do.Freeze | do.Thaw | do.KillProcesses) -> None:
        if self._sandbox is None:
            raise RuntimeError(f"{command} before environment {self.id} has a place")
        match command:
            case do.SpawnRuntime():
                self._sandbox.start_runtime(self._runtime_spec(self._sandbox, command.generation))
            case do.Freeze():
                self._sandbox.freeze()
            case do.Thaw():
                self._sandbox.thaw()
            case do.KillProcesses():
                self._sandbox.kill_processes()
            case _:
                assert_never(command)

    def _runtime_spec(self, sandbox: Sandbox, generation: int) -> RuntimeSpec:
        function = self.plan.function
        instance = Instance(
            runtime_api=self._runtime_api.address,
            log_group=f"/aws/lambda/{function.name}",
            log_stream=self.plan.log_stream,
        )
        return RuntimeSpec(
            generation=generation,
            environ=runtime_environ(function, instance, sandbox.paths),
        )

    def _arm(self, command: do.ArmTimer) -> None:
        if (old := self._timers.pop(command.timer, None)) is not None:
            old.cancel()
        delay_s = max(0.0, command.due_at - self._clock.monotonic())
        self._timers[command.timer] = asyncio.get_running_loop().call_later(
            delay_s, self._timer_fired, command.timer, command.arm_id
        )

    def _timer_fired(self, timer: Timer, arm_id: int) -> None:
        self._timers.pop(timer, None)
        self._drain(flush=True)
        self.post(
            inputs.TimerFired(
                at=self._clock.monotonic(), timer=timer, arm_id=arm_id, memory_used_mb=self._memory_used_mb()
            )
        )

    # Measuring and telling

    def _memory_used_mb(self) -> int | None:
        """Only an invoke has a memory figure; at other times nothing is measured."""
        if self._sandbox is None or self.machine.phase is not Phase.INVOKE:
            return None
        return self._sandbox.memory_used_mb()

    def _drain(self, *, flush: bool = False, writers_gone: bool = False) -> None:
        if self._logs is not None:
            self._logs.drain(flush=flush, writers_gone=writers_gone)

    def _epoch_ms(self, at: float) -> int:
        return int((self._clock.wall() + (at - self._clock.monotonic())) * 1000)

    def _publish(self, record: Record) -> None:
        self._bus.publish(record, function=self.plan.function.name, environment=self.id)
