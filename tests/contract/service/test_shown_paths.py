"""What a function sees of the program that runs it."""

from pathlib import Path

import pytest

from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
from tests.support.running import running, write_project

LOOK = """
import linecache, sys, threading, traceback

def handler(event, context):
    stack = traceback.extract_stack()
    own = [module for name, module in sys.modules.items() if "lambdatui_runtime" in name]
    return {
        "stack": [frame.filename for frame in stack],
        "files": [module.__file__ for module in own if hasattr(module, "__file__")],
        "origins": [module.__spec__.origin for module in own if module.__spec__],
        "source": [frame.line for frame in stack if frame.filename.endswith("invocation_loop.py")],
    }
"""


@pytest.mark.namespaces
async def test_modules_of_the_runtime_are_where_lambdas_are(tmp_path: Path) -> None:
    if (refusal := try_namespaces(RUNTIME_DIR).refusal) is not None:
        pytest.skip(f"no namespaces here: {refusal}")
    async with running(write_project(tmp_path, {"look": LOOK})) as run:
        shown = await run.result("look")
    assert isinstance(shown, dict)
    assert {str(Path(file).parent) for file in shown["files"] + shown["origins"]} == {"/var/runtime"}
    assert {str(Path(file).parent) for file in shown["stack"]} == {".", "/var/runtime", "/var/task"}
    assert all(shown["source"])
