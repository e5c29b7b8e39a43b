"""What a watch costs while nothing changes, and what it does not wait for."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.project import notices
from lambdatui.project.load import load_project
from lambdatui.project.watch import CodeWatch

MakeProject = Callable[[dict[str, str]], Path]

HANDLER = "def handler(event, context):\n    return 1\n"
TEMPLATE = """\
Globals: {Function: {Runtime: python3.12, Handler: app.handler}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one}}
"""


@pytest.fixture
def root(make_project: MakeProject) -> Path:
    return make_project({"template.yaml": TEMPLATE, "one/app.py": HANDLER})


async def test_a_project_to_follow_is_taken_up_while_nothing_changes(root: Path) -> None:
    before = load_project(root)
    (root / "two").mkdir()
    (root / "two/app.py").write_text(HANDLER)
    added = "  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}\n"
    (root / "template.yaml").write_text(TEMPLATE + added)

    with CodeWatch(before) as watch:
        asyncio.get_running_loop().call_soon(watch.follow, load_project(root))
        change = await anext(watch.changes())

    assert change.functions == {"Two"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a thread's wake-ups")
async def test_a_watch_looks_at_most_forty_times_a_second_while_nobody_saves(root: Path) -> None:
    loop = asyncio.get_running_loop()
    with CodeWatch(load_project(root)) as watch:
        others = {thread.native_id for thread in threading.enumerate()}
        await wait_for_nothing(watch, 0.01)
        (watching,) = {thread.native_id for thread in threading.enumerate()} - others
        start_s, before = loop.time(), wakes(watching)
        await wait_for_nothing(watch, 0.5)
        looks, took_s = wakes(watching) - before, loop.time() - start_s

    assert 0 < looks < 40 * took_s + 10  # to begin with, and where it had to wait for the interpreter


async def test_a_watch_that_is_closed_while_it_waits_ends_with_its_next_look(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience_s = 20
    monkeypatch.setattr(notices, "_PATIENCE_MS", patience_s * 1000)
    with CodeWatch(load_project(root)) as watch:
        await wait_for_nothing(watch, 0.05)
        loop = asyncio.get_running_loop()
        before = loop.time()
    assert loop.time() - before < patience_s / 2


async def wait_for_nothing(watch: CodeWatch, how_long_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(how_long_s):
            await anext(watch.changes())


def wakes(thread_id: int | None) -> int:
    status = Path(f"/proc/self/task/{thread_id}/status").read_text()
    return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
