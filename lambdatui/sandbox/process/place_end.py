"""The end of one place: asked for, waited for, and brought about by force where nobody obeys.

The first process of a place answers within a millisecond, as long as nobody stops it, traces it or starves it. None of
that may keep a place alive, or keep an engine that stops from ending.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterable

from lambdatui.sandbox.process import limits_processes
from lambdatui.sandbox.process.channel import Channel, ChannelClosedError
from lambdatui.sandbox.process.overdue import Overdue
from lambdatui.sandbox.process.place_parts import PlaceParts
from lambdatui.sandbox.process.process_end import wait_until_ended

ANSWER_TIMEOUT_S = 5.0
"""For an end of all processes that leaves the place; killing its first process too would lose it."""
PATIENCE_S = 0.8
"""For a place that is to be gone: what asks it to end is waited for no longer, nor is what its death leaves."""


class PlaceEnd:
    """Of one place. ``on_end`` is called once, with a reason, when its first process is gone; ``groups`` names the
    leaders of process groups that were started by name.
    """

    def __init__(
        self, parts: PlaceParts, channel: Channel, *, groups: Callable[[], Iterable[int]], on_end: Callable[[str], None]
    ) -> None:
        self._parts = parts
        self._channel = channel
        self._groups = groups
        self._on_end = on_end
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._processes_gone = Overdue(self.kill, ANSWER_TIMEOUT_S)
        self._zygote_gone = False
        self._init_disconnected = False
        self.init_pid: int | None = None
        """Of the first process, as this machine sees it, once it is known."""
        self.is_wanted = False
        """Somebody has asked for the end of the place; nothing that it does is reported any more."""

    def kill_processes(self) -> None:
        """Everything but the first process, which reports when that has happened: then ``processes_are_gone``."""
        self._processes_gone.expect()
        self._wake()
        # A lost init process has been, or will be, reported by itself.
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "kill"})

    def processes_are_gone(self) -> None:
        self._processes_gone.came()

    def ask(self) -> None:
        """For the end of the place; does not wait."""
        self.is_wanted = True
        self._processes_gone.came()
        self._wake()
        with contextlib.suppress(ChannelClosedError):
            self._channel.send({"op": "close"})

    async def wait(self) -> None:
        """Until nothing is left, or nothing more can be done: what the kernel cannot end yet is not waited for."""
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await asyncio.shield(self._ended)
                    break
            self.kill()
        await self._wait_for_strays()

    def init_ended(self, reason: str, reaped: bool) -> None:
        """The zygote has reaped the init process, or (``reaped`` is False) is gone itself and cannot tell any more."""
        if not reaped and not self._parts.namespaced:
            # It goes on without the zygote that forked it; from now on only its connection tells.
            self._zygote_gone = True
            if not self._init_disconnected:
                return
        if self._ended.done():
            return
        self._ended.set_result(None)
        self._processes_gone.came()
        self._on_end(reason)

    def init_disconnected(self) -> None:
        """It is dying. The zygote tells when it has reaped it, if there still is one."""
        self._init_disconnected = True
        if self._zygote_gone:
            self.init_ended("its init process ended", reaped=False)

    def kill(self) -> None:
        """Whatever is known of the place, the first process included."""
        if self._parts.cgroup is not None:
            self._parts.cgroup.kill()
        init_pid = None if self._ended.done() else self.init_pid
        if not self._parts.namespaced:
            for pid in self._groups():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            for pid in [] if init_pid is None else limits_processes.descendants(init_pid):
                _signal(pid, signal.SIGKILL)
        if init_pid is not None:
            _signal(init_pid, signal.SIGKILL)

    def _wake(self) -> None:
        """Of a first process that runs this is not noticed; user code may have stopped it where it can."""
        if self.init_pid is not None and not self._ended.done():
            _signal(self.init_pid, signal.SIGCONT)

    async def _wait_for_strays(self) -> None:
        """Only after user code has killed a plain init process is there anybody left that it did not reap."""
        if self._parts.cgroup is None:
            return
        self._parts.cgroup.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                for pid in self._parts.cgroup.pids():
                    await wait_until_ended(pid)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
