"""Our Node.js runtime and AWS's own clients, given the same function and the same events: nobody can tell them apart.

What the official clients do was recorded, because building them takes minutes and a tool chain; where they are built,
they are asked again.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.contract.node.all_cases import ALL_CASES, key_of
from tests.contract.node.comparison import transcript
from tests.contract.node.node_process import Case, Generation, node, node_major, run_case, write_code
from tests.contract.node.official_client import VARIABLE, official_script, recorded

pytestmark = pytest.mark.skipif(node() is None, reason="there is no Node.js on PATH")
CASES = pytest.mark.parametrize(("case", "generation"), ALL_CASES, ids=[key_of(*each) for each in ALL_CASES])


@CASES
async def test_runtime_does_what_the_official_client_was_recorded_to_do(
    case: Case, generation: Generation, tmp_path: Path
) -> None:
    expected = recorded(node_major()).get(key_of(case, generation))
    if expected is None:
        pytest.skip(f"the official client was not recorded on Node.js {node_major()}")
    write_code(case, tmp_path)
    assert transcript(await run_case(case, tmp_path, generation=generation), tmp_path) == expected


@pytest.mark.skipif(official_script(Generation.CALLBACKS) is None, reason=f"{VARIABLE} is not set")
@CASES
async def test_runtime_does_what_the_official_client_does(case: Case, generation: Generation, tmp_path: Path) -> None:
    write_code(case, tmp_path)
    own, official = await asyncio.gather(
        run_case(case, tmp_path, generation=generation),
        run_case(case, tmp_path, generation=generation, script=official_script(generation)),
    )
    assert transcript(own, tmp_path) == transcript(official, tmp_path)
