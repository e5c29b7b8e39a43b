"""A backend with a runtime that only executes the program it is given, and everything that happened to it."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from lambdatui.model.ids import EnvironmentId
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.protocol import ExtensionExit, RuntimeExit, RuntimeSpec, Sandbox, SandboxSpec

TEST_RUNTIME = '''
"""Executes the program in the variable PROGRAM, with the task root on the search path, and nothing else."""
import os
import sys


def load_runtime():
    pass


def main():
    sys.path.insert(0, os.getcwd())
    exec(compile(os.environ.pop("PROGRAM"), "program", "exec"), {"__name__": "program"})


if __name__ == "__main__":
    main()
'''


def make_runtime_dir(folder: Path) -> Path:
    """The real zygote and environment init, around the runtime above."""
    folder.mkdir(parents=True)
    for module in RUNTIME_DIR.glob("*.py"):
        shutil.copy(module, folder / module.name)
    (folder / "bootstrap.py").write_text(TEST_RUNTIME)
    return folder


@dataclass(frozen=True, slots=True)
class Gone:
    generation: int


@dataclass(frozen=True, slots=True)
class Lost:
    reason: str


Happened = RuntimeExit | ExtensionExit | Gone | Lost


@dataclass(slots=True)
class Recorder:
    """Fulfils ``SandboxListener``; ``next`` waits for what happens next."""

    happened: asyncio.Queue[Happened] = field(default_factory=asyncio.Queue)

    def runtime_exited(self, happened: RuntimeExit) -> None:
        self.happened.put_nowait(happened)

    def extension_exited(self, happened: ExtensionExit) -> None:
        self.happened.put_nowait(happened)

    def processes_gone(self, generation: int) -> None:
        self.happened.put_nowait(Gone(generation))

    def sandbox_lost(self, reason: str) -> None:
        self.happened.put_nowait(Lost(reason))

    async def next(self) -> Happened:
        async with asyncio.timeout(20):
            return await self.happened.get()


@dataclass(slots=True)
class StagedEnvironment:
    """One sandbox and the host directories it was made of."""

    sandbox: Sandbox
    recorder: Recorder
    spec: SandboxSpec
    output: asyncio.StreamReader
    transport: asyncio.BaseTransport

    async def execute(self, *program: str, environ: Mapping[str, str] | None = None) -> RuntimeExit:
        """Start any program, and wait for its end."""
        spec = RuntimeSpec(generation=1, environ={"PATH": os.defpath, **(environ or {})}, program=program)
        self.sandbox.start_runtime(spec)
        happened = await self.recorder.next()
        assert isinstance(happened, RuntimeExit), happened
        return happened

    def start(self, program: str, environ: Mapping[str, str] | None = None, generation: int = 1) -> None:
        everything = {"PATH": os.defpath, **(environ or {}), "PROGRAM": program}
        self.sandbox.start_runtime(RuntimeSpec(generation=generation, environ=everything))

    async def run(self, program: str, environ: Mapping[str, str] | None = None, generation: int = 1) -> RuntimeExit:
        """Start the program and wait for its end."""
        self.start(program, environ, generation)
        happened = await self.recorder.next()
        assert isinstance(happened, RuntimeExit), happened
        return happened

    async def line(self) -> str:
        """The next line that was printed; empty after the last."""
        async with asyncio.timeout(20):
            return (await self.output.readline()).decode().rstrip("\n")

    async def kill(self) -> None:
        self.sandbox.kill_processes()
        while not isinstance(await self.recorder.next(), Gone):
            pass


async def read_pipe(fd: int) -> tuple[asyncio.StreamReader, asyncio.BaseTransport]:
    """What comes out of a pipe whose descriptor belongs to somebody else."""
    output = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(os.dup(fd), "rb", 0)
    )
    return output, transport


class Stage:
    """Makes backends and environments below one temporary directory, and ends them."""

    def __init__(self, folder: Path, make_backend: Callable[[Path], ProcessBackend]) -> None:
        self.folder = folder
        self.runtime_dir = make_runtime_dir(folder / "runtime")
        self.backend = make_backend(self.runtime_dir)
        self._environments: list[StagedEnvironment] = []
        self._numbers = itertools.count()

    def spec(self, interpreter: str, layers: Path | None = None) -> SandboxSpec:
        name = f"e{next(self._numbers)}"
        for kind in ("code", "tmp", "bytecode"):
            (self.folder / name / kind).mkdir(parents=True)
        return SandboxSpec(
            environment_id=EnvironmentId(name),
            interpreter=interpreter,
            code_dir=self.folder / name / "code",
            tmp_dir=self.folder / name / "tmp",
            bytecode_dir=self.folder / name / "bytecode",
            layers_dir=layers,
        )

    async def environment(self, spec: SandboxSpec) -> StagedEnvironment:
        recorder = Recorder()
        sandbox = await self.backend.create(spec, recorder)
        output, transport = await read_pipe(sandbox.log_fd)
        environment = StagedEnvironment(sandbox, recorder, spec, output, transport)
        self._environments.append(environment)
        return environment

    async def close(self) -> None:
        await self.backend.close()
        for environment in self._environments:
            environment.transport.close()

    def processes(self) -> list[psutil.Process]:
        """Every process that was forked from a zygote of this stage, wherever it hides."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.runtime_dir) in argument for argument in process.info["cmdline"] or ())
        ]
