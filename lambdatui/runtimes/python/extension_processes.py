"""External extensions as processes of an environment: started by its first process, told apart by their pids.

Each has a log pipe of its own, which the engine sends along with the order to start it.
"""

from __future__ import annotations

import errno
import os
import signal

from . import program_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, NoReturn, Optional, Tuple

    from .control_channel import ControlChannel, Message
    from .place import Place

_CHANNEL_FD = 3
# What Lambda calls the two ways in which an execution can fail.
_PERMISSION_DENIED = "PermissionDenied"
_UNKNOWN_ERROR = "UnknownError"


class ExtensionProcesses:
    """Which extension runs as which process. Reports: extension_started, extension_exited."""

    __slots__ = ("_channel", "_place", "_running")

    def __init__(self, place: Place, channel: ControlChannel) -> None:
        self._place = place
        self._channel = channel
        self._running: Dict[int, Tuple[str, int]] = {}

    def started(self, pid: int, message: Message) -> None:
        self._running[pid] = message["name"], message["generation"]

    def not_started(self, message: Message, error: OSError) -> None:
        self._channel.send(
            op="extension_exited",
            name=message["name"],
            generation=message["generation"],
            launch_error=_launch_error(error),
            reason=os.strerror(error.errno).lower() if error.errno else str(error),
            hint=_hint(error.errno, self._path(message["name"])),
        )

    def ended(self, pid: int, cause: Dict[str, int]) -> bool:
        """Some process ended; whether it was an extension, of which this tells."""
        if pid not in self._running:
            return False
        name, generation = self._running.pop(pid)
        self._channel.send(op="extension_exited", name=name, generation=generation, **cause)
        return True

    def kill(self, name: str) -> None:
        """With the processes of its group, as Lambda's own supervisor does."""
        for pid, (running, _) in self._running.items():
            if running == name:
                signal_group(pid, signal.SIGKILL)

    def become(self, message: Message, log_fd: int) -> NoReturn:
        """In a newly forked process: execute the file, or report why not and end."""
        self._channel.send(
            op="extension_started", name=message["name"], generation=message["generation"], pid=os.getpid()
        )
        try:
            os.setsid()
            self._keep_only_channel(log_fd)
            program_process.reset_signals()
            program_process.limit("/")
            program_process.execute([self._path(message["name"])], message["environ"])
        except OSError as error:
            self.not_started(message, error)
        finally:
            os._exit(program_process.NOT_FOUND)

    def _path(self, name: str) -> str:
        return "%s/extensions/%s" % (self._place.opt, name)

    def _keep_only_channel(self, log_fd: int) -> None:
        program_process.take_standard_streams(log_fd)
        if self._channel.fd != _CHANNEL_FD:
            os.dup2(self._channel.fd, _CHANNEL_FD)
            self._channel.fd = _CHANNEL_FD
        os.set_inheritable(_CHANNEL_FD, False)
        os.closerange(_CHANNEL_FD + 1, program_process.HIGHEST_INHERITED_FD)


def signal_group(pid: int, number: int) -> None:
    """The group that a child leads, or the child alone while it does not lead one yet. `pid` must not be reaped yet."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        os.kill(pid, number)
    except PermissionError:
        # Where it so happens that only zombies are left in the group.
        pass


def is_complete(message: Message) -> bool:
    """Whether an order to start an extension has all that it needs; its name is a file name, never a path."""
    name = message.get("name")
    return (
        isinstance(name, str)
        and os.path.basename(name) == name
        and name not in ("", ".", "..")
        and isinstance(message.get("generation"), int)
        and isinstance(message.get("environ"), dict)
    )


def _hint(number: Optional[int], path: str) -> str:
    """What of the file keeps it from being executed, for people; nothing where the file says nothing of it."""
    try:
        with open(path, "rb") as file:
            first = file.read(256).split(b"\n")[0]
            executable = os.fstat(file.fileno()).st_mode & 0o111
    except OSError:
        return ""
    if number == errno.EACCES and not executable:
        return "the file is not executable: chmod +x it"
    if not first.startswith(b"#!"):
        return "it has no #! line and is no program for this machine" if number == errno.ENOEXEC else ""
    interpreter = (first[2:].split() or [b""])[0].decode("utf-8", "backslashreplace")
    if first.endswith(b"\r"):
        return "its first line ends in CR LF: save it with LF line ends"
    return "its first line, #!%s, names what cannot be executed here" % interpreter


def _launch_error(error: OSError) -> str:
    return _PERMISSION_DENIED if error.errno in (errno.EACCES, errno.EPERM) else _UNKNOWN_ERROR
