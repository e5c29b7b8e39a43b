"""Extensions as real processes that do what the API refuses, that fail, and that are not waited for."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambdatui.model.records import EnvironmentFrozen, ExtensionLog, FunctionLog, InitReport, InvokeStart, Report
from tests.support.running import ANY_PYTHON, Running, running, write_project

CLIENT = """\
#!{python} -u
import json, os, sys, time, urllib.error, urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"]
NAME = os.path.basename(__file__)

def call(method, path, body=None, **headers):
    headers = {{("Lambda-Extension-" + name).replace("_", "-"): value for name, value in headers.items()}}
    body = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        answer = urllib.request.urlopen(urllib.request.Request(API + path, body, headers, method=method))
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, json.loads(answer.read() or b"null")

def register(*events, name=NAME, **headers):
    return call("POST", "/2020-01-01/extension/register", {{"events": events}}, Name=name, **headers)

def next_event():
    return call("GET", "/2020-01-01/extension/event/next", **ME)[2]

def tell(what, answer):
    print("TOLD", json.dumps([what, answer[0], (answer[2] or {{}}).get("errorType"),
        (answer[2] or {{}}).get("errorMessage")]))

"""
FOLLOW = """
ME = {"Identifier": register("INVOKE", "SHUTDOWN")[1]["Lambda-Extension-Identifier"]}
while next_event()["eventType"] == "INVOKE":
    pass
"""
REFUSED = """
REGISTER = "/2020-01-01/extension/register"
for what, body in (("no JSON", b"no"), ("no object", []), ("keys", {"events": [], "configurationKeys": ["a"]})):
    tell(what, call("POST", REGISTER, body, Name=NAME))
tell("no name", call("POST", REGISTER, {"events": []}))
tell("event", register("INVOKED"))
tell("internal shutdown", register("SHUTDOWN", name="inner"))
tell("no identifier", call("GET", "/2020-01-01/extension/event/next"))
tell("no UUID", call("GET", "/2020-01-01/extension/event/next", Identifier="me"))
tell("unknown", call("GET", "/2020-01-01/extension/event/next", Identifier="0f8fad5b-d9cb-469f-a165-70867728950e"))
register(name="inner")
tell("internal twice", register(name="inner"))
for number in range(8):
    tell("internal", register(name="inner" + str(number)))
tell("eleventh", register(name="one too many"))
ME = {"Identifier": register("INVOKE", "SHUTDOWN")[1]["Lambda-Extension-Identifier"]}
tell("twice", register("INVOKE"))
tell("no type", call("POST", "/2020-01-01/extension/exit/error", b"", **ME))
"""


def write_extension(root: Path, name: str, source: str) -> None:
    folder = root / "layer" / "extensions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(CLIENT.format(python=ANY_PYTHON) + source)
    (folder / name).chmod(0o755)


def project(root: Path, source: str = "def handler(event, context):\n    return 'fine'\n", **settings: object) -> Path:
    lines = ['layers = ["layer"]', *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    return write_project(root, {"shop": source}, {"shop": "\n".join(lines)})


def told(run: Running) -> list[list[Any]]:
    """What extensions told of their calls: what it was, status, error type, message."""
    lines = [line for record in run.records(ExtensionLog) for line in record.lines]
    return [json.loads(line.removeprefix("TOLD ")) for line in lines if line.startswith("TOLD ")]


async def frozen(run: Running, times: int) -> None:
    await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) >= times)


async def test_every_wrong_call_during_init_is_refused_in_the_services_words(tmp_path: Path) -> None:
    # Before it registers itself the runtime is not started, and nothing of all this is too late.
    write_extension(tmp_path, "prober", REFUSED + "sys.exit(0)\n")
    async with running(project(tmp_path)) as run:
        await run.result("shop")
    refused = {what: (status, kind, message) for what, status, kind, message in told(run) if status != 200}
    assert {what for what, status, *_ in told(run) if status == 200} == {"internal"}
    wrong = {what: (status, kind) for what, (status, kind, _) in refused.items()}
    assert wrong == {
        "no JSON": (403, "InvalidRequestFormat"),
        "no object": (403, "InvalidRequestFormat"),
        "keys": (403, "InvalidRequestFormat"),
        "no name": (403, "Extension.InvalidExtensionName"),
        "event": (403, "Extension.InvalidEventType"),
        "internal shutdown": (403, "Extension.InvalidEventType"),
        "no identifier": (403, "Extension.MissingExtensionIdentifier"),
        "no UUID": (403, "Extension.InvalidExtensionIdentifier"),
        "unknown": (403, "Extension.UnknownExtensionIdentifier"),
        "twice": (403, "Extension.InvalidExtensionState"),
        "internal twice": (403, "Extension.InvalidExtensionState"),
        "eleventh": (403, "Extension.TooManyExtensions"),
        "no type": (403, "Extension.MissingHeader"),
    }
    words = {what: message for what, (_, _, message) in refused.items()}
    assert {key: words[key] for key in ("no name", "event", "internal shutdown", "internal twice", "eleventh")} == {
        "no name": "Empty extension name",
        "event": "INVOKED: ErrorInvalidEventType",
        "internal shutdown": "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension",
        "internal twice": "Extension with this name already registered",
        "eleventh": "Extension limit (10) reached",
    }


async def test_after_init_nobody_registers_and_nobody_subscribes(tmp_path: Path) -> None:
    late = """
ME = {"Identifier": register("INVOKE", "SHUTDOWN")[1]["Lambda-Extension-Identifier"]}
next_event()
wanted = {"schemaVersion": "2022-12-13", "types": ["platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"}}
tell("register", register(name="other"))
tell("subscribe", call("PUT", "/2022-07-01/telemetry", wanted, **ME))
next_event()
"""
    write_extension(tmp_path, "late", late)
    async with running(project(tmp_path)) as run:
        await run.result("shop")
        await frozen(run, 2)
    assert told(run) == [
        ["register", 403, "Extension.RegistrationClosed", "Extension registration closed already"],
        ["subscribe", 403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed"],
    ]


async def test_who_used_one_of_the_two_apis_for_telemetry_may_not_use_the_other(tmp_path: Path) -> None:
    both = """
ME = {"Identifier": register("SHUTDOWN")[1]["Lambda-Extension-Identifier"]}
wanted = {"schemaVersion": "2022-12-13", "types": ["platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"}}
print("FIRST", call("PUT", "/2022-07-01/telemetry", wanted, **ME)[0])
tell("other", call("PUT", "/2020-08-15/logs", {**wanted, "schemaVersion": "2021-03-18"}, **ME))
next_event()
"""
    write_extension(tmp_path, "both", both)
    async with running(project(tmp_path)) as run:
        await run.result("shop")
    (refused,) = told(run)
    assert (refused[0], refused[1]) == ("other", 400)


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        (
            'call("POST", "/2020-01-01/extension/init/error", b"", Function_Error_Type="Extension.Mine", **ME)',
            "InitError",
        ),
        ("", "Crash"),
    ],
)
async def test_extension_that_fails_during_init_fails_it_and_the_invoke(
    tmp_path: Path, source: str, error_type: str
) -> None:
    registered = 'ME = {"Identifier": register("INVOKE")[1]["Lambda-Extension-Identifier"]}\n'
    write_extension(tmp_path, "broken", f"{registered}{source}\nsys.exit(1)\n")
    async with running(project(tmp_path)) as run:
        document = await run.result("shop")
        reports = [(str(report.phase), report.error_type) for report in run.records(InitReport)]
    assert isinstance(document, dict)
    assert document["errorType"] == f"Extension.{error_type}"
    assert reports == [("init", f"Extension.{error_type}"), ("invoke", f"Extension.{error_type}")]


async def test_extension_that_reports_an_exit_error_fails_the_invoke_with_it(tmp_path: Path) -> None:
    gives_up = """
ME = {"Identifier": register("INVOKE")[1]["Lambda-Extension-Identifier"]}
next_event()
for path in ("exit", "exit", "init"):
    tell(path, call("POST", f"/2020-01-01/extension/{path}/error", b"", Function_Error_Type="Extension.Mine", **ME))
sys.exit(1)
"""
    write_extension(tmp_path, "tired", gives_up)
    source = "import time\ndef handler(event, context):\n    time.sleep(10)\n"
    async with running(project(tmp_path, source, timeout=20)) as run:
        document = await run.result("shop")
    assert isinstance(document, dict)
    assert document["errorType"] == "Extension.ExitError"
    assert [(what, status) for what, status, *_ in told(run)] == [("exit", 202), ("exit", 202), ("init", 403)]


async def test_runtime_is_started_when_the_extension_has_registered(tmp_path: Path) -> None:
    write_extension(tmp_path, "slow", f"time.sleep(0.3)\nprint('registers', time.monotonic())\n{FOLLOW}")
    source = "import time\nprint('loads', time.monotonic())\ndef handler(event, context):\n    return 'fine'\n"
    async with running(project(tmp_path, source)) as run:
        assert await run.result("shop") == "fine"
    (registered,) = [line.split()[1] for log in run.records(ExtensionLog) for line in log.lines]
    (loaded,) = [line.split()[1] for log in run.records(FunctionLog) for line in log.lines]
    assert float(loaded) > float(registered)


async def test_init_lasts_until_the_extension_asks_for_its_first_event(tmp_path: Path) -> None:
    prepares = FOLLOW.replace("while", "time.sleep(0.3)\nwhile")
    write_extension(tmp_path, "prepares", prepares)
    async with running(project(tmp_path)) as run:
        await run.result("shop")
        (init,) = run.records(InitReport)
    assert init.metrics.duration_ms > 300


async def test_extension_without_invokes_is_not_waited_for(tmp_path: Path) -> None:
    busy = """
ME = {"Identifier": register()[1]["Lambda-Extension-Identifier"]}
print("event", next_event())
"""
    write_extension(tmp_path, "idle", busy)
    async with running(project(tmp_path)) as run:
        assert [await run.result("shop") for _ in range(2)] == ["fine", "fine"]
        await run.until(Report)
    assert not [log for log in run.records(ExtensionLog) if "event" in log.lines[0]]


async def test_extension_that_never_finishes_times_the_invoke_out_and_the_caller_has_its_answer(tmp_path: Path) -> None:
    hangs = """
ME = {"Identifier": register("INVOKE")[1]["Lambda-Extension-Identifier"]}
next_event()
time.sleep(60)
"""
    write_extension(tmp_path, "hangs", hangs)
    async with running(project(tmp_path, timeout=1)) as run:
        assert await run.result("shop") == "fine"
        report = await run.until(Report)
        assert len(run.records(InvokeStart)) == 1
    assert str(report.status) == "timeout"
    assert report.metrics.duration_ms >= 1000


async def test_runtime_is_asked_to_end_where_there_is_an_extension_and_killed_where_there_is_none(
    tmp_path: Path,
) -> None:
    source = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('asked', flush=True), sys.exit(0)))\n"
        "def handler(event, context):\n    time.sleep(60 if event.get('hang') else 0)\n"
    )
    said = {}
    for name in ("with", "without"):
        root = tmp_path / name
        (root / "layer").mkdir(parents=True)
        if name == "with":
            write_extension(root, "watcher", FOLLOW)
        async with running(project(root, source, timeout=1)) as run:
            await run.result("shop", {"hang": True})
            await run.result("shop")
            # Looked at before the end, which python3.12 and later are asked to come to even while they wait.
            said[name] = [line for log in run.records(FunctionLog) for line in log.lines]
    assert said == {"with": ["asked"], "without": []}
