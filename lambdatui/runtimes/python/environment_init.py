"""The first process of an environment: starts the runtime, reaps whatever ends, stops and kills on command.

It stays small (one more of it is paid for by every idle environment), believes nothing that it is sent, and outlives
all that user code does. It never runs user code itself: `serve` returns only in the process that is to become the
runtime.
"""

from __future__ import annotations

import errno
import os
import resource
import select
import signal
import sys

from . import bytecode_writer, network, process_tree, runtime_process
from .control_channel import ControlChannel
from .extension_processes import ExtensionProcesses, is_complete, signal_group
from .powers import linux
from .runtime_ahead import RuntimeAhead, awaited_order
from .runtime_process import RuntimeOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Dict, NoReturn, Optional

    from .child_exits import ChildExitWakeup
    from .control_channel import Message
    from .place import Place
    from .process_tree import ProcessTree


_LOOK_AGAIN_MS = 2
# As the channel would write it, with less memory that a forked process shares until then.
_STARTED = b'{"op": "started", "generation": %d, "pid": %d, "in_cgroup": %s}\n'
# No process can be made now; that says nothing of whether it could be in the cgroup.
_FULL = (errno.EAGAIN, errno.ENOMEM)


class EnvironmentInit:
    """The loop of the process. Commands: start, start_extension, kill_extension, signal, freeze, thaw, socket, kill,
    close. Reports: started, exited, socket, gone, and those of extensions.
    """

    def __init__(self, place: Place, wakeup: ChildExitWakeup, fds: Sequence[int], runtime_ahead: bool = False) -> None:
        """`fds`: control socket, writing end of the log pipe and, where there is one, the cgroup's directory.
        `runtime_ahead`: the first process that is started here is, in all probability, a bootstrap.
        """
        self._place = place
        self._wakeup = wakeup
        self._channel = ControlChannel(fds[0])
        self._log_fd = fds[1]
        self._cgroup_fd: Optional[int] = fds[2] if len(fds) > 2 else None
        # The first of a process namespace, unless it shares that of its zygote.
        self._is_first = place.powers.namespaced and os.getpid() == 1
        self._tree = _tree_for(self._is_first)
        self._extensions = ExtensionProcesses(place, self._channel)
        self._runtime_pid = 0
        self._ahead: Optional[RuntimeAhead] = None
        self._waiting_pid = 0
        self._generation = 0
        self._killing = False
        self._closing = False
        self._poll = select.poll()
        self._reports_fd = -1
        self._listening = False
        self._writer_pid = 0
        self._wait_ms: Optional[int] = None
        # Elsewhere more would have to be known of it, to end it with the others.
        self._forks_ahead = runtime_ahead and self._is_first

    def serve(self) -> RuntimeOrder:
        """Runs until the engine closes the place or goes away; returns in a newly forked runtime process."""
        wakeup = self._wakeup
        if linux is not None:
            linux.set_traceable(False)
        self._tell_ready()
        if self._forks_ahead:
            order = self._fork_ahead()
            if order is not None:
                return order
        poll = self._poll
        poll.register(self._channel.fd, select.POLLIN)
        poll.register(wakeup.fd, select.POLLIN)
        while True:
            if self._wait_ms is not None:
                self._reap()
            for fd, happened in poll.poll(self._wait_ms):
                if fd == wakeup.fd:
                    wakeup.clear()
                    self._reap()
                    continue
                if fd == self._reports_fd:
                    self._reported(happened)
                    continue
                received = self._channel.receive()
                if received is None:
                    poll.unregister(fd)
                    self._end()
                    continue
                for message in received:
                    order = self._obey(message)
                    if order is not None:
                        return order

    def _tell_ready(self) -> None:
        brought = self._place.for_engine
        self._channel.send_fds(list(brought.values()), op="ready", pid=os.getpid(), brings=list(brought))
        for fd in brought.values():
            os.close(fd)

    def _obey(self, message: Message) -> Optional[RuntimeOrder]:
        op = message.get("op")
        if op == "start":
            return self._start(message)
        if op == "start_extension":
            self._start_extension(message)
        elif op == "kill_extension":
            self._extensions.kill(str(message.get("name")))
        elif op == "signal":
            self._signal_runtime(message.get("signal"))
        elif op == "freeze":
            self._tree.send(signal.SIGSTOP)
        elif op == "thaw":
            self._tree.send(signal.SIGCONT)
        elif op == "socket":
            self._hand_out_socket()
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
        if self._order_ahead(message):
            return None
        self._forget_reports()
        snapshot_fd = self._channel.take_fds(1)[0] if message.get("is_snapshot") else -1
        reports_end = -1 if message.get("command") else self._open_reports()
        try:
            in_cgroup, pid = self._fork()
        except OSError as error:
            self._forget_reports()
            _close(reports_end)
            _close(snapshot_fd)
            os.write(self._log_fd, b"cannot start a process: %s\n" % str(error).encode())
            self._channel.send(op="exited", generation=generation, code=127, max_rss_kb=None)
            return None
        if pid:
            _close(reports_end)
            _close(snapshot_fd)
            self._runtime_pid = pid
            self._tree.remember(pid)
            return None
        self._tell_started(generation, in_cgroup)
        self._wakeup.close()
        runtime_process.start_anew(self._place.powers)
        if message.get("command"):
            return RuntimeOrder(message, self._place, self._log_fd, self._channel.fd)
        self._channel.close()
        return RuntimeOrder(message, self._place, self._log_fd, reports_end, snapshot_fd)

    def _tell_started(self, generation: int, in_cgroup: bool) -> None:
        # The engine learns the pid that it can see from the kernel, which vouches for the sender of this message.
        message = _STARTED % (generation, os.getpid(), b"true" if in_cgroup else b"false")
        try:
            os.write(self._channel.fd, message)
        except OSError:
            # Nobody is left to run for: the end of this process is on its way.
            pass

    # A runtime that only waits for its order

    def _fork_ahead(self) -> Optional[RuntimeOrder]:
        """The order, in the process that has waited for it."""
        reports_end = self._open_reports()
        reader, writer = os.pipe()
        try:
            in_cgroup, pid = self._fork()
        except OSError:
            # It is tried once more when there is an order, and then there is somebody to tell.
            for fd in (reader, writer, reports_end):
                _close(fd)
            return None
        if pid:
            os.close(reader)
            _close(reports_end)
            self._ahead = RuntimeAhead(pid, writer)
            self._waiting_pid = pid
            self._tree.remember(pid)
            return None
        os.close(writer)
        self._wakeup.close()
        runtime_process.start_anew(self._place.powers)
        message = awaited_order(reader)
        self._tell_started(message["generation"], in_cgroup)
        self._channel.close()
        return RuntimeOrder(message, self._place, self._log_fd, reports_end)

    def _order_ahead(self, message: Message) -> bool:
        """Whether a process is there that obeys."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or not ahead.give(message):
            return False
        self._runtime_pid, self._waiting_pid = ahead.pid, 0
        return True

    def _start_extension(self, message: Message) -> None:
        (log_fd,) = self._channel.take_fds(1)
        if is_complete(message):
            self._generation = message["generation"]
            try:
                _, pid = self._fork()
            except OSError as error:
                self._extensions.not_started(message, error)
            else:
                if pid == 0:
                    self._extensions.become(message, log_fd)
                self._extensions.started(pid, message)
                self._tree.remember(pid)
        os.close(log_fd)

    def _hand_out_socket(self) -> None:
        try:
            fd = network.stream_socket()
        except OSError as error:
            self._channel.send(op="no_socket", why=str(error))
            return
        self._channel.send_fds([fd], op="socket")
        os.close(fd)

    def _signal_runtime(self, number: object) -> None:
        if self._runtime_pid and isinstance(number, int):
            signal_group(self._runtime_pid, number)
        elif self._place.is_restored and isinstance(number, int):
            # It is another process's child, and there is nobody else.
            self._tree.send(number)

    def _fork(self) -> tuple[bool, int]:
        if linux is not None and self._place.powers.may_fork_quietly and self._cgroup_fd is not None:
            try:
                return True, linux.fork_quietly_into_cgroup(self._cgroup_fd)
            except OSError as error:
                if error.errno in _FULL:
                    raise
                os.close(self._cgroup_fd)
                self._cgroup_fd = None
        return False, self._fork_beside()

    def _fork_beside(self) -> int:
        """A child that is not in the cgroup, which is for what user code starts."""
        if linux is not None and self._place.powers.may_fork_quietly:
            pid: int = linux.fork_quietly()
            return pid
        return os.fork()

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = _wait()
            except ChildProcessError:
                self._nobody_left()
                return
            if pid == 0:
                break
            if pid == self._runtime_pid:
                self._runtime_pid = 0
                self._channel.send(op="exited", generation=self._generation, **_cause(status), **_memory(usage))
            elif pid == self._writer_pid:
                self._writer_ended(status)
            elif pid == self._waiting_pid:
                self._waiting_pid = 0
            elif not self._extensions.ended(pid, _cause(status)):
                # What was restored in another environment is a child of this process, if it is no orphan.
                self._channel.send(op="restored_exited", pid=pid, **_cause(status), **_memory(usage))
        if self._killing:
            # A process may have forked while the others were being killed.
            self._tree.send(signal.SIGKILL)

    # What the runtime had to compile. Its reports are read by a process that is forked when there are some.

    def _open_reports(self) -> int:
        """The end for the next runtime; -1 where that one writes bytecode itself."""
        if self._place.bytecode_fd < 0:
            return -1
        self._reports_fd, end = os.pipe()
        os.set_blocking(self._reports_fd, False)
        os.set_blocking(end, False)
        self._listen(True)
        return end

    def _listen(self, listening: bool) -> None:
        """The end is never closed while the runtime lives: its next report would be met by a SIGPIPE."""
        if listening != self._listening:
            self._listening = listening
            if listening:
                self._poll.register(self._reports_fd, select.POLLIN)
            else:
                self._poll.unregister(self._reports_fd)

    def _reported(self, happened: int) -> None:
        self._listen(False)
        if not happened & select.POLLIN:
            return
        try:
            pid = self._fork_beside()
        except OSError:
            return
        if pid == 0:
            self._become_writer()
        self._writer_pid = pid

    def _become_writer(self) -> NoReturn:
        status = 1
        try:
            bytecode_writer.write_reported(self._reports_fd, self._place.bytecode_fd)
            status = 0
        finally:
            os._exit(status)

    def _writer_ended(self, status: int) -> None:
        self._writer_pid = 0
        # Else user code has ended it, or the compiler fell: there is no use in trying again.
        if status == 0:
            self._listen(True)

    def _forget_reports(self) -> None:
        self._listen(False)
        _close(self._reports_fd)
        self._reports_fd = -1
        self._writer_pid = 0

    def _kill(self) -> None:
        self._killing = True
        self._tree.send(signal.SIGKILL)
        self._reap()

    def _nobody_left(self) -> None:
        if self._killing and self._tree.anybody_else():
            # Not this process's own: who is their parent reaps them any moment.
            self._wait_ms = _LOOK_AGAIN_MS
            return
        self._wait_ms = None
        if self._killing:
            self._killing = False
            self._channel.send(op="gone", generation=self._generation)
        if self._closing:
            os._exit(0)

    def _end(self) -> None:
        self._closing = True
        if self._is_first:
            # The kernel kills the rest of the namespace with its first process, and waits until it is gone.
            os._exit(0)
        self._kill()


def _tree_for(is_first: bool) -> ProcessTree:
    if is_first:
        return process_tree.NamespaceTree()
    if linux is not None and process_tree.can_list_children():
        linux.adopt_orphans()
        return process_tree.DescendantTree()
    return process_tree.GroupTree()


def _wait() -> tuple[int, int, Any]:
    # It imports this module for what it returns, and no runtime forked later may have that. Nor is it to look for it.
    sys.modules["resource"] = resource
    try:
        return os.wait4(-1, os.WNOHANG)
    finally:
        del sys.modules["resource"]


def _close(fd: int) -> None:
    if fd >= 0:
        os.close(fd)


def _cause(status: int) -> Dict[str, int]:
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status)}


def _memory(usage: Any) -> Dict[str, int]:
    return {"max_rss_kb": usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss}
