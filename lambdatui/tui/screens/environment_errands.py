"""What people take along of an environment, from the workbench and from its own screen."""

from textual.app import App

from lambdatui.tui.calls import Refusal
from lambdatui.tui.sanitise import clean_rows
from lambdatui.tui.screens.dialogs import Reader
from lambdatui.tui.screens.event_errands import Asks


async def copy_test(app: App[object], ask: Asks, environment: str) -> Refusal | None:
    """Its last inputs as a Python test: into the clipboard, and onto the screen."""
    text = await ask(lambda client: client.environment_test(environment))
    if isinstance(text, Refusal):
        return text
    app.copy_to_clipboard(text)
    rows = tuple(((row, "plain"),) for row in clean_rows(text))
    app.push_screen(Reader("Copied: a test of the life-cycle machine", rows, "esc close · paste it under tests/"))
    return None
