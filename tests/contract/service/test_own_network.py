"""Functions with ``network = false``: everything that the service offers inside an environment is there, at Lambda's
own ports, and nothing of one environment is in the way of another.
"""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.model.records import ExtensionLog, InvokeStart, PlatformFault, TraceSegment
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
from tests.contract.service.test_telemetry_extensions import EXTENSION, TELEMETRY
from tests.support.running import ANY_PYTHON, Running, running, write_project

pytestmark = pytest.mark.namespaces
OWN = "network = false"
FIXED_PORT = 4243
TRACED = """
import json, os, socket

def handler(event, context):
    host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
    trace = dict(part.split("=", 1) for part in os.environ["_X_AMZN_TRACE_ID"].split(";"))
    segment = {"trace_id": trace["Root"], "parent_id": trace["Parent"], "id": "54565fb41ac79632", "type": "subsegment",
               "name": "cart", "start_time": 1, "end_time": 2}
    with socket.socket(type=socket.SOCK_DGRAM) as sending:
        text = json.dumps({"format": "json", "version": 1}) + chr(10) + json.dumps(segment)
        sending.sendto(text.encode(), (host, int(port)))
    return "fine"
"""


@pytest.fixture(autouse=True)
def _namespaces() -> None:
    if (refusal := try_namespaces(RUNTIME_DIR).refusal) is not None:
        pytest.skip(f"no namespaces here: {refusal}")


def with_extension_at_a_fixed_port(tmp_path: Path, settings: str, port: int = FIXED_PORT) -> Path:
    folder = tmp_path / "layer" / "extensions"
    folder.mkdir(parents=True)
    subscription = {"schemaVersion": "2022-12-13", "types": ["platform"], "buffering": {"timeoutMs": 25}}
    text = EXTENSION.format(python=ANY_PYTHON, path=TELEMETRY, subscription=subscription)
    (folder / "tail").write_text(text.replace('("127.0.0.1", 0)', f'("127.0.0.1", {port})'))
    (folder / "tail").chmod(0o755)
    source = "import time\ndef handler(event, context):\n    time.sleep(event['s'])\n    return 'fine'\n"
    return write_project(tmp_path, {"shop": source}, {"shop": f'layers = ["layer"]\n{settings}'})


def started(run: Running) -> Iterator[tuple[str | None, str]]:
    """Environment and request of every ``platform.start`` that an extension got."""
    for event in run.events():
        if isinstance(event.record, ExtensionLog):
            for line in event.record.lines:
                if line.startswith("GOT ") and (got := json.loads(line[4:]))["type"] == "platform.start":
                    yield event.environment, got["record"]["requestId"]


async def test_extensions_of_two_environments_listen_at_one_port_and_each_gets_its_own_telemetry(
    tmp_path: Path,
) -> None:
    async with running(with_extension_at_a_fixed_port(tmp_path, OWN)) as run:
        answers = await asyncio.gather(*(run.result("shop", {"s": 0.5}) for _ in range(2)))
        starts = {(e.environment, e.record.request_id) for e in run.events() if isinstance(e.record, InvokeStart)}
    assert answers == ["fine", "fine"]
    assert len({environment for environment, _ in starts}) == 2
    assert set(started(run)) == starts


async def test_with_the_network_of_this_machine_the_second_one_finds_the_port_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with running(with_extension_at_a_fixed_port(tmp_path, "", port)) as run:
        answers = await asyncio.gather(*(run.result("shop", {"s": 0.5}) for _ in range(2)))
        log = [line for record in run.records(ExtensionLog) for line in record.lines]
    assert "fine" in answers
    assert any("Address already in use" in line for line in log)


async def test_ports_of_the_runtime_api_and_of_xray_are_those_of_lambda(tmp_path: Path) -> None:
    source = (
        "import os\nNAMES = ('AWS_LAMBDA_RUNTIME_API', 'AWS_XRAY_DAEMON_ADDRESS', '_AWS_XRAY_DAEMON_PORT')\n"
        "def handler(event, context):\n    return [os.environ[name] for name in NAMES]\n"
    )
    async with running(write_project(tmp_path, {"shop": source}, {"shop": OWN})) as run:
        assert await run.result("shop") == ["127.0.0.1:9001", "127.0.0.1:2000", "2000"]


async def test_segments_reach_the_daemon(tmp_path: Path) -> None:
    root = write_project(tmp_path, {"shop": TRACED}, {"shop": f'tracing = "Active"\n{OWN}'})
    async with running(root) as run:
        assert await run.result("shop") == "fine"
        segment = await run.until(TraceSegment)
    assert segment.name == "cart"
    assert run.records(PlatformFault) == []
