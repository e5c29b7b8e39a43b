"""What stands in the log of an invoke, line by line, through a whole engine."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from lambdatui.model.records import FunctionLog
from tests.contract.node.node_process import node, node_major
from tests.support.running import running, write_project

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
JSON = '[functions.talker.logging_config]\nlog_format = "JSON"'
LOGGING = """
import json, logging
def handler(event, context):
    print("printed")
    print(json.dumps({"own": "object"}))
    logging.info("quiet")
    logging.warning("loud")
"""


async def log_of(tmp_path: Path, source: str, settings: str = "") -> list[str]:
    """The lines of a cold invoke."""
    async with running(write_project(tmp_path, {"talker": source}, {"talker": settings})) as run:
        return (await run.tail("talker")).removesuffix("\n").split("\n")


async def test_python_shows_warnings_and_what_is_printed_and_not_what_is_less(tmp_path: Path) -> None:
    start, *lines, end, _report = await log_of(tmp_path, LOGGING)
    request_id = start.split()[2]
    assert start == f"START RequestId: {request_id} Version: $LATEST"
    assert lines[:2] == ["printed", '{"own": "object"}']
    assert re.fullmatch(rf"\[WARNING\]\t{TIME}\t{request_id}\tloud", lines[2])
    assert (len(lines), end) == (3, f"END RequestId: {request_id}")


async def test_json_format_makes_objects_of_what_the_platform_and_the_logger_write(tmp_path: Path) -> None:
    lines = await log_of(tmp_path, LOGGING, JSON)
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    assert [each["type"] for each in objects if "type" in each] == [
        "platform.start",
        "platform.report",
    ]
    assert all(list(each) == ["time", "type", "record"] for each in objects if "type" in each)
    assert [line for line in lines if line in ("printed", '{"own": "object"}')] == ["printed", '{"own": "object"}']
    logged = [each for each in objects if "logger" in each]
    assert [(each["level"], each["message"]) for each in logged] == [("INFO", "quiet"), ("WARNING", "loud")]
    assert {tuple(each) for each in logged} == {("timestamp", "level", "message", "logger", "requestId")}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", logged[0]["timestamp"])


async def test_level_of_the_application_holds_back_what_is_below(tmp_path: Path) -> None:
    lines = await log_of(tmp_path, LOGGING, f'{JSON}\napplication_log_level = "WARN"')
    assert [json.loads(line)["message"] for line in lines if '"logger"' in line] == ["loud"]


@pytest.mark.skipif(node() is None, reason="there is no Node.js on PATH")
async def test_node_writes_time_request_level_and_message_and_its_failure_as_one_document(tmp_path: Path) -> None:
    (tmp_path / "speaks").mkdir()
    (tmp_path / "speaks" / "index.mjs").write_text(
        "export const handler = async () => { console.log('said'); throw new TypeError('boom'); };\n"
    )
    (tmp_path / "lambdatui.toml").write_text(
        f'[functions.speaks]\nhandler = "index.handler"\ncode_uri = "speaks"\nruntime = "nodejs{node_major()}.x"\n'
    )
    async with running(tmp_path) as run:
        start, said, failed, *_ = (await run.tail("speaks")).split("\n")
    request_id = start.split()[2]
    assert re.fullmatch(rf"{TIME}\t{request_id}\tINFO\tsaid", said)
    matched = re.fullmatch(rf"{TIME}\t{request_id}\tERROR\tInvoke Error \t(.*)", failed)
    assert matched is not None
    document = json.loads(matched[1])
    assert (list(document)[:2], document["errorType"], document["errorMessage"]) == (
        ["errorType", "errorMessage"],
        "TypeError",
        "boom",
    )


async def test_failed_init_is_warned_about_before_its_error(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"broken": "raise Exception('no start')\n"})) as run:
        await run.tail("broken")
        lines = [line for log in run.records(FunctionLog) for line in log.lines]
    warning, error, *_again = lines
    assert re.match(rf"\[WARNING\]\t{TIME}\t\tLAMBDA_WARNING: Unhandled exception\.", warning)
    assert error.startswith("[ERROR] Exception: no start")


async def test_timeout_and_exit_are_told_by_the_report_alone(tmp_path: Path) -> None:
    sources = {
        "hangs": "import time\ndef handler(event, context):\n    time.sleep(60)\n",
        "quits": "import os\ndef handler(event, context):\n    os._exit(1)\n",
    }
    async with running(write_project(tmp_path, sources, {"hangs": "timeout = 1"})) as run:
        logs = [(await run.tail(name)).splitlines() for name in sources]
    assert [[line.split()[0] for line in log] for log in logs] == [["START", "END", "REPORT"]] * 2
    assert logs[0][-1].endswith("\tStatus: timeout")
    assert logs[1][-1].endswith("\tStatus: error\tError Type: Runtime.ExitError")


async def test_every_environment_has_a_log_stream_of_its_own_and_keeps_it_after_a_reset(tmp_path: Path) -> None:
    source = """
import os, time
def handler(event, context):
    time.sleep(event.get("for_s", 0))
    return context.log_stream_name
"""
    async with running(write_project(tmp_path, {"streams": source}, {"streams": "timeout = 2"})) as run:
        one, other = await asyncio.gather(*(run.result("streams", {"for_s": 0.5}) for _ in range(2)))
        await asyncio.gather(*(run.result("streams", {"for_s": 60}) for _ in range(2)))
        after = await run.result("streams")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", str(one))
    assert one != other
    assert after in (one, other)
