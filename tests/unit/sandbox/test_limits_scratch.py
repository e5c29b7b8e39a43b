"""A /tmp of an environment's own is seen from outside from the moment at which its place is ready."""

import os
import sys
import threading
from pathlib import Path

from lambdatui.model.ids import EnvironmentId
from lambdatui.sandbox.process.limits import EngineLimits, EnvironmentLimits
from lambdatui.sandbox.protocol import SandboxSpec


async def test_tmp_is_seen_at_once_also_while_the_limits_of_other_environments_are_in_hand(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside):
        folder.mkdir()
    (inside / "made").write_text("by the handler")
    spec = SandboxSpec(
        environment_id=EnvironmentId("e1"),
        interpreter=sys.executable,
        code_dir=tmp_path,
        tmp_dir=outside,
        bytecode_dir=tmp_path,
    )
    engine, busy = EngineLimits(None, use_cgroups=False), threading.Event()
    engine.in_thread(lambda: _wait(busy))
    limits = EnvironmentLimits(engine, spec, None)
    try:
        limits.ready(os.getpid(), os.open(inside, os.O_PATH))
        assert [path.name for path in outside.iterdir()] == ["made"]
    finally:
        busy.set()
        await limits.close()
        engine.close()


def _wait(event: threading.Event) -> None:
    event.wait()
