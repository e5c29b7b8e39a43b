"""Turn a process forked from a warm interpreter into a function's runtime: nothing of the zygote may show.

After `become_runtime` the process looks as if `python /var/runtime/bootstrap.py` had been started with exactly the
environment variables of the order; it then is that bootstrap. A command in the order is executed instead.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import time

from . import bytecode_cache
from .child_exits import IGNORED_SIGNALS
from .powers import linux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, NoReturn, Optional, Sequence

    from .place import Place

LOG_FD_VARIABLE = "_LAMBDA_TELEMETRY_LOG_FD"
LOG_FD = 3
REPORTS_FD = 4
OPEN_FILES = 1024
_NOT_STARTED = 127
# Descriptors that a zygote and an environment init may have open; what user code opens later is its own affair.
_HIGHEST_INHERITED_FD = 256


class RuntimeOrder:
    """What one start of the runtime was asked to be."""

    __slots__ = ("command", "environ", "log_fd", "place", "reports_fd")

    def __init__(self, message: Dict[str, Any], place: Place, log_fd: int, reports_fd: int) -> None:
        """`reports_fd`: see `bytecode_cache.Reports`; -1 where the runtime writes its bytecode itself."""
        self.environ: Dict[str, str] = message["environ"]
        self.command: Optional[Sequence[str]] = message.get("command")
        self.place = place
        self.log_fd = log_fd
        self.reports_fd = reports_fd


def become_runtime(order: RuntimeOrder, bare: FrozenSet[str]) -> None:
    """Runs the function until it ends; leaves as the bootstrap leaves, so the exit status is the interpreter's own.

    `bare` names the modules that the bootstrap alone would have loaded by now.
    """
    if linux is not None and order.place.powers.may_fork_quietly:
        linux.run_fork_hooks()
    os.setsid()
    _take_descriptors(order.log_fd, order.reports_fd)
    _reset_signals()
    _replace_environ(order.environ)
    os.umask(0o022)
    _limit(order.place)
    if order.command:
        _execute(order.command)
    os.environ[LOG_FD_VARIABLE] = str(LOG_FD)
    _look_like_bootstrap(order)
    gc.enable()
    from . import bootstrap

    _forget_other_modules(bare)
    bootstrap.main()


def _take_descriptors(log_fd: int, reports_fd: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if reports_fd >= 0:
        # Out of the way of the others first.
        os.dup2(reports_fd, _HIGHEST_INHERITED_FD)
    # An earlier generation may have left the shared pipe non-blocking, and prints would then be lost.
    os.set_blocking(log_fd, True)
    for fd in (1, 2, LOG_FD):
        if fd != log_fd:
            os.dup2(log_fd, fd)
    os.set_inheritable(LOG_FD, False)
    os.closerange(LOG_FD + 1, _HIGHEST_INHERITED_FD)
    if reports_fd >= 0:
        os.dup2(_HIGHEST_INHERITED_FD, REPORTS_FD, inheritable=False)
        os.close(_HIGHEST_INHERITED_FD)


def _reset_signals() -> None:
    for number in (*IGNORED_SIGNALS, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _replace_environ(environ: Dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()


def _limit(place: Place) -> None:
    os.chdir(place.task_root)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    # A core file of a function helps nobody here, and collecting one delays the report of the crash.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if linux is not None:
        linux.die_with_parent(signal.SIGKILL)
        linux.drop_capabilities()
        linux.set_traceable(True)


def _execute(command: Sequence[str]) -> NoReturn:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.set_inheritable(LOG_FD, True)
    os.environ[LOG_FD_VARIABLE] = str(LOG_FD)
    try:
        os.execvp(command[0], list(command))
    except OSError as error:
        os.write(2, os.fsencode("%s: %s\n" % (command[0], error.strerror)))
        os._exit(_NOT_STARTED)


def _look_like_bootstrap(order: RuntimeOrder) -> None:
    place = order.place
    script = place.runtime_dir + "/bootstrap.py"
    main_module = type(sys)("__main__")
    main_module.__file__ = script
    sys.modules["__main__"] = main_module
    sys.argv = [script]
    _open_standard_streams()
    added = [
        entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != place.runtime_dir
    ]
    sys.path[:0] = added
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    report = bytecode_cache.Reports(REPORTS_FD).send if order.reports_fd >= 0 else None
    bytecode_cache.install(place.bytecode, (place.task_root + "/", place.opt + "/"), report)


def _forget_other_modules(bare: FrozenSet[str]) -> None:
    """The function may have a `socket.py` of its own, and its import must find that one, not what a zygote needed."""
    for name in [name for name in sys.modules if name not in bare]:
        module = sys.modules.pop(name)
        package, _, last = name.rpartition(".")
        if package in bare and getattr(sys.modules[package], last, None) is module:
            delattr(sys.modules[package], last)


def _open_standard_streams() -> None:
    # The zygote's own streams remember what kind of file they were opened on.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = open(  # type: ignore[misc]
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
    )
