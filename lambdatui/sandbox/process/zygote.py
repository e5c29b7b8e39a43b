"""The engine's hold on one zygote: start it, ask it for environments, learn when one of them or the zygote itself
ends.
"""

import asyncio
import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message
from lambdatui.sandbox.process.isolation import Isolation
from lambdatui.sandbox.process.namespace_advice import how_to_allow
from lambdatui.sandbox.protocol import SandboxError

START_TIMEOUT_S = 15.0
_LINE = (
    "import sys; exec(compile(open(sys.argv[1], 'rb').read(), "
    "'/var/runtime/zygote.py' if sys.argv[4] == 'namespaces' else sys.argv[1], 'exec'))"
)
"""What the interpreter is to execute; the script itself says why it is not that."""
# Where this program's own interpreter is: scripts of the project's environment name it in their first line.
_OWN_FOLDERS = (sys.prefix, sys.base_prefix)
_END_TIMEOUT_S = 0.2
"""It ends as soon as its connection does, unless it was stopped; there is nothing that it still has to do."""
_MACHINE_IS_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
_SHOWN_OUTPUT_BYTES = 2000
# Without these some interpreters cannot find their own libraries; the runtime does not see them.
_PASSED_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of making namespaces: ``refusal`` is why there are none, with ``advice`` where something can be done,
    ``shared_user`` why functions have the engine's user; each None where it is not so. ``closed_user`` is whether
    functions can make no namespaces.
    """

    refusal: str | None = None
    advice: str | None = None
    shared_user: str | None = None
    closed_user: bool = False

    @classmethod
    def told(cls, ready: Message) -> "Trial":
        """What a zygote says of itself."""
        return cls(shared_user=ready.get("shared_user"), closed_user=bool(ready.get("closed_user")))


def try_namespaces(runtime_dir: Path) -> Trial:
    """Make them with this program's own interpreter, and wait for the answer.

    Raises UnfitInterpreterError when there is none.
    """
    if sys.platform != "linux":
        return Trial(refusal="namespaces exist on Linux only")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [
                *_command(sys.executable, runtime_dir),
                str(theirs.fileno()),
                "2",
                Isolation.NAMESPACES,
                str(os.getpid()),
                *_OWN_FOLDERS,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_minimal_environ(),
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
        theirs.close()
        ours.settimeout(START_TIMEOUT_S)
        with ours.makefile("rb") as lines:
            answer = json.loads(lines.readline() or b"{}")
        ours.close()
        process.wait()
    match answer.get("op"):
        case "ready":
            return Trial.told(answer)
        case "refused":
            return Trial(refusal=str(answer.get("why")), advice=how_to_allow())
    raise UnfitInterpreterError(f"{sys.executable} ended without an answer when it was to make namespaces")


class UnfitInterpreterError(SandboxError):
    """The interpreter can be executed, but ends or hangs before it can serve as a zygote."""


class HangingInterpreterError(UnfitInterpreterError):
    """It was given all the time that there is; another one would take as long."""


class NamespacesRefusedError(SandboxError):
    """The kernel does not allow what namespaces need; the message is the call and its error."""


class Zygote:
    """One warmed interpreter. Environments are known by the id that ``request`` was given."""

    def __init__(self, interpreter: str, isolation: Isolation, runtime_dir: Path, *, confined: bool = False) -> None:
        """Raises SandboxError when the interpreter cannot be executed at all. Follow with ``await
        wait_until_ready()``. ``confined``: with namespaces, and no power over anything but its own.
        """
        loop = asyncio.get_running_loop()
        self.isolation = isolation
        self.found_out = Trial()
        self.alive = True
        self._interpreter = interpreter
        self._ready: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._watchers: dict[str, Callable[[str, bool], None]] = {}
        self._loop = loop
        how = "confined" if confined else isolation.value
        try:
            with contextlib.ExitStack() as kept:
                # Unlinked and seldom written: what site customisation prints, and the traceback of a failed start.
                self._output = kept.enter_context(tempfile.TemporaryFile())
                ours, theirs = map(kept.enter_context, socket.socketpair())
                self._lifeline, lifeline_end = os.pipe()
                kept.callback(os.close, self._lifeline)
                arguments = [str(theirs.fileno()), str(lifeline_end), how, str(os.getpid()), *_OWN_FOLDERS]
                try:
                    self._process = subprocess.Popen(
                        [*_command(interpreter, runtime_dir), *arguments],
                        stdin=subprocess.DEVNULL,
                        stdout=self._output,
                        stderr=subprocess.STDOUT,
                        env=_minimal_environ(),
                        pass_fds=(theirs.fileno(), lifeline_end),
                        start_new_session=True,
                    )
                finally:
                    os.close(lifeline_end)
                    theirs.close()
                kept.pop_all()
        except OSError as error:
            advice = "" if error.errno in _MACHINE_IS_FULL else " Name another interpreter."
            raise SandboxError(f"cannot run {interpreter}: {error.strerror}.{advice}") from error
        self._channel = Channel(ours, self._received, self._disconnected)
        loop.add_reader(self._lifeline, self._process_ended)

    @property
    def ended(self) -> bool:
        return self._ended.done()

    async def wait_until_ready(self) -> None:
        """Raises SandboxError, one of the two above when it knows why. May be awaited by several callers."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await asyncio.shield(self._ready)
        except TimeoutError:
            self._process.kill()
            raise HangingInterpreterError(
                f"{self._interpreter} did not become ready within {START_TIMEOUT_S:.0f} s.{self._shown_output()}"
            ) from None

    def request(
        self,
        environment_id: str,
        message: Mapping[str, object],
        fds: Sequence[int],
        on_end: Callable[[str, bool], None],
    ) -> None:
        """Ask for a first process. ``on_end`` is called once, with a reason and whether the process was seen to end:
        False when the zygote ended first.

        Raises ChannelClosedError when the zygote is gone.
        """
        try:
            self._channel.send({"op": "create", "id": environment_id, "fds": len(fds), **message}, fds)
        except ChannelClosedError:
            # The news of its end has not been read yet.
            self.alive = False
            raise
        self._watchers[environment_id] = on_end

    def ask_to_end(self) -> None:
        """The first half of ``close``: does not wait."""
        self._channel.close()
        self._lose("the zygote was closed")

    async def close(self) -> None:
        """End the zygote and wait for it; with namespaces this ends all its environments. Idempotent."""
        self.ask_to_end()
        try:
            async with asyncio.timeout(_END_TIMEOUT_S):
                await asyncio.shield(self._ended)
        except TimeoutError:
            self._process.kill()
            await asyncio.shield(self._ended)

    def _received(self, message: Message, _sender: int | None) -> None:
        match message.get("op"):
            case "ready":
                self.found_out = Trial.told(message)
                self._settle(None)
            case "refused":
                self._settle(NamespacesRefusedError(str(message.get("why"))))
            case "ended":
                on_end = self._watchers.pop(str(message.get("id")), None)
                if on_end is not None:
                    on_end(_reason(message), True)

    def _disconnected(self) -> None:
        self._settle(UnfitInterpreterError(f"{self._interpreter} ended before it was ready.{self._shown_output()}"))
        self._lose("the zygote it was forked from ended")

    def _process_ended(self) -> None:
        self._loop.remove_reader(self._lifeline)
        os.close(self._lifeline)
        # The descriptor closes a moment before the process can be reaped.
        self._process.wait()
        self._channel.close()
        self._disconnected()
        self._output.close()
        self._ended.set_result(None)

    def _settle(self, error: SandboxError | None) -> None:
        if self._ready.done():
            return
        if error is None:
            self._ready.set_result(None)
            return
        self.alive = False
        self._ready.set_exception(error)
        # Whoever waits gets it; if nobody does, it is no news either.
        self._ready.exception()

    def _lose(self, reason: str) -> None:
        self.alive = False
        watchers, self._watchers = self._watchers, {}
        for on_end in watchers.values():
            on_end(reason, False)

    def _shown_output(self) -> str:
        if self._output.closed:
            return ""
        size = self._output.seek(0, os.SEEK_END)
        self._output.seek(max(0, size - _SHOWN_OUTPUT_BYTES))
        text = self._output.read().decode(errors="replace").strip()
        return f" It printed:\n{text}" if text else ""


def _reason(message: Message) -> str:
    status = message.get("status")
    if not isinstance(status, int):
        return str(message.get("why", "no reason given"))
    code = os.waitstatus_to_exitcode(status)
    return (
        f"its init process was killed by signal {-code}" if code < 0 else f"its init process ended with status {code}"
    )


def _command(interpreter: str, runtime_dir: Path) -> list[str]:
    return [interpreter, "-I", "-c", _LINE, str(runtime_dir / "zygote.py")]


def _minimal_environ() -> dict[str, str]:
    """What the processes of environments show in /proc as their first variables: nothing of the developer's."""
    environ = {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ}
    if sys.platform == "linux":
        environ["LC_CTYPE"] = "C.UTF-8"
    return environ
