"""Which zygote serves which interpreter, and what was learnt about namespaces on the way."""

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from lambdatui.sandbox.process.isolation import Isolation
from lambdatui.sandbox.process.namespace_advice import how_to_allow
from lambdatui.sandbox.process.zygote import (
    HangingInterpreterError,
    NamespacesRefusedError,
    Trial,
    UnfitInterpreterError,
    Zygote,
    try_namespaces,
)
from lambdatui.sandbox.protocol import SandboxError

_SNAPSHOTS_AT_ONCE = 4
"""Of the interpreters that functions with SnapStart have of their own: a project may have many, all at its start."""

_UNFIT = "its interpreter ends before it is warm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A ready zygote, and whether it is the interpreter that was asked for."""

    zygote: Zygote
    warm: bool
    of_one_snapshot: bool = False


class ZygotePool:
    """One zygote per interpreter, started at the first need and replaced after it ended."""

    def __init__(self, isolation: Isolation, runtime_dir: Path) -> None:
        self._wanted = isolation
        self._runtime_dir = runtime_dir
        self._by_interpreter: dict[str, Zygote] = {}
        self._started: list[Zygote] = []
        self._snapshots_starting = asyncio.Semaphore(_SNAPSHOTS_AT_ONCE)
        self._unfit: set[str] = set()
        self._refusal: str | None = "plain processes were asked for" if isolation is Isolation.PLAIN else None
        self._known = Trial(refusal=self._refusal) if isolation is Isolation.PLAIN else None

    def found_out(self) -> Trial:
        """Tries namespaces out if no zygote has found out yet; that takes about 50 ms."""
        if self._known is None:
            self._known = try_namespaces(self._runtime_dir)
            self._refusal = self._known.refusal
        return self._known

    async def zygote_for(self, interpreter: str) -> Chosen:
        """Raises SandboxError when the interpreter cannot be run, or no zygote at all can serve. Empty: this program's.

        Where the interpreter runs but cannot be a zygote, this program's own one makes the place and executes it there.
        """
        own = sys.executable
        interpreter = interpreter or own
        if interpreter not in self._unfit:
            try:
                return Chosen(zygote=await self._ready_or_second(interpreter), warm=True)
            except UnfitInterpreterError:
                if not own or own == interpreter:
                    raise
                self._unfit.add(interpreter)
        return Chosen(zygote=await self._ready_or_second(own), warm=False)

    async def zygote_for_snapshot(self, interpreter: str) -> Chosen:
        """One of its own for what is restored from one snapshot, to be ended by whoever asks.

        Raises SandboxError, in a few words, where there cannot be one.
        """
        if self._refusal is not None:
            raise SandboxError(f"there are no namespaces: {self._refusal}")
        if interpreter in self._unfit:
            raise SandboxError(_UNFIT)
        async with self._snapshots_starting:
            zygote = Zygote(interpreter, Isolation.NAMESPACES, self._runtime_dir, confined=True)
            self._started = [*(one for one in self._started if not one.ended), zygote]
            try:
                await zygote.wait_until_ready()
            except UnfitInterpreterError:
                raise SandboxError(_UNFIT) from None
            except NamespacesRefusedError as refused:
                raise SandboxError(f"there are no namespaces: {refused}") from None
            except BaseException:
                zygote.ask_to_end()
                raise
        return Chosen(zygote=zygote, warm=True, of_one_snapshot=True)

    async def close(self) -> None:
        await asyncio.gather(*(zygote.close() for zygote in self._started))

    async def _ready_or_second(self, interpreter: str) -> Zygote:
        """Somebody may have killed the first one, which says nothing of the interpreter."""
        try:
            return await self._ready_zygote(interpreter)
        except HangingInterpreterError:
            raise
        except UnfitInterpreterError:
            return await self._ready_zygote(interpreter)

    async def _ready_zygote(self, interpreter: str) -> Zygote:
        zygote = self._running(interpreter)
        try:
            await zygote.wait_until_ready()
        except NamespacesRefusedError as refused:
            self._note_refusal(refused)
            zygote = self._running(interpreter)
            await zygote.wait_until_ready()
        if self._known is None or self._known.refusal is None:
            self._known = replace(zygote.found_out, refusal=self._refusal)
        return zygote

    def _running(self, interpreter: str) -> Zygote:
        zygote = self._by_interpreter.get(interpreter)
        if zygote is None or not zygote.alive:
            isolation = Isolation.NAMESPACES if self._refusal is None else Isolation.PLAIN
            zygote = Zygote(interpreter, isolation, self._runtime_dir)
            self._by_interpreter[interpreter] = zygote
            self._started = [*(one for one in self._started if not one.ended), zygote]
        return zygote

    def _note_refusal(self, refused: NamespacesRefusedError) -> None:
        if self._wanted is Isolation.NAMESPACES:
            raise SandboxError(
                f"namespaces are not allowed here: {refused}. Allow them, or choose plain processes."
            ) from refused
        self._refusal = str(refused)
        self._known = Trial(refusal=self._refusal, advice=how_to_allow())
