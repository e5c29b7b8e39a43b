"""The contract every backend fulfils: make a place, start a runtime in it, freeze, thaw, kill, measure.

A sandbox decides nothing: it does what the life-cycle machine commands and reports what happened. All methods are
called on the engine's event loop and return at once unless they are ``async``.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lambdatui.model import limits
from lambdatui.model.capability import CapabilityReport
from lambdatui.model.ids import EnvironmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSpec:
    """What a place must hold. ``code_dir`` appears at the task root, read-only where the backend can;
    ``tmp_dir`` is an existing empty host directory that becomes the environment's /tmp;
    ``bytecode_dir`` is a writable host directory for compiled modules of this code. Where READ_ONLY_CODE is enforced
    the handler can read it but not write it: what a later environment executes was compiled from the code by us.
    ``private_dirs`` are host directories that are empty for the handler where READ_ONLY_CODE is enforced.
    ``layers_dir`` holds the merged layers: what appears at /opt, read-only where the backend can.
    ``interpreter`` is the Python that the bootstrap runs on; empty for a function of another language, whose place is
    made by this program's own Python. ``executables`` are host paths of programs that are started in the place: they
    are visible there under the same paths, wherever they are installed.
    ``runtime_dir`` is the host directory that appears at /var/runtime; None is that of the Python bootstrap.
    ``cpu_share`` asks for no more processor time than Lambda gives for ``memory_mb``; else there is all there is.
    ``may_be_restored``: a snapshot will be taken of what runs in it, to be restored in other places if the backend can.
    ``restores``: such a place, whose snapshot is restored in this one; its /tmp is there already.
    ``bootstrap_first``: the first process that is started in it is the Python bootstrap, which may be forked ahead.
    ``network`` False asks for a place without one, as a function in a VPC without NAT has it.
    """

    environment_id: EnvironmentId
    interpreter: str
    code_dir: Path
    tmp_dir: Path
    bytecode_dir: Path
    layers_dir: Path | None = None
    executables: tuple[str, ...] = ()
    runtime_dir: Path | None = None
    private_dirs: tuple[Path, ...] = ()
    memory_mb: int = limits.DEFAULT_MEMORY_MB
    ephemeral_storage_mb: int = limits.DEFAULT_EPHEMERAL_STORAGE_MB
    network: bool = True
    cpu_share: bool = False
    may_be_restored: bool = False
    restores: "Sandbox | None" = None
    bootstrap_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPaths:
    """Where things are as the user's code sees them; the environment variables are made from these."""

    task_root: str
    opt: str
    runtime_dir: str
    tmp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeSpec:
    """One (re)start of the runtime. ``environ`` is complete: nothing else reaches the process.

    ``program`` is what runs, as paths inside the place; None is the Python bootstrap, warm where the backend can.
    ``obeys_wrapper``: a script that AWS_LAMBDA_EXEC_WRAPPER names gets the program as its arguments. False for
    ``provided.*``: there the variable is the bootstrap's own affair.
    ``runtime_api`` is where a restored runtime finds the Runtime API: its variables are those of the snapshot.
    """

    generation: int
    environ: Mapping[str, str]
    program: tuple[str, ...] | None = None
    obeys_wrapper: bool = True
    runtime_api: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionSpec:
    """One start of an external extension: the file ``name`` in /opt/extensions, with / as its working directory.

    ``environ`` is complete.
    """

    generation: int
    name: str
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeExit:
    """The runtime process of ``generation`` ended by itself or was killed. Exactly one of the two is set.

    ``max_rss_mb`` is the peak of that process as the kernel counted it, or None where it was not reported.
    ``out_of_memory``: something of the environment was killed because together they went over its memory.
    ``launch_error``: its program could not be executed, ``/var/task/bootstrap: No such file or directory`` for one.
    """

    generation: int
    exit_code: int | None = None
    signal: int | None = None
    launch_error: str | None = None
    max_rss_mb: int | None = None
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionExit:
    """An external extension ended, or (``launch_error``, such as ``PermissionDenied``) could not be executed at all;
    then ``reason`` is the system's own and ``hint`` says, where it can, what of the file is to be changed.

    Otherwise exactly one of ``exit_code`` and ``signal`` is set. ``out_of_memory`` as in a runtime's exit.
    """

    generation: int
    name: str
    exit_code: int | None = None
    signal: int | None = None
    launch_error: str | None = None
    reason: str = ""
    hint: str = ""
    out_of_memory: bool = False


class SandboxListener(Protocol):
    """Who a sandbox reports to; called on the event loop, never from inside a method of the sandbox."""

    def runtime_exited(self, happened: RuntimeExit) -> None:
        """The runtime process is gone; strays of the same generation may still live until ``kill_processes``."""

    def extension_exited(self, happened: ExtensionExit) -> None:
        """An external extension is gone."""

    def processes_gone(self, generation: int) -> None:
        """After ``kill_processes``: nothing of this environment runs any more (the place itself remains)."""

    def sandbox_lost(self, reason: str) -> None:
        """The place itself is gone (its init process was killed, say); no further call will succeed."""


class Network(Protocol):
    """Of a place that has one of its own: ports are Lambda's, and the same number in two places is two ports."""

    @property
    def runtime_api(self) -> socket.socket:
        """Listens inside, where Lambda's Runtime API does; non-blocking. Closed with the place."""

    @property
    def xray(self) -> socket.socket:
        """Gets datagrams inside, where Lambda's X-Ray daemon does; non-blocking. Closed with the place."""

    async def dial(self, port: int) -> socket.socket:
        """A connected, non-blocking socket to a port of the place's loopback. Raises OSError."""


class Sandbox(Protocol):
    """One place, for one execution environment."""

    @property
    def paths(self) -> SandboxPaths: ...

    @property
    def network(self) -> Network | None:
        """None where the place shares the network of this machine."""

    @property
    def log_fd(self) -> int:
        """Non-blocking read end of the one pipe that carries stdout, stderr and framed log records, in order."""

    @property
    def pid(self) -> int | None:
        """Host pid of the current runtime process, once known."""

    @property
    def first_pid(self) -> int | None:
        """Host pid of the process that every other one of the environment descends from, where there is one."""

    @property
    def why_alone(self) -> str:
        """Of a place that ``may_be_restored``: why it cannot be, as far as that is known; else empty."""

    def roles(self) -> Mapping[int, str]:
        """What the processes that were started by name are, by host pid: ``runtime``, ``extension NAME``."""

    def start_runtime(self, spec: RuntimeSpec) -> None:
        """Start the bootstrap. A failure to start is reported as an exit (127), never raised; where the kernel refuses
        to execute a program, with a ``launch_error``."""

    def restore_runtime(self, spec: RuntimeSpec) -> None:
        """In a place that ``restores``: go on as what runs there from now on. A failure is reported as an exit."""

    def start_extension(self, spec: ExtensionSpec) -> None:
        """Execute it. A failure to is reported as an exit with a ``launch_error``, never raised."""

    def extension_log_fd(self, name: str) -> int:
        """Non-blocking read end of the pipe with what extension ``name`` writes. Raises KeyError before its start."""

    def signal_runtime(self, signal: int) -> None:
        """Send ``signal`` to the runtime and its process group, thawed if need be; a no-op where there is none."""

    def kill_extension(self, name: str) -> None:
        """SIGKILL to one external extension; ends in ``extension_exited``. A no-op where it does not run."""

    def freeze(self) -> None:
        """Stop every process of the environment; a no-op where FREEZE is missing."""

    def thaw(self) -> None: ...

    def kill_processes(self) -> None:
        """SIGKILL everything in the environment, keep the place and /tmp; ends in ``processes_gone``."""

    def memory_used_mb(self, runtime_has_same_peak: bool = False) -> int | None:
        """Peak memory of the environment's processes so far, in MB rounded up; None when it cannot be measured. Of
        a runtime that says that its own peak is what it was at the last reading, that one is taken; then the others may
        have been looked at 20 ms ago.
        """

    async def close(self) -> None:
        """Kill everything, wait until it is gone, and release the place. Idempotent. Does not delete ``tmp_dir``."""


class Backend(Protocol):
    """A way to make places on this machine."""

    @property
    def name(self) -> str: ...

    def capabilities(self) -> tuple[CapabilityReport, ...]: ...

    async def prewarm(self, interpreter: str) -> None:
        """Get ready for environments with this interpreter, empty as in the spec. Raises SandboxError."""

    async def create(self, spec: SandboxSpec, listener: SandboxListener) -> Sandbox:
        """Raises SandboxError (message for people) when no place can be made."""

    async def close(self) -> None:
        """End everything this backend ever started; afterwards no process of it is left."""


class SandboxError(Exception):
    """A place could not be made; the message says what was tried and what to do."""
