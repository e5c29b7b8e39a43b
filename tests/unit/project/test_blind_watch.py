"""Saves are still noticed where the system has no notices left, and where it names a file that cannot be read out."""

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.project import watch as watching
from lambdatui.project.load import load_project
from lambdatui.project.watch import CodeWatch
from lambdatui.project.watched_tree import WatchedTree

MakeProject = Callable[[dict[str, str]], Path]

HANDLER = "def handler(event, context):\n    return 1\n"
TEMPLATE = """\
Globals: {Function: {Runtime: python3.12, Handler: app.handler}}
Resources:
  One: {Type: AWS::Serverless::Function, Properties: {CodeUri: one}}
  Two: {Type: AWS::Serverless::Function, Properties: {CodeUri: two}}
"""
SAVES_A_FILE = """\
import asyncio, pathlib, sys
from lambdatui.project.load import load_project
from lambdatui.project.watch import CodeWatch

async def main(root):
    with CodeWatch(load_project(root)) as watch:
        (root / "one/new.py").write_text("x = 1")
        change = await anext(watch.changes())
    print("polling" if watch.polling else "notices", *change.functions)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""
NOT_UTF8 = os.fsdecode(b"caf\xe9.py")


@pytest.fixture
def root(make_project: MakeProject) -> Path:
    files = {"template.yaml": TEMPLATE, "one/app.py": HANDLER, "one/lib/a.py": "", "two/app.py": HANDLER}
    return make_project(files)


@pytest.mark.namespaces
@pytest.mark.parametrize(
    ("limit", "left", "how"),
    [
        ("max_inotify_instances", 0, "polling"),
        ("max_inotify_watches", 1, "polling"),
        ("max_inotify_watches", 50, "notices"),
    ],
)
def test_files_are_compared_where_the_kernel_has_no_notices_left(root: Path, limit: str, left: int, how: str) -> None:
    limited = f'echo {left} > /proc/sys/user/{limit}; exec "$@"'  # of a user namespace: nobody else is short of them
    program = [sys.executable, "-c", SAVES_A_FILE, str(root)]

    run = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", limited, "sh", *program],
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == [how, "One"]


async def test_a_save_of_a_file_whose_name_is_not_utf8_is_noticed_and_so_are_those_after_it(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        (root / "one" / NOT_UTF8).write_text("x = 1\n")
        first = await anext(watch.changes())
        (root / "two/app.py").write_text("x = 1\n")
        second = await anext(watch.changes())

    assert root / "one" / NOT_UTF8 in first.files
    assert second.files == (root / "two/app.py",)


async def test_a_save_beside_a_file_whose_name_is_not_utf8_is_not_lost(root: Path) -> None:
    with CodeWatch(load_project(root)) as watch:
        (root / "two/app.py").write_text("x = 1\n")
        (root / "one" / NOT_UTF8).write_text("x = 1\n")
        change = await anext(watch.changes())

    assert change.functions == {"One", "Two"}


async def test_a_file_that_goes_beside_one_whose_name_is_not_utf8_is_noticed(root: Path) -> None:
    (root / "one" / NOT_UTF8).write_text("x = 1\n")

    with CodeWatch(load_project(root)) as watch:
        (root / "two/app.py").unlink()
        (root / "one" / NOT_UTF8).read_text()
        change = await anext(watch.changes())

    assert "Two" in change.functions


@pytest.mark.parametrize("path", ["lambdatui.toml", "three.zip", "two"], ids=["configuration", "zip", "link"])
async def test_what_goes_beside_a_file_whose_name_is_not_utf8_is_named_though_others_changed(
    make_project: MakeProject, path: str
) -> None:
    three = "  Three: {Type: AWS::Serverless::Function, Properties: {CodeUri: three.zip}}\n"
    files = {"one/app.py": HANDLER, "v2/app.py": HANDLER, "lambdatui.toml": ""}
    root = make_project({"template.yaml": TEMPLATE + three, **files})
    (root / "one" / NOT_UTF8).write_text("x = 1\n")
    (root / "two").symlink_to("v2")
    with zipfile.ZipFile(root / "three.zip", "w") as archive:
        archive.writestr("app.py", HANDLER)

    with CodeWatch(load_project(root)) as watch:
        (root / path).unlink()
        (root / "README").write_text("x")
        (root / "one" / NOT_UTF8).read_text()
        change = await anext(watch.changes())

    assert root / path in change.files


async def test_a_module_with_a_handler_that_goes_is_named_though_others_changed(make_project: MakeProject) -> None:
    root = make_project({"app.py": HANDLER.replace("handler", "lambda_handler"), "other.py": ""})
    (root / NOT_UTF8).write_text("x = 1\n")

    with CodeWatch(load_project(root)) as watch:
        (root / "app.py").unlink()
        (root / NOT_UTF8).read_text()
        change = await anext(watch.changes())

    assert root / "app.py" in change.files
    assert change.config_changed


def test_a_file_that_is_dated_in_the_future_is_not_always_new(root: Path) -> None:
    for path in (root / "two/app.py", root / "two"):
        os.utime(path, (2**32, 2**32))

    assert WatchedTree(load_project(root)).changed_within(0) == []


async def test_a_file_that_is_read_all_the_time_keeps_nobody_busy_whatever_its_name(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[WatchedTree] = []

    class CountedTree(WatchedTree):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            looks.append(self)

    loop = asyncio.get_running_loop()
    start_s = loop.time()

    def read_it() -> None:
        (root / "one" / NOT_UTF8).read_text()
        loop.call_soon(read_it)

    monkeypatch.setattr(watching, "WatchedTree", CountedTree)
    (root / "one" / NOT_UTF8).write_text("x = 1\n")
    with CodeWatch(load_project(root)) as watch:
        loop.call_soon(read_it)
        loop.call_later(0.5, (root / "two/new.py").write_text, "x = 1\n")
        async for change in watch.changes():
            if root / "two/new.py" in change.files:
                break
        took_s = loop.time() - start_s

    assert len(looks) <= 2 * (1 + took_s / 0.3)  # two trees to begin with, and for every look
