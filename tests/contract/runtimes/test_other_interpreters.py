"""Our Python runtime under every interpreter of this machine: what must not depend on the version does not."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from lambdatui.runtimes.interpreters import InterpreterNotFound, find_interpreter
from tests.contract.runtimes.comparison import transcript
from tests.contract.runtimes.init_cases import INIT_CASES
from tests.contract.runtimes.invocation_cases import INVOCATION_CASES
from tests.contract.runtimes.log_cases import LOG_CASES
from tests.contract.runtimes.restore_cases import RESTORE_CASES
from tests.contract.runtimes.runtime_process import Case, own_command, run_case, write_code

SAME_IN_EVERY_VERSION = {
    "event comes back",
    "text is escaped before 3.12",
    "text is not escaped from 3.12",
    "bytes as result",
    "events that are JSON after all",
    "other content types are passed as bytes",
    "large event and result",
    "chunked event",
    "attempt ids are echoed",
    "context with everything",
    "client context in odd forms",
    "trace id is set and taken away",
    "raises, text of several lines",
    "raises in a helper of another module",
    "recursion without end",
    "generator handler",
    "sys.exit in the handler",
    "signal between invocations, AWS_Lambda_python3.11",
    "signal between invocations, AWS_Lambda_python3.12",
    "next refused",
    "next dropped on a used connection",
    "module is missing",
    "handler is missing",
    "handler in a folder",
    "built-in module",
    "sys.exit at import",
    "module names of the runtime are free",
    "uncaught exception in every format, text",
    "uncaught exception in every format, framed text",
    "uncaught exception in every format, framed JSON",
    "records of a tenant, text",
    "records of a tenant, framed JSON",
    "bad result, framed text",
    "hooks run in the documented order",
    "sys.exit after the restore",
}
CASES = [
    case for case in (*INVOCATION_CASES, *INIT_CASES, *LOG_CASES, *RESTORE_CASES) if case.name in SAME_IN_EVERY_VERSION
]


def _other_interpreters() -> dict[str, str]:
    found = {}
    for minor in range(9, 15):
        try:
            interpreter = find_interpreter(f"python3.{minor}", Path("/nonexistent"))
        except InterpreterNotFound:
            continue
        if minor != sys.version_info.minor:
            found[interpreter.minor] = interpreter.executable
    return found


INTERPRETERS = _other_interpreters() or {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}


def test_every_chosen_case_exists() -> None:
    assert {case.name for case in CASES} == SAME_IN_EVERY_VERSION


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_version_makes_no_difference(case: Case, tmp_path: Path) -> None:
    write_code(case, tmp_path)
    runs = [
        run_case(case, own_command(executable), tmp_path) for executable in (sys.executable, *INTERPRETERS.values())
    ]
    here, *others = [transcript(outcome, case.dies) for outcome in await asyncio.gather(*runs)]
    for minor, there in zip(INTERPRETERS, others, strict=True):
        assert (minor, there) == (minor, here)
