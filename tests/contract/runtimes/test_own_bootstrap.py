"""What our Python runtime promises to the sandbox that starts it, beyond behaving as AWS's does."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.contract.runtimes.comparison import masked
from tests.contract.runtimes.recording_api import Event, RecordingApi
from tests.contract.runtimes.runtime_process import (
    BOOTSTRAP,
    STILL_WAITING,
    Case,
    environment_for,
    own_command,
    run_case,
    write_code,
)

RUNTIME_FOLDER = str(BOOTSTRAP.parent)
# What a zygote does: import everything while it is nobody, learn who it is, become that.
WARM_START = f"""
import importlib, os, sys
package = type(sys)("lambdatui_runtime")
package.__path__ = [{RUNTIME_FOLDER!r}]
sys.modules["lambdatui_runtime"] = package
who = dict(os.environ)
os.environ.clear()
bootstrap = importlib.import_module("lambdatui_runtime.bootstrap")
bootstrap.load_runtime()
os.environ.update(who)
bootstrap.main()
"""
LOADED_MODULES = f"""
import sys
sys.path.insert(0, {RUNTIME_FOLDER!r})
import bootstrap
bootstrap.load_runtime()
print(*sorted(sys.modules))
"""


async def test_runtime_imported_before_its_environment_exists_serves_the_function(tmp_path: Path) -> None:
    case = Case(
        name="warm",
        source="import os\ndef handler(e, c):\n    return [e, c.function_name]\n",
        events=(Event(body=b'"\xc3\xa9"'), Event()),
        environment={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12", "AWS_LAMBDA_LOG_FORMAT": "JSON"},
    )
    write_code(case, tmp_path)
    outcome = await run_case(case, [sys.executable, "-c", WARM_START], tmp_path)
    assert [report.body for report in outcome.reports] == ['["é", "fn"]'.encode(), b'[{}, "fn"]']
    assert outcome.end == STILL_WAITING


async def test_printed_text_and_records_keep_their_order_in_one_pipe(tmp_path: Path) -> None:
    source = (
        "import logging, os\n"
        "def handler(e, c):\n    for n in range(50):\n"
        "        print('printed', n)\n        logging.warning('logged %d', n)\n        os.write(2, b'raw %d\\n' % n)\n"
    )
    case = Case(name="one pipe", source=source)
    write_code(case, tmp_path)
    stream = await _output_through_one_pipe(case, tmp_path)
    for number in range(50):
        printed, stream = stream.split(b"\n", 1)
        assert printed == b"printed %d" % number
        assert stream[:4] == bytes.fromhex("a55a0003")
        length = int.from_bytes(stream[4:8], "big")
        frame, stream = stream[16 : 16 + length].decode(), stream[16 + length :]
        assert masked(frame).endswith(f"\tlogged {number}\n")
        raw, stream = stream.split(b"\n", 1)
        assert raw == b"raw %d" % number
    assert stream == b""


async def _output_through_one_pipe(case: Case, task_root: Path) -> bytes:
    read_end, write_end = os.pipe()
    with open(read_end, "rb") as stream:  # noqa: ASYNC230 - read when every writer is gone
        async with RecordingApi(case.events).listening() as api:
            environment = environment_for(case, api.address, task_root)
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(write_end)
            process = await asyncio.create_subprocess_exec(
                *own_command(), env=environment, pass_fds=(write_end,), stdout=write_end, stderr=write_end
            )
            os.close(write_end)
            await api.exhausted.wait()
            process.kill()
            await process.wait()
        return stream.read()


async def test_runtime_brings_no_heavy_modules_into_the_interpreter() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-c", LOADED_MODULES, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    loaded = set(output.decode().split())
    heavy = {"typing", "http.client", "ssl", "asyncio", "datetime", "decimal", "socket"}
    if sys.version_info < (3, 14):  # from then on logging brings them, and functions have that anyway
        heavy |= {"dataclasses", "inspect"}
    assert "lambdatui_runtime.invocation_loop" in loaded
    assert loaded & heavy == set()
