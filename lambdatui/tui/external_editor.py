"""The user's own editor on a piece of text. Blocks: the caller has handed the terminal over."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from lambdatui.tui.calls import Refusal


def edit_text(text: str) -> str | Refusal:
    """``text`` after the editor named by VISUAL or EDITOR (else vi) ended."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="lambdatui-") as folder:
        file = Path(folder) / "event.json"
        file.write_text(text, encoding="utf-8")
        try:
            ended = subprocess.run([*command, str(file)], check=False)
        except OSError as error:
            return Refusal(
                message=f"cannot start {command[0]}: {error.strerror}", hint="set EDITOR to an editor you have"
            )
        if ended.returncode != 0:
            return Refusal(message=f"{command[0]} ended with {ended.returncode}; the event is unchanged")
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")
