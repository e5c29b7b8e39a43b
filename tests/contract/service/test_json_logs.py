"""Functions whose log format is JSON, in real environments: what their logs show, and what a level holds back."""

import json
from pathlib import Path

from lambdatui.model.records import FunctionLog, Report
from lambdatui.telemetry.cloudwatch import LogRenderer
from tests.support.running import Running, running, write_project

SOURCE = """
import logging
LOGGER = logging.getLogger("shop")
LOUD = logging.getLogger("loud")
LOUD.setLevel(logging.DEBUG)

def handler(event, context):
    print("printed")
    LOGGER.debug("too quiet")
    LOGGER.warning("logged")
    LOUD.debug("chosen in code")
"""


def project(tmp_path: Path, **levels: str) -> Path:
    settings = {"log_format": "JSON", **levels}
    table = ", ".join(f"{key} = {json.dumps(value)}" for key, value in settings.items())
    return write_project(tmp_path, {"shop": SOURCE}, {"shop": f"logging_config = {{ {table} }}"})


def told(line: str) -> str:
    """The word of a line by which a test knows it."""
    if not line.startswith("{"):
        return line
    document = json.loads(line)
    return str(document.get("type") or document["message"])


async def tail(run: Running) -> list[str]:
    return [told(line) for line in (await run.tail("shop")).splitlines()]


async def test_log_of_an_invoke_is_json_from_start_to_report(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        assert await tail(run) == ["platform.start", "printed", "logged", "chosen in code", "platform.report"]


async def test_levels_hold_back_what_is_quieter_but_not_what_the_code_chose(tmp_path: Path) -> None:
    async with running(project(tmp_path, application_log_level="WARN", system_log_level="WARN")) as run:
        assert await tail(run) == ["logged", "chosen in code"]
        assert "printed" in [line for record in run.records(FunctionLog) for line in record.lines]


async def test_everything_is_shown_at_the_level_of_debug(tmp_path: Path) -> None:
    async with running(project(tmp_path, application_log_level="DEBUG", system_log_level="DEBUG")) as run:
        assert await tail(run) == [
            "platform.start",
            "printed",
            "too quiet",
            "logged",
            "chosen in code",
            "platform.runtimeDone",
            "platform.report",
        ]


async def test_stream_tells_viewers_the_format(tmp_path: Path) -> None:
    async with running(project(tmp_path)) as run:
        await run.result("shop")
        await run.until(Report)
        lines = LogRenderer().lines_of(run.events())
    assert [told(line) for line in lines][-1] == "platform.report"
