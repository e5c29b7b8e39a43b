"""Two ways to stop everything an environment runs: its cgroup, or signals."""

import contextlib
import os
import signal
from typing import Protocol

from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.channel import Channel, ChannelClosedError


class Freezer(Protocol):
    def freeze(self) -> None: ...

    def thaw(self) -> None: ...


class CgroupFreezer:
    """The kernel stops and resumes all processes at once; they cannot notice, and new ones are born stopped."""

    def __init__(self, cgroup: EnvironmentCgroup) -> None:
        self._cgroup = cgroup

    def freeze(self) -> None:
        self._cgroup.freeze()

    def thaw(self) -> None:
        self._cgroup.thaw()


class SignalFreezer:
    """SIGSTOP and SIGCONT: to the runtime directly, because that is fast, and through the init process to all the
    others; without ``channel`` to it alone.
    """

    def __init__(self, channel: Channel | None, runtime_pid: int = 0) -> None:
        self._channel = channel
        self._runtime_pid = runtime_pid
        self._frozen = False

    def freeze(self) -> None:
        if not self._frozen:
            self._frozen = True
            self._send("freeze", signal.SIGSTOP)

    def thaw(self) -> None:
        if self._frozen:
            self._frozen = False
            self._send("thaw", signal.SIGCONT)

    def runtime_ended(self) -> None:
        self._runtime_pid = 0

    def _send(self, op: str, number: signal.Signals) -> None:
        if self._channel is not None:
            with contextlib.suppress(ChannelClosedError):
                self._channel.send({"op": op})
        if self._runtime_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._runtime_pid, number)
