"""Runs a program in a pseudo-terminal, types for it, and writes down what it draws: an asciinema cast, version 2.

Nothing is made up: every byte comes from the program, at the time it came.
"""

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

PATIENCE_S = 60.0
IDLE_LIMIT_S = 3.0


class NothingCame(Exception):
    """The program did not draw what was waited for, or has ended."""


@dataclass(slots=True, kw_only=True)
class Recording:
    """A running program. ``drawn`` is what it has drawn since the last key."""

    process: subprocess.Popen[bytes]
    terminal: int
    cast: TextIO
    began_s: float
    drawn: str = ""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def wait_for(self, text: str) -> None:
        """Until ``text`` has been drawn, in one piece. Raises NothingCame."""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.drawn:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._read(left_s):
                raise NothingCame(f"the program has not shown {text!r}")

    def watch(self, span_s: float) -> None:
        """Go on recording for so long: time to read."""
        deadline = time.monotonic() + span_s
        while (left_s := deadline - time.monotonic()) > 0:
            if not self._read(left_s):
                return

    def type(self, keys: bytes) -> None:
        self.drawn = ""
        os.write(self.terminal, keys)

    def end(self) -> int:
        """The exit code of the program, which has been told to end."""
        while self._read(PATIENCE_S):
            pass
        return self.process.wait(PATIENCE_S)

    def _read(self, limit_s: float) -> bool:
        """Whether the program is still there after at most so long."""
        ready, _, _ = select.select([self.terminal], [], [], limit_s)
        if not ready:
            return True
        try:
            read = os.read(self.terminal, 65536)
        except OSError:  # Linux: the other end has been closed
            return False
        if not read:
            return False
        text = self._decoder.decode(read)
        self.drawn += text
        event = (round(time.monotonic() - self.began_s, 3), "o", text)
        self.cast.write(json.dumps(event, ensure_ascii=False) + "\n")
        return True


def start(command: Sequence[str], cast: TextIO, *, columns: int, rows: int, title: str, recorded_s: int) -> Recording:
    """``recorded_s`` is the time of the recording, for its head."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    head = {"version": 2, "width": columns, "height": rows, "timestamp": recorded_s, "title": title,
            "idle_time_limit": IDLE_LIMIT_S, "env": terminal}  # fmt: skip
    cast.write(json.dumps(head) + "\n")
    left_out = {"NO_COLOR", "COLUMNS", "LINES"}
    environ = {name: value for name, value in os.environ.items() if name not in left_out} | terminal
    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environ, start_new_session=True)
    os.close(inner)
    return Recording(process=process, terminal=outer, cast=cast, began_s=time.monotonic())


def abandon(recording: Recording) -> None:
    """End the program if it has not ended, and let go of its terminal."""
    if recording.process.poll() is None:
        recording.process.terminate()
        try:
            recording.process.wait(5)
        except subprocess.TimeoutExpired:
            recording.process.kill()
            recording.process.wait()
    os.close(recording.terminal)
