"""Opens a function's source in the user's editor, at the line that an error blames."""

import asyncio
from typing import Any

from textual.app import App, SuspendNotSupported

from lambdatui.model.function import Function
from lambdatui.tui.calls import Refusal
from lambdatui.tui.external_editor import command_for, open_window, run_in_terminal
from lambdatui.tui.source_places import SourcePlace, failing_line, handler_place, on_this_machine


async def open_source(app: App[Any], function: Function, failure: bytes | None) -> Refusal | None:
    """``failure`` is an error document; without one it is where the handler is defined. Returns why it could not.

    An editor of the terminal has it until it ends; the screen comes back then.
    """
    place = await asyncio.to_thread(_place, function, failure)
    if isinstance(place, Refusal):
        return place
    command = command_for(place.file, place.line)
    if isinstance(command, Refusal):
        return command
    if not command.in_terminal:
        return await asyncio.to_thread(open_window, command)
    try:
        with app.suspend():
            return run_in_terminal(command)
    except SuspendNotSupported:
        return Refusal(message="this terminal cannot hand over to an editor", hint=f"open {place.file}:{place.line}")


def _place(function: Function, failure: bytes | None) -> SourcePlace | Refusal:
    blamed = None if failure is None else failing_line(failure)
    return handler_place(function) if blamed is None else on_this_machine(function, *blamed)
