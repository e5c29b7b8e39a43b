"""AWS's own Node.js clients, where somebody has built them, and what they did with every case, recorded.

    npm install --prefix DIR/callbacks aws-lambda-ric@3.3.0
    npm install --prefix DIR/promises aws-lambda-ric@4.0.2
    LAMBDATUI_OFFICIAL_NODE_CLIENTS=DIR python -m tests.contract.node.official_client

They need cmake, autoconf, automake, libtool and a C++ compiler. Run as a program, this module makes the recording for
the Node.js on PATH anew; the test of the same name compares with what is built.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import TypedDict

from tests.contract.node.all_cases import ALL_CASES, key_of
from tests.contract.node.comparison import transcript
from tests.contract.node.node_process import Case, Generation, node_major, run_case, write_code

VARIABLE = "LAMBDATUI_OFFICIAL_NODE_CLIENTS"
_FOLDERS = {Generation.CALLBACKS: "callbacks", Generation.PROMISES: "promises"}
_LAUNCHER = Path(__file__).with_suffix(".mjs")
_RECORDED = Path(__file__).with_name("official_transcripts.json")


class _Variant(TypedDict):
    """What the official client did in one case, under these major versions of Node.js."""

    majors: list[int]
    lines: list[str]


def official_script(generation: Generation) -> tuple[str, ...] | None:
    """What to run instead of our entry point; None where that client is not built."""
    if VARIABLE not in os.environ:
        return None
    package = Path(os.environ[VARIABLE]) / _FOLDERS[generation] / "node_modules" / "aws-lambda-ric"
    if generation is Generation.CALLBACKS:
        return (str(_LAUNCHER), str(package / "dist" / "index.mjs"))
    return (str(package / "index.mjs"),)


def recorded(major: int) -> dict[str, list[str]]:
    """Transcripts by case, of the official clients on Node.js ``major``; empty where nobody has recorded them."""
    return {
        key: variant["lines"]
        for key, variants in _recording().items()
        for variant in variants
        if major in variant["majors"]
    }


def _recording() -> dict[str, list[_Variant]]:
    if not _RECORDED.exists():
        return {}
    recording: dict[str, list[_Variant]] = json.loads(_RECORDED.read_text(encoding="utf-8"))
    return recording


async def _record() -> None:
    major = node_major()
    before = _recording()
    recording = {}
    for case, generation in ALL_CASES:
        key = key_of(case, generation)
        recording[key] = _with(before.get(key, []), major, await _observed(case, generation))
    text = json.dumps(recording, ensure_ascii=False, indent=1)
    _RECORDED.write_text(text + "\n", encoding="utf-8")


def _with(variants: list[_Variant], major: int, lines: list[str]) -> list[_Variant]:
    """The variants of one case, of which exactly one is that of ``major``."""
    others: list[_Variant] = [
        {"majors": [one for one in variant["majors"] if one != major], "lines": variant["lines"]}
        for variant in variants
    ]
    for variant in others:
        if variant["lines"] == lines:
            variant["majors"] = sorted({*variant["majors"], major})
            break
    else:
        others.append({"majors": [major], "lines": lines})
    return [variant for variant in others if variant["majors"]]


async def _observed(case: Case, generation: Generation) -> list[str]:
    script = official_script(generation)
    assert script is not None, f"set {VARIABLE}, as the beginning of this file says"
    with tempfile.TemporaryDirectory() as folder:
        task_root = Path(folder)
        write_code(case, task_root)
        return transcript(await run_case(case, task_root, generation=generation, script=script), task_root)


if __name__ == "__main__":
    asyncio.run(_record())
