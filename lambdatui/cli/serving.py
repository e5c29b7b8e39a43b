"""Runs an engine behind its doors until a signal ends it. SIGTERM and SIGINT end it cleanly; a second one, at once."""

import asyncio
import gc
import os
import signal
import sys

from lambdatui.cli import engine_setup, output
from lambdatui.cli.doors import Doors, opened
from lambdatui.cli.engine_setup import EngineSettings
from lambdatui.model.function import Project

_GARBAGE_THRESHOLDS = (100_000, 10, 10)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve_until_told(
    project: Project, settings: EngineSettings, doors: Doors, *, watch_stdin: bool = False
) -> None:
    """Prints the ready line once callers are answered."""
    told = asyncio.Event()
    _end_on_signals(told)
    if watch_stdin:
        _end_with_stdin(told)
    async with engine_setup.build_engine(project, settings) as engine, opened(doors, engine):
        engine_setup.tell_notices(engine)
        if settings.reload:
            engine.settings.follow_files()
        _collect_garbage_rarely()
        output.line(f"lambdatui ready {doors.url} functions={len(project.functions)}")
        await told.wait()


def _collect_garbage_rarely() -> None:
    """The newest events, some 65 000 small objects without cycles that change all the time, are most of what an engine
    holds: looking through them as often as Python does on its own would hold up one invoke in a hundred for
    milliseconds. A busy engine makes and drops as many, so that it never comes to as many new ones.
    """
    gc.freeze()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)


def _end_on_signals(told: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def end() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
        told.set()

    for number in _SIGNALS:
        loop.add_signal_handler(number, end)


def _end_with_stdin(told: asyncio.Event) -> None:
    """Whoever started this process holds the other end of its stdin, and it closes however they end."""
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()

    def look() -> None:
        if not os.read(descriptor, 4096):
            loop.remove_reader(descriptor)
            told.set()

    loop.add_reader(descriptor, look)
