"""What layers bring, and what of it the service itself executes: extensions, and the bootstrap of a custom runtime."""

import asyncio
import os
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from lambdatui.sandbox.protocol import SandboxPaths
from lambdatui.service.layers import merge_layers
from lambdatui.service.plan import Plan

_LONGEST_FIRST_LINE = 256
_COMPILED = b"\x7fELF"


class NoEntrypoint(Exception):
    """There is nothing to start as the runtime; the message is the service's."""


async def lay_out_layers(plan: Plan, files: Executor) -> tuple[Path | None, tuple[str, ...]]:
    """The directory for /opt, and the names of the extensions in it. Raises CodeUnusable."""
    layers = plan.function.layers
    if not layers:
        return None, ()
    merge = partial(merge_layers, layers, plan.layers_into, code_dir=plan.code_dir)
    layers_dir = await asyncio.get_running_loop().run_in_executor(files, merge)
    return layers_dir, external_extensions(layers_dir)


def external_extensions(layers_dir: Path) -> tuple[str, ...]:
    """Every entry directly in ``extensions`` that is no directory, by name; whether it can be executed shows later."""
    try:
        with os.scandir(layers_dir / "extensions") as entries:
            return tuple(sorted(entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)))
    except (FileNotFoundError, NotADirectoryError):
        return ()


def custom_bootstrap(code_dir: Path, layers_dir: Path | None, paths: SandboxPaths) -> tuple[str, ...]:
    """The program of a ``provided`` runtime, as a path inside the place. Raises NoEntrypoint."""
    places = [(code_dir, paths.task_root), (layers_dir, paths.opt)]
    for directory, shown_as in places:
        if directory is None or not (directory / "bootstrap").is_file():
            continue
        if not os.access(directory / "bootstrap", os.X_OK):
            raise NoEntrypoint(f"fork/exec {shown_as}/bootstrap: permission denied")
        if (why := _not_executed(directory / "bootstrap")) is not None:
            raise NoEntrypoint(f"fork/exec {shown_as}/bootstrap: {why}")
        return (f"{shown_as}/bootstrap",)
    raise NoEntrypoint("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")


def _not_executed(program: Path) -> str | None:
    """Why no kernel would execute a file, in Go's words as Lambda tells it; None where that shows in the attempt."""
    try:
        with program.open("rb") as file:
            head = file.readline(_LONGEST_FIRST_LINE)
    except PermissionError:
        return None  # A program may be executed by who may not read it.
    if head.startswith(b"#!"):
        words = head[2:].strip(b" \t\n").split()
        # Written on Windows: without an argument, the carriage return is part of the interpreter's name.
        return "no such file or directory" if len(words) == 1 and head.endswith(b"\r\n") else None
    # Text, or nothing at all: a shell would run it, the kernel does not. Other binaries show in the attempt.
    return None if b"\0" in head or head.startswith(_COMPILED) else "exec format error"
