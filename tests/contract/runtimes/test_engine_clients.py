"""A function under either client, in a real engine: same results, same log lines, same word on how it ended."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.model.records import FunctionLog
from tests.contract.runtimes.comparison import masked, without_runtime_lines
from tests.support.running import Running, running, write_project

SOURCES = {
    "answers": "import logging\nN = []\ndef handler(e, c):\n    N.append(e)\n    print('seen', e)\n"
    "    logging.warning('logged é')\n    return [N, c.memory_limit_in_mb]\n",
    "raises": "def handler(e, c):\n    raise KeyError('several\\nlines')\n",
    "exits": "import sys\ndef handler(e, c):\n    sys.exit(3)\n",
    "vanishes": "import os\ndef handler(e, c):\n    os._exit(0)\n",
    "dies": "import os\ndef handler(e, c):\n    os.kill(os.getpid(), 9)\n",
    "hangs": "import time\ndef handler(e, c):\n    time.sleep(60)\n",
    "breaks": "raise RuntimeError('no start')\n",
    "too_large": "def handler(e, c):\n    return 'x' * (7 * 1024 * 1024)\n",
}
_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\d.]+ (?:ms|MB)")
_REPORT_OF_INIT = re.compile(r"\tInit Duration: [\d.]+ ms")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Running]:
    """Every function twice; the project's own virtual environment has awslambdaric."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    functions = {f"{name}_{kind}": source for name, source in SOURCES.items() for kind in ("official", "builtin")}
    timeouts = {name: "timeout = 1" for name in functions if name.startswith("hangs")}
    clients = {name: 'runtime_client = "official"' for name in functions if name.endswith("official")}
    settings = {name: "\n".join((timeouts.get(name, ""), clients.get(name, ""))) for name in functions}
    async with running(write_project(tmp_path, functions, settings)) as run:
        yield run


async def seen(run: Running, name: str) -> list[str]:
    """What a caller sees of two invokes, and the whole log of the function."""
    found: list[str] = []
    for event in (1, 2):
        outcome = await run.invoke(name, event, log_tail=True)
        assert outcome.result is not None
        assert outcome.log_tail is not None
        found += [outcome.result.payload.decode(), str(outcome.result.function_error)]
        found += outcome.log_tail.decode().splitlines()
    logs = [event.record for event in run.events() if event.function == name]
    lines = [line for log in logs if isinstance(log, FunctionLog) for line in log.lines]
    # A client that gives up has a traceback of its own to print, indented by spaces; those of functions never are.
    kept = [line for line in (*found, *lines) if not line.startswith(("  ", "Traceback (most"))]
    return [_without_numbers(without_runtime_lines(line)) for line in kept]


def _without_numbers(text: str) -> str:
    text = text.replace("_official", "").replace("_builtin", "")
    return _REPORT_OF_INIT.sub("", _NUMBERS.sub("#", masked(text)))


@pytest.mark.parametrize("name", SOURCES)
async def test_invokes_look_the_same(engine: Running, name: str) -> None:
    builtin, official = await seen(engine, f"{name}_builtin"), await seen(engine, f"{name}_official")
    assert builtin == official
    assert any(line.startswith("REPORT") for line in builtin)
