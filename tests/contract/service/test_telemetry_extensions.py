"""Extensions that subscribe to telemetry, as real processes in real environments: what reaches their listener."""

import json
from pathlib import Path
from typing import Any

from lambdatui.model.records import EnvironmentFrozen, ExtensionLog, LogsSubscription, Report, TelemetrySubscription
from tests.support.running import ANY_PYTHON, Running, running, write_project

EXTENSION = """\
#!{python} -u
import json, os, sys, threading, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]
reported = threading.Event()

class Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for event in events:
            print("GOT", json.dumps(event))
            if event["type"] == "platform.report":
                reported.set()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

def call(method, path, body=None, **headers):
    request = urllib.request.Request(API + path, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.headers, json.loads(answer.read() or b"null")

server = HTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
head, _ = call("POST", "/2020-01-01/extension/register", b'{{"events": ["INVOKE", "SHUTDOWN"]}}',
    **{{"Lambda-Extension-Name": "tail"}})
me = {{"Lambda-Extension-Identifier": head["Lambda-Extension-Identifier"]}}
subscription = {subscription}
subscription["destination"] = {{"protocol": "HTTP", "URI": "http://sandbox.localdomain:%d/" % server.server_port}}
_, answer = call("PUT", "{path}", json.dumps(subscription).encode(), **me)
print("ANSWER", json.dumps(answer))
while True:
    _, event = call("GET", "/2020-01-01/extension/event/next", **me)
    if event["eventType"] == "SHUTDOWN":
        reported.wait(1.5)
        sys.exit(0)
"""
TELEMETRY, LOGS = "/2022-07-01/telemetry", "/2020-08-15/logs"
TYPES = ["platform", "function", "extension"]
SOURCE = "import time\ndef handler(event, context):\n    print('handled')\n    time.sleep(event.get('s', 0))\n"


def project(tmp_path: Path, path: str, **subscription: object) -> Path:
    folder = tmp_path / "layer" / "extensions"
    folder.mkdir(parents=True)
    (folder / "tail").write_text(EXTENSION.format(python=ANY_PYTHON, path=path, subscription=subscription))
    (folder / "tail").chmod(0o755)
    return write_project(tmp_path, {"shop": SOURCE}, {"shop": 'layers = ["layer"]'})


def words(run: Running, first: str) -> list[Any]:
    """What the extension printed after this word, parsed."""
    lines = [line for record in run.records(ExtensionLog) for line in record.lines]
    return [json.loads(line.partition(" ")[2]) for line in lines if line.startswith(f"{first} ")]


async def test_subscriber_gets_a_cold_start_and_an_invoke_whole_and_in_order(tmp_path: Path) -> None:
    root = project(tmp_path, TELEMETRY, schemaVersion="2022-12-13", types=TYPES, buffering={"timeoutMs": 25})
    async with running(root) as run:
        await run.result("shop")
        await run.until(Report)
    assert words(run, "ANSWER") == ["OK"]
    got = words(run, "GOT")
    assert [event["type"] for event in got] == [
        "platform.initStart",
        "platform.telemetrySubscription",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "function",
        "platform.runtimeDone",
        "platform.report",
    ]
    assert got[6]["record"] == "handled\n"
    (report,) = run.records(Report)
    assert got[-1]["record"]["requestId"] == report.request_id


async def test_what_is_told_of_an_invoke_after_the_freeze_comes_with_the_next_one(tmp_path: Path) -> None:
    root = project(tmp_path, TELEMETRY, schemaVersion="2022-12-13", types=["platform"], buffering={"timeoutMs": 25})
    async with running(root) as run:
        await run.result("shop")
        await run.until(Report)
        reported = next(event.seq for event in run.events() if isinstance(event.record, Report))
        await run.until(EnvironmentFrozen, after=reported)
        await run.pass_time(0.1)
        before = [event["type"] for event in words(run, "GOT")]
        await run.result("shop", {"s": 0.3})
        await run.until(ExtensionLog, lambda record: any("platform.report" in line for line in record.lines))
    assert "platform.report" not in before


async def test_subscriber_of_the_logs_api_gets_its_older_events(tmp_path: Path) -> None:
    root = project(tmp_path, LOGS, types=TYPES, buffering={"timeoutMs": 25})
    async with running(root) as run:
        await run.result("shop")
        await run.until(Report)
    assert [event["type"] for event in words(run, "GOT")] == [
        "platform.logsSubscription",
        "platform.extension",
        "platform.start",
        "function",
        "platform.end",
        "platform.report",
    ]
    assert run.records(LogsSubscription) == [LogsSubscription(name="tail", types=tuple(TYPES))]
    assert run.records(TelemetrySubscription) == []


async def test_subscription_changes_nothing_about_the_functions_own_log(tmp_path: Path) -> None:
    root = project(tmp_path, TELEMETRY, schemaVersion="2022-12-13", types=TYPES)
    async with running(root) as run:
        log = await run.tail("shop")
    assert [line.split(" ")[0] for line in log.splitlines()] == ["START", "handled", "END", "REPORT"]
