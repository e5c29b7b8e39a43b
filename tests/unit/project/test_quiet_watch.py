"""What ends the wait of a watch, what does not, and what it does where the kernel has nothing more to say."""

import asyncio
import contextlib
import os
import resource
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
  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}
"""


@pytest.fixture
def root(make_project: MakeProject) -> Path:
    files = {"template.yaml": TEMPLATE, "one/app.py": HANDLER, "one/lib/a.py": "", "two/app.py": HANDLER}
    return make_project(files)


def most_kept() -> int:
    """How many changes Linux counts for one who does not ask for them."""
    return int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())


async def test_a_project_to_follow_is_taken_up_while_nothing_changes(root: Path) -> None:
    before = load_project(root)
    (root / "three").mkdir()
    (root / "three/app.py").write_text(HANDLER)
    added = "  Three: {Type: AWS::Serverless::Function, Properties: {CodeUri: three}}\n"
    (root / "template.yaml").write_text(TEMPLATE + added)

    with CodeWatch(before) as watch:
        asyncio.get_running_loop().call_soon(watch.follow, load_project(root))
        change = await anext(watch.changes())

    assert change.functions == {"Three"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere somebody has to look every few milliseconds")
async def test_nothing_wakes_a_watch_while_nothing_changes(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await anext(watch.changes())
        wakes = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - before

    assert wakes < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only inotify's queue has an end")
async def test_more_changes_than_the_kernel_counts_concern_everything(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        for number in range(most_kept() + 1):
            os.utime(root / ("one/app.py", "one/lib/a.py")[number % 2])
        (root / "two/app.py").write_text("x = 1\n")
        change = await anext(watch.changes())

    assert change.functions == {"One", "Two"}
    assert change.config_changed


async def test_files_are_compared_where_the_system_has_no_notices_left(root: Path) -> None:
    with CodeWatch(load_project(root), system=lambda paths, wake: None) as watch:
        (root / "one/new.py").write_text("x = 1\n")
        change = await anext(watch.changes())

    assert watch.polling
    assert change.functions == {"One"}
