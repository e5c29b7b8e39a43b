"""A function with SnapStart, invoked in several environments at once."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase
from lambdatui.project.load import load_project
from tests.support.running import Running, running, write_project

HELD_S = 0.3
"""Long enough for as many invokes at the same time as are sent together."""
HANDLER = """
import os, random, time
from snapshot_restore_py import register_after_restore
%s
def handler(event, context):
    time.sleep(event.get("held_s", 0))
    return %s
"""
FOR_OTHERS = "snapshot for all: others are restored from it"


def snapped(
    root: Path, init: str, answer: str, settings: str = "", **options: Any
) -> AbstractAsyncContextManager[Running]:
    """An engine on one function with SnapStart, on whichever Python runs these tests."""
    write_project(root, {"snapped": HANDLER % (init, answer)}, {"snapped": f"timeout = 10\n{settings}"})
    project = load_project(root)
    functions = tuple(replace(each, snap_start=True) for each in project.functions)
    return running(root, project=replace(project, functions=functions), **options)


async def together(run: Running, count: int = 2, **event: object) -> list[Any]:
    """The answers of so many invokes that run at the same time, and so in as many environments."""
    events: list[Mapping[str, object]] = [{"held_s": HELD_S, **event}] * count
    return list(await asyncio.gather(*(run.result("snapped", each) for each in events)))


def snapshot_words(run: Running) -> list[str]:
    """What was said of snapshots that were taken."""
    phases = run.records(EnvironmentPhase)
    return [record.reason for record in phases if record.phase is Phase.READY and record.reason.startswith("snapshot")]
