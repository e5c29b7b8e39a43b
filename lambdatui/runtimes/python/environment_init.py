"""The first process of an environment: starts the runtime, reaps whatever ends, stops and kills on command.

It stays small (one more of it is paid for by every idle environment), believes nothing that it is sent, and outlives
all that user code does. It never runs user code itself: `serve` returns only in the process that is to become the
runtime.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from . import process_tree
from .child_exits import ChildExitWakeup
from .control_channel import ControlChannel
from .runtime_process import RuntimeOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any, Dict, Optional

    from .control_channel import Message
    from .process_tree import ProcessTree


class Powers:
    """What the zygote found out that it and its environments can do here."""

    __slots__ = ("has_linux_controls", "may_fork_quietly", "namespaced")

    def __init__(self, namespaced: bool, has_linux_controls: bool) -> None:
        self.namespaced = namespaced
        self.has_linux_controls = has_linux_controls
        # Site customisation may have started threads, and only the hooks of os.fork know what to do about those.
        self.may_fork_quietly = has_linux_controls and len(os.listdir("/proc/self/task")) == 1


class Place:
    """Where the environment's directories are, as its own processes see them."""

    __slots__ = ("bytecode", "has_linux_controls", "may_fork_quietly", "namespaced", "opt", "runtime_dir", "task_root")

    def __init__(self, paths: Dict[str, str], powers: Powers) -> None:
        self.task_root = paths["task_root"]
        self.opt = paths["opt"]
        self.runtime_dir = paths["runtime_dir"]
        self.bytecode = paths["bytecode"]
        self.namespaced = powers.namespaced
        self.has_linux_controls = powers.has_linux_controls
        self.may_fork_quietly = powers.may_fork_quietly


class EnvironmentInit:
    """The loop of the process. Commands: start, freeze, thaw, kill, close. Reports: started, exited, gone."""

    def __init__(self, place: Place, control: socket.socket, log_fd: int, cgroup_fd: Optional[int]) -> None:
        self._place = place
        self._channel = ControlChannel(control)
        self._log_fd = log_fd
        self._cgroup_fd = cgroup_fd
        self._tree = _tree_for(place)
        self._wakeup = ChildExitWakeup()
        self._runtime_pid = 0
        self._generation = 0
        self._killing = False
        self._closing = False

    def serve(self) -> RuntimeOrder:
        """Runs until the engine closes the place or goes away; returns in a newly forked runtime process."""
        wakeup = self._wakeup
        if self._place.has_linux_controls:
            from . import namespaces

            namespaces.set_traceable(False)
        self._channel.send(op="ready", pid=os.getpid())
        poll = select.poll()
        poll.register(self._channel.socket, select.POLLIN)
        poll.register(wakeup.fd, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == wakeup.fd:
                    wakeup.clear()
                    self._reap()
                    continue
                received = self._channel.receive()
                if received is None:
                    poll.unregister(fd)
                    self._end()
                    continue
                for message in received[0]:
                    order = self._obey(message)
                    if order is not None:
                        return order

    def _obey(self, message: Message) -> Optional[RuntimeOrder]:
        op = message.get("op")
        if op == "start":
            return self._start(message)
        if op == "freeze":
            self._tree.send(signal.SIGSTOP)
        elif op == "thaw":
            self._tree.send(signal.SIGCONT)
        elif op == "kill":
            self._kill()
        elif op == "close":
            self._end()
        return None

    def _start(self, message: Message) -> Optional[RuntimeOrder]:
        generation = message.get("generation")
        if self._runtime_pid or not isinstance(generation, int) or not isinstance(message.get("environ"), dict):
            return None
        self._generation = generation
        try:
            in_cgroup, pid = self._fork()
        except OSError as error:
            os.write(self._log_fd, b"cannot start a process: %s\n" % str(error).encode())
            self._channel.send(op="exited", generation=generation, code=127, max_rss_kb=None)
            return None
        if pid:
            self._runtime_pid = pid
            self._tree.remember(pid)
            return None
        # The engine learns the pid that it can see from the kernel, which vouches for the sender of this message.
        self._channel.send(op="started", generation=generation, pid=os.getpid(), in_cgroup=in_cgroup)
        # Closed now and by name: collected later, they would close descriptors that mean something else by then.
        self._wakeup.close()
        self._channel.close()
        return RuntimeOrder(message, self._place, self._log_fd)

    def _fork(self) -> tuple[bool, int]:
        if not self._place.may_fork_quietly:
            return False, os.fork()
        from . import namespaces

        if self._cgroup_fd is not None:
            try:
                return True, namespaces.fork_quietly_into_cgroup(self._cgroup_fd)
            except OSError:
                os.close(self._cgroup_fd)
                self._cgroup_fd = None
        return False, namespaces.fork_quietly()

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                self._nobody_left()
                return
            if pid == 0:
                break
            if pid == self._runtime_pid:
                self._runtime_pid = 0
                self._channel.send(op="exited", generation=self._generation, **_cause(status), **_memory(usage))
        if self._killing:
            # A process may have forked while the others were being killed.
            self._tree.send(signal.SIGKILL)

    def _kill(self) -> None:
        self._killing = True
        self._tree.send(signal.SIGKILL)
        self._reap()

    def _nobody_left(self) -> None:
        if self._killing:
            self._killing = False
            self._channel.send(op="gone", generation=self._generation)
        if self._closing:
            os._exit(0)

    def _end(self) -> None:
        self._closing = True
        if self._place.namespaced:
            # The kernel kills the rest of the namespace with its first process, and waits until it is gone.
            os._exit(0)
        self._kill()


def _tree_for(place: Place) -> ProcessTree:
    if place.namespaced:
        return process_tree.NamespaceTree()
    if place.has_linux_controls and process_tree.can_list_children():
        from . import namespaces

        namespaces.adopt_orphans()
        return process_tree.DescendantTree()
    return process_tree.GroupTree()


def _cause(status: int) -> Dict[str, int]:
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status)}


def _memory(usage: Any) -> Dict[str, int]:
    return {"max_rss_kb": usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss}
