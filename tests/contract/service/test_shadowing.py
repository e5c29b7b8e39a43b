"""A function that has modules named like those of the standard library gets its own, as on Lambda."""

import json
from pathlib import Path

import pytest

from lambdatui.runtimes.interpreters import find_interpreter
from lambdatui.sandbox.process import Isolation
from tests.contract.runtimes.init_cases import SHADOWING
from tests.contract.runtimes.runtime_process import own_command, run_case, write_code
from tests.support.running import RUNTIME, running, write_project


@pytest.mark.parametrize("isolation", [Isolation.AUTO, Isolation.PLAIN])
async def test_warm_start_imports_the_functions_modules_like_the_bootstrap_alone(
    tmp_path: Path, isolation: Isolation
) -> None:
    root = write_project(tmp_path, {"function": SHADOWING.source})
    write_code(SHADOWING, root / "function")
    interpreter = find_interpreter(RUNTIME, root).executable
    alone = await run_case(SHADOWING, own_command(interpreter), root / "function")
    async with running(root, isolation=isolation) as run:
        # Site customisation may have loaded some of them before anything of ours ran.
        assert await run.result("function") == json.loads(alone.reports[0].body)
