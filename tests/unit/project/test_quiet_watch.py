"""What a watch costs while nothing changes, and what it does not wait for."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a process's wake-ups")
async def test_a_watch_looks_at_most_forty_times_a_second_while_nobody_saves(root: Path) -> None:
    import resource

    with CodeWatch(load_project(root)) as watch:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await anext(watch.changes())
        wakes = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - before

    assert wakes < 20 + 10  # of others, such as the loop itself


async def test_a_watch_that_is_closed_while_it_waits_ends_with_its_next_look(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await anext(watch.changes())
        loop = asyncio.get_running_loop()
        before = loop.time()
    assert loop.time() - before < 0.5
