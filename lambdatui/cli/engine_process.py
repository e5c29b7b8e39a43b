"""The engine that the terminal UI starts for itself: a child process that never outlives it."""

import asyncio
import subprocess
import sys
from pathlib import Path

from lambdatui.client import EngineClient, EngineUnreachable
from lambdatui.service import rendezvous
from lambdatui.service.state_dir import StateDir

STOP_S = 4.0
"""An engine that was told to end has ended well before."""
_LOG_TAIL_BYTES = 2000


class EngineProcess:
    """``root`` is the project's directory, ``path`` what the user named. ``arguments`` are passed on to ``serve``."""

    def __init__(self, root: Path, path: Path, arguments: tuple[str, ...] = ()) -> None:
        self._root = root
        self._command = [
            sys.executable, "-m", "lambdatui.cli", "serve", str(path.absolute()), "--port", "0",
            "--until-stdin-closes", *arguments,
        ]  # fmt: skip
        self._child: subprocess.Popen[bytes] | None = None
        self._log = StateDir.of_project(root).engine_log

    def start(self) -> None:
        """Unless it runs already. Returns at once: what the engine imports, it imports beside us."""
        if self._child is not None and self._child.poll() is None:
            return
        with self._log.open("ab") as log:
            # Its stdin is the rope it hangs on: however we end, the pipe closes, and the engine ends with us.
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )

    async def connect(self) -> EngineClient:
        """A client of the project's engine, whoever started it; not entered yet. Raises EngineUnreachable."""
        running = rendezvous.find(self._root)
        if running is None:
            self.start()
            await self._ready()
            running = rendezvous.find(self._root)
        if running is None:
            raise EngineUnreachable("the engine does not start", self._last_words())
        return EngineClient.at(running)

    def stop(self) -> None:
        """End the engine if it is ours; one that somebody else started is left alone."""
        child = self._child
        if child is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()

    async def _ready(self) -> None:
        """Until the engine says so, or has ended."""
        child = self._child
        assert child is not None
        assert child.stdout is not None
        loop = asyncio.get_running_loop()
        said = asyncio.Event()
        descriptor = child.stdout.fileno()
        loop.add_reader(descriptor, said.set)
        try:
            await said.wait()
        finally:
            loop.remove_reader(descriptor)

    def _last_words(self) -> str:
        """What the engine wrote before it ended."""
        words = self._log.read_bytes()[-_LOG_TAIL_BYTES:].decode("utf-8", "replace").strip().splitlines()
        return words[-1].strip() if words else f"look into {self._log}"
