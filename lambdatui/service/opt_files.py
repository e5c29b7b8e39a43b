"""What layers bring, and what of it the service itself executes: extensions, and the bootstrap of a custom runtime."""

import asyncio
import os
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from lambdatui.sandbox.protocol import SandboxPaths
from lambdatui.service.layers import merge_layers
from lambdatui.service.plan import Plan


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
        return (f"{shown_as}/bootstrap",)
    raise NoEntrypoint("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")


def fork_exec(failed: str) -> str:
    """``PROGRAM: Why it cannot be executed`` as the service, which is written in Go, tells it."""
    program, _, why = failed.rpartition(": ")
    return f"fork/exec {program}: {why[:1].lower()}{why[1:]}"
