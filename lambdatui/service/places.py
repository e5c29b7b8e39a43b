"""Where an environment is to run, and what: interpreter, program, code, /tmp and bytecode of a function, as a plan."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.lifecycle.decisions import StartEnvironment
from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST
from lambdatui.model.phase import InitializationType
from lambdatui.project.code import CodeUnusable, code_dir
from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime, find_interpreter
from lambdatui.sandbox.protocol import SandboxError
from lambdatui.service.driver import Driver
from lambdatui.service.plan import Plan
from lambdatui.service.rendezvous import socket_path
from lambdatui.service.state_dir import StateDir


@dataclass(slots=True)
class Places:
    """Plans for one project."""

    state: StateDir
    project_root: Path
    _found: dict[str, str] = field(default_factory=dict)
    _private_dirs: tuple[Path, ...] = ()

    def interpreter(self, function: Function) -> str:
        """Path of what runs this function on this machine, a Python or a Node; empty where the function brings its own
        program. Raises SandboxError, in words for people.

        What was found is remembered until ``forget``; what was not is looked for again each time.
        """
        if (known := self._found.get(function.runtime)) is not None:
            return known
        try:
            found = self._find(function.runtime)
        except (InterpreterNotFound, UnsupportedRuntime) as error:
            raise SandboxError(str(error)) from error
        self._found[function.runtime] = found
        return found

    def python(self, function: Function) -> str:
        """The function's Python; empty where it is of another language. Raises SandboxError."""
        found = self.interpreter(function)
        return found if function.runtime.startswith("python") else ""

    def forget(self) -> None:
        """The project was read again: its interpreters may have changed with it."""
        self._found.clear()

    def plan(
        self, function: Function, start: StartEnvironment, *, wall_s: float, nonce: str, origin: Driver | None = None
    ) -> Plan:
        """A place for one new environment; ``nonce`` is 32 hexadecimal digits, ``origin`` is the environment with the
        snapshot that ``start`` names. Raises SandboxError.
        """
        interpreter = self.python(function)
        try:
            code = code_dir(function, self.state.unpacked_code)
        except CodeUnusable as error:
            raise SandboxError(str(error)) from error
        return Plan(
            environment_id=start.environment_id,
            function=function,
            project_root=self.project_root,
            revision=start.revision,
            interpreter=interpreter,
            code_dir=code,
            layers_into=self.state.root / "layers",
            tmp_dir=self.state.make_tmp(start.environment_id),
            bytecode_dir=self.state.bytecode_of(interpreter, code),
            private_dirs=self._private(),
            log_group=function.logging.log_group or f"/aws/lambda/{function.name}",
            log_stream=_log_stream(function, wall_s, nonce),
            runtime_version=_runtime_version(function.runtime),
            executables=tuple(filter(None, [self.interpreter(function)])),
            runtime_dir=_runtime_dir(function.runtime),
            initialization_type=_initialization_type(function, provisioned=start.provisioned),
            takes_snapshot=start.takes_snapshot,
            restores=None if origin is None else origin.place.sandbox,
            api_of_snapshot=None if origin is None else origin.runtime_api,
        )

    def _private(self) -> tuple[Path, ...]:
        """What no function may see. They are this engine's, and stay where they are as long as it runs."""
        if not self._private_dirs:
            self._private_dirs = (self.state.root, socket_path(self.project_root).parent)
        return self._private_dirs

    def _find(self, runtime: str) -> str:
        if runtime.startswith("provided"):
            return ""
        if runtime.startswith("nodejs"):
            from lambdatui.runtimes.node_programs import find_node

            return find_node(runtime, self.project_root).executable
        return find_interpreter(runtime, self.project_root).executable


def _initialization_type(function: Function, *, provisioned: bool) -> InitializationType:
    if function.snap_start:
        return InitializationType.SNAP_START
    return InitializationType.PROVISIONED_CONCURRENCY if provisioned else InitializationType.ON_DEMAND


def _runtime_dir(runtime: str) -> Path | None:
    if not runtime.startswith("nodejs"):
        return None
    from lambdatui.runtimes.node import RUNTIME_FOLDER

    return RUNTIME_FOLDER


def _log_stream(function: Function, wall_s: float, nonce: str) -> str:
    """In a group of its own a function's streams may lie among others', so they name it."""
    day = time.strftime("%Y/%m/%d", time.gmtime(wall_s))
    if function.logging.log_group is None:
        return f"{day}/[{LATEST}]{nonce}"
    guid = "-".join((nonce[:8], nonce[8:12], nonce[12:16], nonce[16:20], nonce[20:]))
    return f"{day}/{function.name}[{LATEST}][{guid}]"


def _runtime_version(runtime: str) -> str:
    """AWS names a build of its own there, such as python:3.12.v18; ours is whatever is installed."""
    match = re.match(r"([a-z]+)\.?(.*?)(?:\.x)?$", runtime)
    return f"{match[1]}:{match[2]}.local" if match else runtime
