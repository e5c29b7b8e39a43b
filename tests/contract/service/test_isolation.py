"""What a function can learn of other functions and of its own engine where environments have namespaces."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.sandbox.process import Isolation
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
from tests.support.running import RUNTIME, running, write_project

pytestmark = pytest.mark.namespaces

LOOK = """import os
def handler(event, context):
    return [os.path.exists(path) and os.listdir(path) for path in event]
"""
WRITE = "def handler(event, context):\n    open('/tmp/secret', 'w').write('of another function')\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where environments could see it: not below /tmp, of which each has its own."""
    if (refusal := try_namespaces(RUNTIME_DIR).refusal) is not None:
        pytest.skip(f"no namespaces here: {refusal}")
    with tempfile.TemporaryDirectory(dir=Path.home()) as made:
        yield Path(made)


async def test_state_of_the_engine_and_tmp_of_other_environments_cannot_be_reached(folder: Path) -> None:
    root = write_project(folder, {"look": LOOK, "write": WRITE})
    async with running(root, isolation=Isolation.NAMESPACES) as run:
        await run.invoke("write")
        assert secrets_in(folder) != []
        assert await run.result("look", [f"{folder}/.lambdatui"]) == [False]


async def test_state_of_the_engine_is_not_in_the_code_when_that_is_the_whole_project(folder: Path) -> None:
    (folder / "app.py").write_text(LOOK)
    (folder / "lambdatui.toml").write_text(
        f'[functions.look]\nhandler = "app.handler"\ncode_uri = "."\nruntime = "{RUNTIME}"\n'
    )
    async with running(folder, isolation=Isolation.NAMESPACES) as run:
        assert await run.result("look", ["/var/task/.lambdatui"]) == [[]]
        assert "history.db" in os.listdir(folder / ".lambdatui")


def secrets_in(folder: Path) -> list[Path]:
    return list(folder.glob(".lambdatui/environments/*/*/tmp/secret"))
