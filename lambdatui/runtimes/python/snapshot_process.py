"""A runtime that waits to be restored, and is a snapshot for any number of environments: each gets a fork of it.

It was started with a descriptor on which the engine names environments, by the namespaces that they have. A fork is
born into the process namespace of its environment and enters the others itself; for that alone a snapshot holds two
capabilities of its own user namespace, which are not in effect while user code runs, and which a fork gives up. No
hook of os.fork runs, and nothing is seeded anew: on Lambda, too, what was made before the snapshot is the same in all
that is restored from it.
"""

from __future__ import annotations

import os
import select
import signal
import time

from . import snapshot_content
from .control_channel import ControlChannel
from .powers import linux
from .snapshot_descriptors import NotWholeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional

    from .control_channel import Message
    from .snapshot_descriptors import Anew

_FAILED = 1


class SnapshotProcess:
    """Of one runtime. `log_fd` is where its records go, besides the standard streams; `own_fds` belong to nobody else
    either, and mean nothing in a fork.
    """

    def __init__(self, control_fd: int, log_fd: int, own_fds: List[int]) -> None:
        self._channel = ControlChannel(control_fd)
        self._log_fd = log_fd
        self._own_fds = own_fds
        self._folder = "/"
        self._to_make_anew: List[Anew] = []

    def why_alone(self, api_fd: int) -> str:
        """Why it is for one environment only; empty where it is for all. `api_fd` is the connection that waits."""
        own = {0, 1, 2, self._log_fd, self._channel.fd, api_fd, *self._own_fds}
        try:
            assert linux is not None
            linux.check_sibling_forks()
            self._folder = snapshot_content.folder()
            self._to_make_anew = snapshot_content.to_make_anew(own)
        except (NotWholeError, OSError) as error:
            return "it %s" % error if isinstance(error, NotWholeError) else str(error)
        return ""

    def wait(self, api_fd: int) -> Optional[str]:
        """Returns None when `api_fd` has an answer: this very process goes on; and in a fork the address of its Runtime
        API.
        """
        poll = select.poll()
        poll.register(api_fd, select.POLLIN)
        poll.register(self._channel.fd, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == api_fd:
                    return None
                received = self._channel.receive()
                if received is None:
                    poll.unregister(fd)
                    continue
                for message in received:
                    if message.get("op") == "restore":
                        restored = self._restore(message)
                        if restored is not None:
                            return restored

    def _restore(self, message: Message) -> Optional[str]:
        fds = self._channel.take_fds(len(message["fds"]))
        given = dict(zip(message["fds"], fds))
        pid = -1
        try:
            if len(given) < len(message["fds"]):
                raise OSError("no room for more open files")
            pid = _fork_into(given["pid"], given.get("cgroup"))
        except OSError as error:
            self._channel.send(op="not_restored", id=message["id"], why=str(error))
        if pid == 0:
            return self._become(message, given)
        for fd in fds:
            os.close(fd)
        if pid > 0:
            self._channel.send(op="restored", id=message["id"], pid=pid)
        return None

    def _become(self, message: Message, given: Dict[str, int]) -> str:
        """Nothing of the snapshot's environment is left when this returns, but memory. Does not raise: the connection
        of this process's own would answer for the snapshot.
        """
        try:
            return self._become_other(message, given)
        except BaseException as error:
            os.write(given["log"], b"cannot be restored here: %s\n" % str(error).encode())
        os._exit(_FAILED)

    def _become_other(self, message: Message, given: Dict[str, int]) -> str:
        _enter(given)
        os.chdir(self._folder)
        for fd in (1, 2, self._log_fd):
            os.dup2(given["log"], fd, inheritable=fd != self._log_fd)
        for make_anew in self._to_make_anew:
            make_anew()
        self._channel.send(op="started", id=message["id"], generation=message["generation"])
        differing: Dict[str, str] = message["environ"]
        os.environ.update(differing)
        if "TZ" in differing:
            time.tzset()
        self._channel.close()
        for fd in given.values():
            os.close(fd)
        address: str = message["runtime_api"]
        return address


def _fork_into(pid_namespace: int, cgroup: Optional[int]) -> int:
    """The child is a sibling, so that the first process of this environment, which never stops, learns of its end.

    Raises OSError; then there is no child.
    """
    assert linux is not None
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    pid = -1
    try:
        linux.use_held_capabilities(True)
        linux.setns(pid_namespace, linux.CLONE_NEWPID)
        pid = _fork_alike(cgroup)
    finally:
        try:
            if pid != 0:
                _give_back(own, pid)
        finally:
            os.close(own)
    return pid


def _fork_alike(cgroup: Optional[int]) -> int:
    """With the number of this process, as on Lambda, where the kernel can do that and nobody has it."""
    assert linux is not None
    try:
        pid: int = linux.fork_sibling_quietly(cgroup, os.getpid())
    except OSError:
        pid = linux.fork_sibling_quietly(cgroup)
    return pid


def _give_back(own_namespace: int, pid: int) -> None:
    """What it took to fork. A child that is told of as never made must not be."""
    assert linux is not None
    try:
        linux.setns(own_namespace, linux.CLONE_NEWPID)
    except BaseException:
        if pid > 0:
            os.kill(pid, signal.SIGKILL)
        raise
    finally:
        linux.use_held_capabilities(False)


def _enter(given: Dict[str, int]) -> None:
    assert linux is not None
    linux.setns(given["ipc"], linux.CLONE_NEWIPC)
    if "net" in given:
        linux.setns(given["net"], linux.CLONE_NEWNET)
    # Last: /proc is another one afterwards.
    linux.setns(given["mnt"], linux.CLONE_NEWNS)
    linux.drop_capabilities()
    linux.die_with_parent(signal.SIGKILL)
    linux.set_traceable(True)
    os.setsid()
