"""Our Python runtime and AWS's own, given the same function and the same events: nobody can tell which is which."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.contract.runtimes.comparison import transcript
from tests.contract.runtimes.init_cases import INIT_CASES
from tests.contract.runtimes.invocation_cases import INVOCATION_CASES
from tests.contract.runtimes.log_cases import LOG_CASES
from tests.contract.runtimes.restore_cases import RESTORE_CASES
from tests.contract.runtimes.runtime_process import Case, official_command, own_command, run_case, write_code


async def _both(case: Case, task_root: Path) -> tuple[list[str], list[str]]:
    write_code(case, task_root)
    own, official = await asyncio.gather(
        run_case(case, own_command(), task_root), run_case(case, official_command(case.handler), task_root)
    )
    return transcript(own, case.dies), transcript(official, case.dies)


@pytest.mark.parametrize("case", INVOCATION_CASES, ids=lambda case: case.name)
async def test_invocation_looks_the_same(case: Case, tmp_path: Path) -> None:
    own, official = await _both(case, tmp_path)
    assert own == official
    assert own[0].endswith("/invocation/next"), "the function was not even initialised"


@pytest.mark.parametrize("case", INIT_CASES, ids=lambda case: case.name)
async def test_initialisation_looks_the_same(case: Case, tmp_path: Path) -> None:
    own, official = await _both(case, tmp_path)
    assert own == official


@pytest.mark.parametrize("case", LOG_CASES, ids=lambda case: case.name)
async def test_log_looks_the_same(case: Case, tmp_path: Path) -> None:
    own, official = await _both(case, tmp_path)
    assert own == official


@pytest.mark.parametrize("case", RESTORE_CASES, ids=lambda case: case.name)
async def test_snapshot_and_restore_look_the_same(case: Case, tmp_path: Path) -> None:
    own, official = await _both(case, tmp_path)
    assert own == official
