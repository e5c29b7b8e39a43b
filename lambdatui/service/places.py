"""Where an environment is to run: interpreter, code, /tmp and bytecode of one function, as a plan for a driver."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Function
from lambdatui.model.ids import LATEST, EnvironmentId
from lambdatui.project.code import CodeUnusable, code_dir
from lambdatui.runtimes.interpreters import InterpreterNotFound, UnsupportedRuntime, find_interpreter
from lambdatui.sandbox.protocol import SandboxError
from lambdatui.service.driver import Plan
from lambdatui.service.rendezvous import socket_path
from lambdatui.service.state_dir import StateDir


@dataclass(slots=True)
class Places:
    """Plans for one project."""

    state: StateDir
    project_root: Path
    _found: dict[str, str] = field(default_factory=dict)

    def interpreter(self, function: Function) -> str:
        """Path of the interpreter that runs this function. Raises SandboxError, in words for people.

        What was found is remembered until ``forget``; what was not is looked for again each time.
        """
        if (known := self._found.get(function.runtime)) is not None:
            return known
        try:
            found = find_interpreter(function.runtime, self.project_root).executable
        except (InterpreterNotFound, UnsupportedRuntime) as error:
            raise SandboxError(str(error)) from error
        self._found[function.runtime] = found
        return found

    def forget(self) -> None:
        """The project was read again: its interpreters may have changed with it."""
        self._found.clear()

    def plan(
        self,
        function: Function,
        environment_id: EnvironmentId,
        revision: int,
        *,
        wall_s: float,
        nonce: str,
    ) -> Plan:
        """A place for one new environment. Raises SandboxError."""
        interpreter = self.interpreter(function)
        try:
            code = code_dir(function, self.state.unpacked_code)
        except CodeUnusable as error:
            raise SandboxError(str(error)) from error
        day = time.strftime("%Y/%m/%d", time.gmtime(wall_s))
        return Plan(
            environment_id=environment_id,
            function=function,
            revision=revision,
            interpreter=interpreter,
            code_dir=code,
            tmp_dir=self.state.make_tmp(environment_id),
            bytecode_dir=self.state.bytecode_of(interpreter, code),
            private_dirs=(self.state.root, socket_path(self.project_root).parent),
            log_stream=f"{day}/[{LATEST}]{nonce}",
            # AWS names a build of its own there, such as python:3.12.v18; ours is whatever is installed.
            runtime_version=f"{function.runtime.replace('python', 'python:')}.local",
        )
