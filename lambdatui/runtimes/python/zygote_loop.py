"""The zygote: a warm interpreter that forks the first process of an environment on demand.

With namespaces it is process 1 of its own, inside a root built once (`mount_tree`); whoever kills it ends everything
it ever made. It runs no user code, imports none, and knows nothing of a function but five directories.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys

from . import memory_gaps, runtime_process
from .child_exits import ChildExitWakeup
from .control_channel import ControlChannel
from .environment_init import EnvironmentInit
from .place import Entered, Place
from .powers import GID, UID, Powers, User, in_words, linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Dict, FrozenSet, List, Optional, Union

    from .control_channel import Message
    from .place_mounts import PreparedPlace
    from .runtime_process import RuntimeOrder

    Prepared = Union["_Unmoved", PreparedPlace]


def serve(arguments: List[str], bare: FrozenSet[str]) -> RuntimeOrder:
    """Runs until the engine goes away; returns in a newly forked runtime process, which has only the modules `bare`."""
    channel = ControlChannel(int(arguments[1]))
    lifeline_fd = int(arguments[2])
    namespaced = arguments[3] in ("namespaces", "confined")
    engine_pid = int(arguments[4])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if linux is not None:
        _end_with_engine(engine_pid)
    user = User(None if namespaced else "no namespaces")
    prepare: Callable[[Message], Prepared] = _Unmoved
    if namespaced:
        _or_refuse(channel, lambda: _enter_namespaces(channel, user, confined=arguments[3] == "confined"))
        # The new root does not show these files.
        from .place_mounts import Places

        _or_refuse(channel, lambda: _build_root(os.path.dirname(os.path.abspath(arguments[0])), user, arguments[5:]))
        prepare = Places().prepare
    zygote = Zygote(channel, lifeline_fd, Powers(namespaced, user), prepare)
    runtime_process.prepare(bare)
    if namespaced:
        # The finder of this folder on the host, which is not to be seen any more.
        del sys.meta_path[0]
    return zygote.run()


class Zygote:
    """The loop of the process. Command: create. Reports: ready, ended."""

    def __init__(
        self, channel: ControlChannel, lifeline_fd: int, powers: Powers, prepare: Callable[[Message], Prepared]
    ) -> None:
        self._channel = channel
        self._lifeline_fd = lifeline_fd
        self._powers = powers
        self._prepare = prepare
        self._environments: Dict[int, str] = {}
        self._wakeup = ChildExitWakeup()
        self._own_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY) if powers.namespaced else -1

    def run(self) -> RuntimeOrder:
        if linux is not None:
            linux.drop_capability_bounds()
        gc.collect()
        memory_gaps.fill()
        gc.freeze()
        # Nothing here makes cycles, and a collection in a forked process would copy the memory it looks at.
        gc.disable()
        user = self._powers.user
        self._channel.send(
            op="ready", version=list(sys.version_info[:3]), shared_user=user.shared, closed_user=user.closed
        )
        poll = select.poll()
        poll.register(self._channel.fd, select.POLLIN)
        poll.register(self._wakeup.fd, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == self._wakeup.fd:
                    self._wakeup.clear()
                    self._reap()
                    continue
                for message in self._receive():
                    first_process = self._create(message) if message.get("op") == "create" else None
                    if first_process is not None:
                        return first_process.serve()

    def _receive(self) -> List[Message]:
        messages = self._channel.receive()
        if messages is None:
            os._exit(0)
        return messages

    def _create(self, message: Message) -> Optional[EnvironmentInit]:
        fds = self._channel.take_fds(message["fds"])
        try:
            prepared = self._prepare(message["place"])
            pid = self._fork(bool(message["place"]["own_processes"]))
        except OSError as error:
            self._channel.send(op="ended", id=message["id"], why=str(error))
            pid = -1
        if pid == 0:
            return self._become_init(message["paths"], prepared, fds, bool(message["place"]["runtime_ahead"]))
        for fd in fds:
            os.close(fd)
        if pid > 0:
            self._environments[pid] = message["id"]
        return None

    def _fork(self, own_processes: bool) -> int:
        if linux is None or not self._powers.namespaced or not own_processes:
            return self._fork_in_namespace()
        # A process may ask for a new process namespace for its children only while they would get its own.
        linux.unshare(linux.CLONE_NEWPID)
        pid = -1
        try:
            pid = self._fork_in_namespace()
        finally:
            if pid != 0:
                linux.setns(self._own_namespace, linux.CLONE_NEWPID)
        return pid

    def _fork_in_namespace(self) -> int:
        # An environment's first process uses no threads, no random numbers and no logging: it needs no hooks.
        if linux is not None and self._powers.may_fork_quietly:
            pid: int = linux.fork_quietly()
            return pid
        return os.fork()

    def _become_init(
        self, paths: Dict[str, str], prepared: Prepared, fds: List[int], runtime_ahead: bool
    ) -> EnvironmentInit:
        self._channel.close()
        self._wakeup.replace()
        os.close(self._lifeline_fd)
        if self._own_namespace >= 0:
            os.close(self._own_namespace)
        try:
            entered = prepared.enter()
            self._powers.user.become()
        except OSError as error:
            ControlChannel(fds[0]).send(op="failed", why=in_words(error))
            os._exit(1)
        return EnvironmentInit(Place(paths, self._powers, entered), self._wakeup, fds, runtime_ahead)

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


class _Unmoved:
    """Without namespaces everything is where it is, and may be written there."""

    __slots__ = ()

    def __init__(self, place: Message) -> None:
        pass

    def enter(self) -> Entered:
        return Entered()


def _end_with_engine(engine_pid: int) -> None:
    if linux is not None:
        linux.die_with_parent(signal.SIGKILL)
    if os.getppid() != engine_pid:
        os._exit(1)


def _enter_namespaces(channel: ControlChannel, user: User, confined: bool) -> None:
    """Returns in the child that is process 1 of a new namespace; this process only waits for it.

    If `confined`, all its power is over namespaces of its own, even where this user has power over the machine.
    """
    if linux is None:
        raise OSError("this interpreter was built without ctypes, which namespaces need")
    from . import user_namespace

    try:
        if confined:
            raise PermissionError
        linux.unshare(linux.CLONE_NEWNS)
    except PermissionError:
        user.closed = user_namespace.enter(UID, GID, linux.CLONE_NEWPID)
    else:
        user.prepare()
        linux.unshare(linux.CLONE_NEWPID)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        linux.die_with_parent(signal.SIGKILL)
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


def _or_refuse(channel: ControlChannel, step: Callable[[], None]) -> None:
    """The engine may do without namespaces; with any other failure it can do nothing, so those end in a traceback."""
    try:
        step()
    except OSError as error:
        channel.send(op="refused", why=in_words(error))
        os._exit(1)


def _build_root(folder: str, user: User, shown: List[str]) -> None:
    from . import mount_tree

    mount_tree.build_root(folder, shown, own_user=user.shared is None)
