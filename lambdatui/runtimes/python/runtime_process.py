"""Turn a process forked from a warm interpreter into a function's runtime: nothing of the zygote may show.

After `become_runtime` the process looks as if `python /var/runtime/bootstrap.py` had been started with exactly the
environment variables of the order; it then is that bootstrap. A command in the order is executed instead.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from . import bootstrap, bytecode_cache, program_process, runtime_client, snap_start
from .control_channel import ControlChannel
from .memory_growth import MemoryGrowth
from .powers import linux
from .program_process import HIGHEST_INHERITED_FD
from .snapshot_process import SnapshotProcess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, NoReturn, Optional, Sequence

    from .place import Place
    from .powers import Powers

LOG_FD_VARIABLE = "_LAMBDA_TELEMETRY_LOG_FD"
LOG_FD = 3
# Lambda's. Few functions have another.
_TIME_ZONE = ":UTC"
_KEPT_FD = 4
_SNAPSHOT_FD = 5


class RuntimeOrder:
    """What one start of the runtime was asked to be."""

    __slots__ = ("command", "environ", "generation", "kept_fd", "log_fd", "place", "snapshot_fd", "wrapper")

    def __init__(self, message: Dict[str, Any], place: Place, log_fd: int, kept_fd: int, snapshot_fd: int = -1) -> None:
        """`kept_fd`: of a command, the control socket, to say that it cannot be executed. Else see
        `bytecode_cache.Reports`; -1 where the runtime writes its bytecode itself. `snapshot_fd`: see
        `SnapshotProcess`; -1 where nothing is to be restored from it.
        """
        self.generation: int = message["generation"]
        self.environ: Dict[str, str] = message["environ"]
        self.command: Optional[Sequence[str]] = message.get("command")
        self.wrapper: Optional[str] = message.get("wrapper")
        self.place = place
        self.log_fd = log_fd
        self.kept_fd = kept_fd
        self.snapshot_fd = snapshot_fd


def prepare(bare: FrozenSet[str]) -> None:
    """In the zygote, when it has imported all it needs: what every runtime would else do for itself.

    Whoever does it after a fork copies the memory that it thereby writes to. `bare` names the modules that the
    bootstrap alone would have loaded.
    """
    _forget_other_modules(bare)
    bytecode_cache.install()
    runtime_client.memory_growth = MemoryGrowth()
    _open_standard_streams()
    os.environ["TZ"] = _TIME_ZONE
    time.tzset()
    os.environ.clear()


def _forget_other_modules(bare: FrozenSet[str]) -> None:
    """A function may have a `socket.py` of its own, and its import must find that one, not what a zygote needed."""
    for name in [name for name in sys.modules if name not in bare]:
        module = sys.modules.pop(name)
        package, _, last = name.rpartition(".")
        if package in bare and getattr(sys.modules[package], last, None) is module:
            delattr(sys.modules[package], last)


def start_anew(powers: Powers) -> None:
    """The first that a process does that is forked to be a runtime. Nothing of it depends on the order."""
    if linux is not None and powers.may_fork_quietly:
        linux.run_fork_hooks()
    os.setsid()


def become_runtime(order: RuntimeOrder) -> None:
    """After `start_anew`. Runs the function until it ends; leaves as the bootstrap leaves, so the exit status is the
    interpreter's own.
    """
    _take_descriptors(order.log_fd, {_KEPT_FD: order.kept_fd, _SNAPSHOT_FD: order.snapshot_fd})
    program_process.reset_signals()
    _replace_environ(order.environ)
    program_process.limit(order.place.task_root, is_snapshot=order.snapshot_fd >= 0)
    os.environ[LOG_FD_VARIABLE] = str(LOG_FD)
    if order.command:
        _execute(order.command, order.wrapper, order.generation)
    _look_like_bootstrap(order)
    gc.enable()
    bootstrap.main()


def _take_descriptors(log_fd: int, others: Dict[int, int]) -> None:
    """`others`: what is to be which number; -1 is nothing."""
    taken = {number: fd for number, fd in others.items() if fd >= 0}
    for number, fd in taken.items():
        # Out of the way of each other first.
        os.dup2(fd, HIGHEST_INHERITED_FD + number)
    program_process.take_standard_streams(log_fd)
    if log_fd != LOG_FD:
        os.dup2(log_fd, LOG_FD)
    os.set_inheritable(LOG_FD, False)
    os.closerange(LOG_FD + 1, HIGHEST_INHERITED_FD)
    for number in taken:
        os.dup2(HIGHEST_INHERITED_FD + number, number, inheritable=False)
        os.close(HIGHEST_INHERITED_FD + number)


def _replace_environ(environ: Dict[str, str]) -> None:
    # `prepare` has emptied it. Not by its `update`, which asks abstract classes what it was given.
    for name, value in environ.items():
        os.environ[name] = value
    if environ.get("TZ") != _TIME_ZONE:
        time.tzset()
    # What the function allocates may go there.
    environ.clear()


def _execute(command: Sequence[str], wrapper: Optional[str], generation: int) -> NoReturn:
    os.set_inheritable(LOG_FD, True)
    try:
        program_process.execute(program_process.wrapped(wrapper, command) if wrapper else command, os.environ)
    except OSError as error:
        why = "%s: %s" % (wrapper or command[0], error.strerror)
        if wrapper:
            # On Lambda a shell executes it, and says so in the log.
            program_process.give_up(why + "\n", program_process.NOT_FOUND)
        ControlChannel(_KEPT_FD).send(op="not_executed", generation=generation, why=why)
        os._exit(program_process.NOT_FOUND)


def _look_like_bootstrap(order: RuntimeOrder) -> None:
    place = order.place
    script = place.runtime_dir + "/bootstrap.py"
    main_module = type(sys)("__main__")
    main_module.__file__ = script
    sys.modules["__main__"] = main_module
    sys.argv = [script]
    added = [
        entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != place.runtime_dir
    ]
    sys.path[:0] = added
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    report = bytecode_cache.Reports(_KEPT_FD).send if order.kept_fd >= 0 else None
    bytecode_cache.keep_in(place.bytecode, (place.task_root + "/", place.opt + "/"), report)
    if order.snapshot_fd >= 0:
        snap_start.snapshot = SnapshotProcess(_SNAPSHOT_FD, LOG_FD, [_KEPT_FD])


def _open_standard_streams() -> None:
    """Those of a runtime. Streams remember what kind of file they were opened on, so it must be of that kind here."""
    own = [os.dup(fd) for fd in (0, 1, 2)]
    reader, writer = os.pipe()
    program_process.take_standard_streams(writer)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = open(  # type: ignore[misc]
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
    )
    for fd, kept in enumerate(own):
        os.dup2(kept, fd)
    for fd in (*own, reader, writer):
        os.close(fd)
