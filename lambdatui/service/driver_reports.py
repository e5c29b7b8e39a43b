"""What happened in one environment, as its machine hears of it: behind everything that was written before it.

What a process wrote is in a pipe before its call, or its end, can be noticed; so pipes are read first.
"""

from collections.abc import Callable
from functools import partial

from lambdatui.lifecycle import extension_inputs, inputs
from lambdatui.lifecycle.timers import Timer
from lambdatui.runtime_api.runtime_api import RuntimeApi
from lambdatui.sandbox.protocol import ExtensionExit, RuntimeExit
from lambdatui.service.last_words import after_last_words
from lambdatui.service.process_ends import extension_ended, runtime_ended
from lambdatui.service.process_logs import ProcessLogs


class DriverReports:
    """Fulfils ``SandboxListener``. Of one driver: ``post`` takes an input, ``at`` is now, ``memory_used_mb`` what is
    used now, ``generation`` that of the machine, and ``is_over`` whether nobody cares for processes any more.
    """

    def __init__(
        self,
        logs: ProcessLogs,
        runtime_api: RuntimeApi,
        *,
        post: Callable[[inputs.Input], None],
        at: Callable[[], float],
        memory_used_mb: Callable[[], int | None],
        generation: Callable[[], int],
        is_over: Callable[[], bool],
    ) -> None:
        self._logs = logs
        self._runtime_api = runtime_api
        self._post = post
        self._at = at
        self._memory_used_mb = memory_used_mb
        self._generation = generation
        self._is_over = is_over

    # What the sandbox reports

    def runtime_exited(self, happened: RuntimeExit) -> None:
        after_last_words(partial(self._runtime_ended, happened))

    def extension_exited(self, happened: ExtensionExit) -> None:
        after_last_words(partial(self._extension_ended, happened))

    def processes_gone(self, generation: int) -> None:
        """The machine waits for this after each KillProcesses, and starts nothing meanwhile: it is about that one. The
        place itself may know of no generation yet, where nothing could be started.
        """
        self._logs.drain_all()
        self._runtime_api.drop_connections()
        self._post(inputs.ProcessesGone(at=self._at(), generation=self._generation()))

    def sandbox_lost(self, reason: str) -> None:
        self._logs.drain_all()
        at, memory_used_mb = self._at(), self._memory_used_mb()
        self._post(inputs.SandboxLost(at=at, reason=reason, memory_used_mb=memory_used_mb))

    def _runtime_ended(self, happened: RuntimeExit) -> None:
        if self._is_over():
            return
        self._logs.drain_runtime(flush=True)
        at, memory_used_mb = self._at(), self._memory_used_mb()
        self._post(runtime_ended(happened, at, memory_used_mb))

    def _extension_ended(self, happened: ExtensionExit) -> None:
        if self._is_over():
            return
        self._logs.drain_extensions(flush=True)
        at, memory_used_mb = self._at(), self._memory_used_mb()
        self._post(extension_ended(happened, at, memory_used_mb))

    # What processes, deadlines and people do

    def called(self, happened: inputs.Input) -> None:
        """At the Runtime API."""
        if isinstance(happened, inputs.RuntimeInput):
            self._logs.drain_runtime(flush=isinstance(happened, inputs.RuntimeCalledNext))
        else:
            self._logs.drain_extensions(flush=isinstance(happened, extension_inputs.ExtensionCalledNext))
        self._post(happened)

    def timer_fired(self, timer: Timer, arm_id: int) -> None:
        self._logs.drain_runtime(flush=True)
        at, memory_used_mb = self._at(), self._memory_used_mb()
        self._post(inputs.TimerFired(at=at, timer=timer, arm_id=arm_id, memory_used_mb=memory_used_mb))

    def stop_requested(self, reason: str, *, orderly: bool) -> None:
        self._logs.drain_runtime(flush=True)
        at, memory_used_mb = self._at(), self._memory_used_mb()
        self._post(inputs.StopRequested(at=at, reason=reason, orderly=orderly, memory_used_mb=memory_used_mb))
