"""The examples for Node.js and for runtimes of one's own, as somebody would try them."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.contract.node.node_process import node, node_major

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NEEDS_NODE = pytest.mark.skipif(node() is None, reason="there is no Node.js on PATH")
COMMAND = str(Path(sys.executable).with_name("lambdatui"))
PATIENCE_S = 30


async def invoke(project: Path, function: str, event: object, *options: str) -> tuple[int | None, str, str]:
    """Exit code, response and log of one `lambdatui invoke`."""
    process = await asyncio.create_subprocess_exec(
        *(COMMAND, "invoke", "-p", str(project), function, "-e", "-", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        response, log = await process.communicate(json.dumps(event).encode())
    return process.returncode, response.decode(), log.decode()


@pytest.fixture
def node_example(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "node-stream", tmp_path / "node-stream"))


@pytest.fixture
def custom_example(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "custom-runtime", tmp_path / "custom-runtime"))


def installed_node() -> tuple[str, ...]:
    return ("--parameter-overrides", f"NodeRuntime=nodejs{node_major()}.x")


@NEEDS_NODE
async def test_greeting_answers_in_one_piece(node_example: Path) -> None:
    code, response, log = await invoke(node_example, "greeting", {"name": "Ada"}, *installed_node())
    assert code == 0, log
    assert json.loads(response)["greeting"] == "Hello, Ada!"
    assert "\tINFO\tgreeting Ada\n" in log


@NEEDS_NODE
async def test_story_is_streamed_after_its_prelude(node_example: Path) -> None:
    code, response, log = await invoke(node_example, "story", {}, *installed_node())
    assert code == 0, log
    prelude, _, story = response.partition("\0" * 8)
    assert json.loads(prelude)["statusCode"] == 200
    assert story.startswith("Once upon a time")
    assert story.endswith("milliseconds.\n")


@NEEDS_NODE
async def test_story_that_breaks_off_is_a_failure(node_example: Path) -> None:
    code, response, log = await invoke(node_example, "story", {"breakOffAfter": 2}, *installed_node())
    assert code == 1, log
    assert json.loads(response)["errorMessage"] == "lost the thread after 2 words"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on PATH")
async def test_shell_runtime_answers_and_fails(custom_example: Path) -> None:
    code, response, log = await invoke(custom_example, "shell", {"text": "to be or not to be"})
    assert (code, json.loads(response)) == (0, {"words": 6}), log
    assert "counted 6 words\n" in log
    code, response, log = await invoke(custom_example, "shell", {})
    assert (code, json.loads(response)["errorMessage"]) == (1, "word_count failed with status 1"), log


@pytest.mark.skipif(shutil.which("go") is None or shutil.which("make") is None, reason="there is no Go, or no make")
async def test_compiled_runtime_answers_and_fails(custom_example: Path) -> None:
    make = await asyncio.create_subprocess_exec("make", "-C", str(custom_example), stdout=asyncio.subprocess.DEVNULL)
    assert await make.wait() == 0
    code, response, log = await invoke(custom_example, "golang", {"text": "to be or not to be"})
    assert (code, json.loads(response)) == (0, {"words": 6, "longest": "not"}), log
    code, response, log = await invoke(custom_example, "golang", {})
    assert (code, json.loads(response)["errorMessage"]) == (1, "the event has no text"), log
