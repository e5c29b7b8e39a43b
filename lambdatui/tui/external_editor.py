"""The user's own editor, on a piece of text or on a file of the project."""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from lambdatui.tui.calls import Refusal
from lambdatui.tui.editor_commands import EditorCommand, editor_command

NO_EDITOR = Refusal(
    message="no editor is known: neither VISUAL nor EDITOR is set", hint="export EDITOR=vim, or code, nano, hx …"
)


def command_for(file: Path, line: int) -> EditorCommand | Refusal:
    """Opens a file at a line, by the user's own editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    return editor_command(editor, file, line) if editor and editor.strip() else NO_EDITOR


def open_window(command: EditorCommand) -> Refusal | None:
    """An editor with a window of its own: started, and left to itself. Returns why not."""
    if shutil.which(command.arguments[0]) is None:
        return _not_started(command.arguments[0], "there is no such program")
    # The shell ends at once, and whoever it started belongs to nobody: there is nothing to wait for.
    started = ("sh", "-c", '"$@" >/dev/null 2>&1 </dev/null &', "sh", *command.arguments)
    subprocess.run(started, check=False, start_new_session=True)
    return None


def run_in_terminal(command: EditorCommand) -> Refusal | None:
    """Blocks until the editor ends: the caller has handed the terminal over. Returns why it could not."""
    try:
        subprocess.run(command.arguments, check=False)
    except OSError as error:
        return _not_started(command.arguments[0], error.strerror)
    return None


def edit_text(text: str) -> str | Refusal:
    """``text`` after the editor named by VISUAL or EDITOR (else vi) ended. Blocks, as ``run_in_terminal``."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
        file = Path(folder) / "event.json"
        file.write_text(text, encoding="utf-8")
        try:
            ended = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            return _not_started(command[0], error.strerror)
        if ended.returncode != 0:
            return Refusal(message=f"{command[0]} ended with {ended.returncode}; the event is unchanged")
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")


def _not_started(name: str, why: str | None) -> Refusal:
    return Refusal(message=f"cannot start {name}: {why}", hint="set EDITOR to an editor you have")
