"""The zygote: a warm interpreter that forks the first process of an environment on demand.

With namespaces it is process 1 of its own, inside a root built once (`mount_tree`); whoever kills it ends everything
it ever made. It runs no user code, imports none, and knows nothing of a function but five directories.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys

from . import environment_init
from .child_exits import ChildExitWakeup
from .control_channel import ControlChannel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Dict, List, Optional

    from .control_channel import Message
    from .runtime_process import RuntimeOrder

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def serve(arguments: List[str]) -> RuntimeOrder:
    """Runs until the engine goes away; returns in a newly forked runtime process."""
    channel = ControlChannel(socket.socket(fileno=int(arguments[1])))
    lifeline_fd = int(arguments[2])
    namespaced = arguments[3] == "namespaces"
    engine_pid = int(arguments[4])
    has_linux_controls = sys.platform == "linux" and _can_call_linux()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if has_linux_controls:
        _end_with_engine(engine_pid)
    if namespaced:
        _or_refuse(channel, _enter_namespaces, channel)
    _warm_up()
    if namespaced:
        _or_refuse(channel, _build_root)
    return Zygote(channel, lifeline_fd, environment_init.Powers(namespaced, has_linux_controls)).run()


class Zygote:
    """The loop of the process. Command: create. Reports: ready, ended."""

    def __init__(self, channel: ControlChannel, lifeline_fd: int, powers: environment_init.Powers) -> None:
        self._channel = channel
        self._lifeline_fd = lifeline_fd
        self._powers = powers
        self._environments: Dict[int, str] = {}
        self._fds: List[int] = []
        self._wakeup = ChildExitWakeup()
        self._own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY) if powers.namespaced else -1

    def run(self) -> RuntimeOrder:
        if self._powers.has_linux_controls:
            from . import namespaces

            namespaces.drop_capability_bounds()
        wakeup = self._wakeup
        gc.collect()
        gc.freeze()
        # Nothing here makes cycles, and a collection in a forked process would copy the memory it looks at.
        gc.disable()
        self._channel.send(op="ready", version=list(sys.version_info[:3]))
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
                    os._exit(0)
                self._fds += received[1]
                for message in received[0]:
                    first_process = self._create(message) if message.get("op") == "create" else None
                    if first_process is not None:
                        return first_process.serve()

    def _create(self, message: Message) -> Optional[environment_init.EnvironmentInit]:
        fds = [self._fds.pop(0) for _ in range(message["fds"])]
        try:
            pid = self._fork()
        except OSError as error:
            self._channel.send(op="ended", id=message["id"], why=str(error))
            pid = -1
        if pid == 0:
            return self._become_init(message, fds)
        for fd in fds:
            os.close(fd)
        if pid > 0:
            self._environments[pid] = message["id"]
        return None

    def _fork(self) -> int:
        if not self._powers.namespaced:
            return self._fork_in_namespace()
        from . import namespaces

        # A process may ask for a new process namespace for its children only while they would get its own.
        namespaces.unshare(namespaces.CLONE_NEWPID)
        pid = -1
        try:
            pid = self._fork_in_namespace()
        finally:
            if pid != 0:
                namespaces.setns(self._own_namespace, namespaces.CLONE_NEWPID)
        return pid

    def _fork_in_namespace(self) -> int:
        if not self._powers.may_fork_quietly:
            return os.fork()
        from . import namespaces

        # An environment's first process uses no threads, no random numbers and no logging.
        return namespaces.fork_quietly()

    def _become_init(self, message: Message, fds: List[int]) -> environment_init.EnvironmentInit:
        self._wakeup.close()
        self._channel.close()
        os.close(self._lifeline_fd)
        control = socket.socket(fileno=fds[0])
        if self._powers.namespaced:
            from . import mount_tree

            os.close(self._own_namespace)
            try:
                mount_tree.enter_place(message["place"])
            except OSError as error:
                ControlChannel(control).send(op="failed", why=str(error))
                os._exit(1)
        place = environment_init.Place(message["paths"], self._powers)
        return environment_init.EnvironmentInit(place, control, fds[1], fds[2] if len(fds) > 2 else None)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            environment_id = self._environments.pop(pid, None)
            if environment_id is not None:
                self._channel.send(op="ended", id=environment_id, status=status)


def _can_call_linux() -> bool:
    try:
        from . import namespaces  # noqa: F401
    except ImportError:
        return False
    return True


def _end_with_engine(engine_pid: int) -> None:
    from . import namespaces

    namespaces.die_with_parent(signal.SIGKILL)
    if os.getppid() != engine_pid:
        os._exit(1)


def _enter_namespaces(channel: ControlChannel) -> None:
    """Returns in the child that is process 1 of a new namespace; this process only waits for it."""
    from . import namespaces

    uid, gid = os.getuid(), os.getgid()
    try:
        namespaces.unshare(namespaces.CLONE_NEWPID)
    except PermissionError:
        namespaces.unshare(namespaces.CLONE_NEWUSER | namespaces.CLONE_NEWPID)
        namespaces.map_own_user(uid, gid)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        namespaces.die_with_parent(signal.SIGKILL)
        os.close(writer)
        # Its parent is outside the namespace, so getppid cannot tell whether it died before the line above.
        if not select.select([reader], [], [], 0)[0]:
            os.close(reader)
            return
        os._exit(1)
    os.close(reader)
    channel.close()
    _, status = os.waitpid(pid, 0)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _or_refuse(channel: ControlChannel, step: Callable[..., None], *arguments: object) -> None:
    """The engine may do without namespaces; with any other failure it can do nothing, so those end in a traceback."""
    try:
        step(*arguments)
    except (ImportError, OSError) as error:
        channel.send(op="refused", why=str(error))
        os._exit(1)


def _build_root() -> None:
    from . import mount_tree

    mount_tree.build_root(_FOLDER)


def _warm_up() -> None:
    from . import bootstrap, runtime_process  # noqa: F401

    bootstrap.load_runtime()
