"""The hash of a function's code is told once, a little after its cold start or when the engine stops."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import CodeHashed
from lambdatui.service import code_identity
from lambdatui.service.code_identity import CodeIdentity
from lambdatui.telemetry.bus import Bus


async def test_hash_that_becomes_due_while_the_engine_stops_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, due = asyncio.get_running_loop(), threading.Event()

    def hashed(function: Function) -> str:
        assert due.wait(5)
        return f"hash of {function.name}"

    monkeypatch.setattr(code_identity, "HASH_AFTER_S", 0.01)
    monkeypatch.setattr(code_identity, "code_sha256", hashed)
    bus, spawned = Bus(lambda: 0.0), []
    with ThreadPoolExecutor(1) as files:
        told = CodeIdentity(bus, spawn=lambda name, _: spawned.append(name), files=files, revision_of=lambda _: 1)
        for number, name in enumerate(("first", "second")):
            function = Function(
                name=FunctionName(name), runtime="python3.12", handler="app.handler", code_path=Path(), memory_mb=128
            )
            told.environment_created(EnvironmentId(f"e{number}"), function)
        loop.call_later(0.05, due.set)
        await told.finish()
    assert spawned == []
    assert len([event for event in bus.since(0)[0] if isinstance(event.record, CodeHashed)]) == 2
