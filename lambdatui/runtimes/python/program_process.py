"""Turn a process forked from a warm interpreter into another program: a wrapped runtime, a bootstrap, an extension.

Nothing of the zygote or of the engine is inherited but what is asked for: descriptors, signals, limits, privileges.
"""

from __future__ import annotations

# The C module under `signal`: that one makes members of an enumeration of what was and is set, which copies memory.
import _signal  # type: ignore[import-not-found]
import os
import resource
import signal

from .child_exits import IGNORED_SIGNALS
from .powers import linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn, Tuple

# Descriptors that a zygote and an environment init may have open; what user code opens later is its own affair.
HIGHEST_INHERITED_FD = 256
NOT_FOUND = 127
NOT_EXECUTABLE = 126
# Interpreters ignore these and start other programs so; those are not prepared for it.
_IGNORED_BY_PYTHON = tuple(getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name))
_UNLIMITED = resource.RLIM_INFINITY
# As measured on Lambda. The number of processes is not among them: it counts all processes of the user, outside too.
_LIMITS = (
    (resource.RLIMIT_NOFILE, 1024, 1024),
    (resource.RLIMIT_MEMLOCK, 65536, 65536),
    (resource.RLIMIT_STACK, 8 * 1024 * 1024, _UNLIMITED),
    # Lambda's is the hard limit. A core file of a function helps nobody here, and collecting one delays the report.
    (resource.RLIMIT_CORE, 0, 10_737_418_240),
)


def take_standard_streams(log_fd: int) -> None:
    """No input, both outputs to the log pipe; every other descriptor keeps its number."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if null > 0:
        os.close(null)
    # An earlier generation may have left the shared pipe non-blocking, and prints would then be lost.
    os.set_blocking(log_fd, True)
    for fd in (1, 2):
        os.dup2(log_fd, fd)


def reset_signals() -> None:
    for number in (*IGNORED_SIGNALS, signal.SIGCHLD):
        _signal.signal(number, _signal.SIG_DFL)
    _signal.signal(signal.SIGINT, _signal.default_int_handler)


def limit(folder: str, is_snapshot: bool = False) -> None:
    """Working directory, resource limits, no privileges, and an end with the environment's first process. A snapshot
    keeps what `namespaces.hold_capabilities_for_restores` says.
    """
    os.umask(0o022)
    os.chdir(folder)
    for kind, soft, hard in _LIMITS:
        resource.setrlimit(kind, _within(soft, hard, resource.getrlimit(kind)[1]))
    if linux is not None:
        linux.die_with_parent(signal.SIGKILL)
        if is_snapshot:
            linux.hold_capabilities_for_restores()
        else:
            linux.drop_capabilities()
        linux.set_traceable(True)


def _within(soft: int, hard: int, highest: int) -> Tuple[int, int]:
    if highest != _UNLIMITED:
        hard = highest if hard == _UNLIMITED else min(hard, highest)
    return (soft if hard == _UNLIMITED else min(soft, hard)), hard


def execute(command: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Raises OSError when it cannot be executed. A name without a slash is looked for as a shell does."""
    for number in _IGNORED_BY_PYTHON:
        _signal.signal(number, _signal.SIG_DFL)
    os.execvpe(command[0], list(command), dict(environ))


def wrapped(wrapper: str, command: Sequence[str]) -> Sequence[str]:
    """The command under a wrapper script; or says why not, as Lambda's own bootstrap does, and ends the process."""
    if not os.path.isfile(wrapper):
        give_up("%s: does not exist\n" % wrapper, NOT_FOUND)
    if not os.access(wrapper, os.X_OK):
        give_up("%s: is not an executable\n" % wrapper, NOT_EXECUTABLE)
    return [wrapper, *command]


def give_up(message: str, status: int) -> NoReturn:
    os.write(1, os.fsencode(message))
    os._exit(status)
