"""A real terminal without a window: one tmux session per test, on a server of its own."""

import os
import select
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.support.program import clean_environ

APPEARS_S = 30.0
_LOOK_AGAIN_S = 0.05


class Terminal:
    """80×24 unless told otherwise. ``screen`` is what a person would see now."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", os.devnull]

    def start(
        self, command: list[str], cwd: Path, *, columns: int, rows: int, environ: Mapping[str, str] | None = None
    ) -> None:
        """When the command ends its exit code stays on the screen. As in CI, unless ``environ`` says otherwise."""
        line = f"{shlex.join(command)}; echo exit code $?; exec cat"
        size = ["-x", str(columns), "-y", str(rows)]
        environ = {**clean_environ(), "TERM": "xterm-256color", "CI": "true", **(environ or {})}
        subprocess.run([*self._tmux, "new-session", "-d", *size, "-c", cwd, line], check=True, env=environ, timeout=10)

    def press(self, *keys: str) -> None:
        """Keys by their tmux names; plain letters are themselves."""
        self._run("send-keys", *keys)

    def type(self, text: str) -> None:
        """Text as it stands, spaces and all."""
        self._run("send-keys", "-l", text)

    def resize(self, columns: int, rows: int) -> None:
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    def title(self) -> str:
        """What the program has made the terminal's title."""
        return self._run("display-message", "-p", "#{pane_title}").strip()

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def wait_for(self, *texts: str, within_s: float = APPEARS_S) -> str:
        """The first screen that shows all of ``texts``. A terminal has no event for that: it is looked at."""
        return self._wait(lambda screen: all(text in screen for text in texts), f"{texts} on", within_s)

    def wait_without(self, text: str, within_s: float = APPEARS_S) -> str:
        """The first screen that does not show ``text`` any more."""
        return self._wait(lambda screen: text not in screen, f"{text!r} gone from", within_s)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True, timeout=10)

    def _wait(self, holds: Callable[[str], bool], what: str, within_s: float) -> str:
        deadline = time.monotonic() + within_s
        while not holds(screen := self.screen()):
            assert time.monotonic() < deadline, f"not {what} the screen within {within_s} s:\n{screen}"
            select.select([], [], [], _LOOK_AGAIN_S)
        return screen

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], check=True, capture_output=True, text=True, encoding="utf-8", timeout=10
        )
        return done.stdout


@contextmanager
def terminal(socket: Path) -> Iterator[Terminal]:
    session = Terminal(socket)
    try:
        yield session
    finally:
        session.close()
