"""External and internal extensions as real processes, in every phase of an environment's life."""

import asyncio
import json
from pathlib import Path

from lambdatui.model.phase import Phase
from lambdatui.model.records import (
    EnvironmentFrozen,
    EnvironmentPhase,
    ExtensionLog,
    FunctionLog,
    InitReport,
    InitStart,
    InvokeStart,
    PlatformExtension,
    PlatformFault,
    Report,
    RuntimeDone,
)
from tests.support.running import ANY_PYTHON, running, write_project

EXTENSION = """\
#!{python} -u
import json, os, sys, time, urllib.request

BASE = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension"
NAME = os.path.basename(__file__)

def call(path, body=None, **headers):
    request = urllib.request.Request(BASE + path, data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return dict(answer.headers), json.loads(answer.read() or b"null")

events = {events!r}
{before}
head, whole = call("/register", json.dumps({{"events": events}}).encode(), **{{"Lambda-Extension-Name": NAME,
    "Lambda-Extension-Accept-Feature": "accountId"}})
me = {{"Lambda-Extension-Identifier": head["Lambda-Extension-Identifier"]}}
print("registered", json.dumps(whole))
while True:
    _, event = call("/event/next", **me)
    print(event["eventType"], json.dumps(event))
{on_event}
"""
GREETER = (
    "import os\nprint('loaded')\ndef handler(event, context):\n    print('handled')\n    return sorted(os.environ)\n"
)


def write_extension(
    layer: Path,
    name: str,
    *,
    events: tuple[str, ...] = ("INVOKE", "SHUTDOWN"),
    before: str = "",
    on_event: str = '    if event["eventType"] == "SHUTDOWN":\n        sys.exit(0)',
    executable: bool = True,
) -> None:
    folder = layer / "extensions"
    folder.mkdir(parents=True, exist_ok=True)
    text = EXTENSION.format(python=ANY_PYTHON, events=list(events), before=before, on_event=on_event)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755 if executable else 0o644)


def project_with_layer(tmp_path: Path, source: str = GREETER, **settings: object) -> Path:
    lines = ['layers = ["layer"]', *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    return write_project(tmp_path, {"greeter": source}, {"greeter": "\n".join(lines)})


def told(records: list[ExtensionLog], name: str, word: str) -> list[dict[str, object]]:
    """What an extension printed after ``word``, parsed."""
    lines = [line for record in records if record.extension == name for line in record.lines]
    return [json.loads(line.partition(" ")[2]) for line in lines if line.startswith(f"{word} ")]


async def test_extension_is_registered_invoked_and_told_of_the_end(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "watcher")
    async with running(project_with_layer(tmp_path)) as run:
        await run.result("greeter")
        await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) == 2)
    logs = run.records(ExtensionLog)
    (registered,) = told(logs, "watcher", "registered")
    assert registered == {
        "accountId": "123456789012",
        "functionName": "greeter",
        "functionVersion": "$LATEST",
        "handler": "app.handler",
    }
    (invoked,) = told(logs, "watcher", "INVOKE")
    assert invoked["requestId"] == run.records(InvokeStart)[0].request_id
    (ended,) = told(logs, "watcher", "SHUTDOWN")
    assert ended["shutdownReason"] == "spindown"


async def test_cold_start_with_extensions_is_told_in_the_services_order(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "alpha")
    write_extension(tmp_path / "layer", "beta", events=("SHUTDOWN",))
    (tmp_path / "layer" / "extensions" / "folder").mkdir()
    async with running(project_with_layer(tmp_path)) as run:
        await run.result("greeter")
        await run.until(Report)
    platform = [event.record.TYPE for event in run.events() if event.record.TYPE.startswith("platform.")]
    assert platform == [
        "platform.initStart",
        "platform.initRuntimeDone",
        "platform.extension",
        "platform.extension",
        "platform.initReport",
        "platform.start",
        "platform.runtimeDone",
        "platform.report",
    ]
    assert [(each.name, each.state, each.events) for each in run.records(PlatformExtension)] == [
        ("alpha", "Ready", ("INVOKE", "SHUTDOWN")),
        ("beta", "Ready", ("SHUTDOWN",)),
    ]


async def test_caller_does_not_wait_for_an_extension_and_the_report_does(tmp_path: Path) -> None:
    slow = '    if event["eventType"] == "INVOKE":\n        time.sleep(0.4)\n    else:\n        sys.exit(0)'
    write_extension(tmp_path / "layer", "slow", on_event=slow)
    async with running(project_with_layer(tmp_path)) as run:
        await run.result("greeter")
        assert not run.records(Report)
        report = await run.until(Report)
        (done,) = run.records(RuntimeDone)
    (overhead,) = report.spans
    assert overhead.name == "extensionOverhead"
    assert overhead.duration_ms > 300
    assert report.metrics.duration_ms > 400 > done.metrics.duration_ms + 200


async def test_variables_of_an_extension_are_those_of_the_function_without_the_runtimes_own(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "looker", before='print("environ", json.dumps(sorted(os.environ)))')
    root = project_with_layer(tmp_path)
    with (root / "lambdatui.toml").open("a") as file:
        file.write('\nenvironment = { TABLE = "orders" }\n')
    async with running(root) as run:
        of_function = await run.result("greeter")
    (of_extension,) = told(run.records(ExtensionLog), "looker", "environ")
    assert isinstance(of_function, list)
    missing = set(of_function) - set(of_extension)
    assert missing >= {"AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "LAMBDA_TASK_ROOT", "_HANDLER"}
    assert {"TABLE", "AWS_ACCESS_KEY_ID", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME"} <= set(of_extension)


async def test_extension_that_cannot_be_executed_fails_init_twice_and_the_invoke(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "locked", executable=False)
    async with running(project_with_layer(tmp_path)) as run:
        document = await run.result("greeter")
        first, second = run.records(InitReport)
        (failed, _) = run.records(PlatformExtension)
    assert isinstance(document, dict)
    assert document["errorType"] == "Extension.LaunchError"
    assert (first.phase, second.phase, second.error_type) == ("init", "invoke", "Extension.LaunchError")
    assert (failed.state, failed.error_type) == ("LaunchError", "PermissionDenied")


async def test_log_says_what_keeps_an_extension_from_being_executed(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "locked", executable=False)
    async with running(project_with_layer(tmp_path)) as run:
        document = await run.result("greeter")
        faults = run.records(PlatformFault)
    assert isinstance(document, dict)
    assert document["errorMessage"].endswith(" Error: fork/exec /opt/extensions/locked: permission denied")
    why = "fork/exec /opt/extensions/locked: permission denied (the file is not executable: chmod +x it)"
    assert {fault.message for fault in faults} == {f"Extension locked could not be started: {why}"}


async def test_eleven_extensions_are_too_many(tmp_path: Path) -> None:
    for number in range(11):
        write_extension(tmp_path / "layer", f"ext{number:02}")
    async with running(project_with_layer(tmp_path)) as run:
        document = await run.result("greeter")
    assert isinstance(document, dict)
    assert document["errorType"] == "Extension.LaunchError"
    assert "Extension limit (10) reached" in document["errorMessage"]
    assert not run.records(ExtensionLog)


async def test_extension_that_ends_in_an_invoke_fails_it_and_the_next_one_starts_all_anew(tmp_path: Path) -> None:
    dies = (
        '    if event["eventType"] == "SHUTDOWN":\n        sys.exit(0)\n'
        '    invokes = globals().get("invokes", 0) + 1\n'
        "    if invokes == 2:\n        sys.exit(3)"
    )
    write_extension(tmp_path / "layer", "fragile", on_event=dies)
    source = "import time\ndef handler(event, context):\n    time.sleep(event.get('s', 0))\n    return 'fine'\n"
    async with running(project_with_layer(tmp_path, source, timeout=20)) as run:
        assert await run.result("greeter") == "fine"
        document = await run.result("greeter", {"s": 15})
        assert await run.result("greeter") == "fine"
    assert isinstance(document, dict)
    assert document["errorType"] == "Extension.Crash"
    assert document["errorMessage"].endswith("Error: exit status 3")
    assert [init.phase for init in run.records(InitStart)] == ["init", "invoke"]


async def test_timeout_shuts_down_in_order_and_the_next_invoke_inits_in_the_same_environment(tmp_path: Path) -> None:
    write_extension(tmp_path / "layer", "watcher")
    source = (
        "import signal, time, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('asked to end', flush=True), sys.exit(0)))\n"
        "def handler(event, context):\n"
        "    time.sleep(30 if event.get('hang') else 0)\n"
        "    return 'fine'\n"
    )
    async with running(project_with_layer(tmp_path, source, timeout=1)) as run:
        document = await run.result("greeter", {"hang": True})
        assert isinstance(document, dict)
        assert document["errorType"] == "Sandbox.Timedout"
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.RESET)
        assert await run.result("greeter") == "fine"
        await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) == 2)
        assert len({event.environment for event in run.events() if isinstance(event.record, InitStart)}) == 1
    lines = [line for record in run.records(FunctionLog) for line in record.lines]
    assert "asked to end" in lines
    reasons = [event["shutdownReason"] for event in told(run.records(ExtensionLog), "watcher", "SHUTDOWN")]
    assert reasons == ["timeout", "spindown"]


async def test_extension_that_ignores_the_end_is_dead_at_its_deadline_and_the_engine_stops_in_time(
    tmp_path: Path,
) -> None:
    ignores = (
        '    if event["eventType"] == "SHUTDOWN":\n'
        "        import signal\n        signal.signal(signal.SIGTERM, signal.SIG_IGN)\n        time.sleep(60)"
    )
    write_extension(tmp_path / "layer", "stubborn", on_event=ignores)
    loop = asyncio.get_running_loop()
    async with running(project_with_layer(tmp_path)) as run:
        await run.result("greeter")
        await run.until(EnvironmentFrozen, lambda _: len(run.records(EnvironmentFrozen)) == 2)
        stopping_at = loop.time()
    took_s = loop.time() - stopping_at
    assert 1.5 < took_s < 3.0


async def test_internal_extension_of_the_function_gets_its_events(tmp_path: Path) -> None:
    source = """
import json, os, threading, urllib.request
BASE = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension"
SEEN = []

def call(path, body=None, **headers):
    request = urllib.request.Request(BASE + path, data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return dict(answer.headers), json.loads(answer.read())

head, _ = call("/register", b'{"events": ["INVOKE"]}', **{"Lambda-Extension-Name": "inner"})

def follow():
    while True:
        _, event = call("/event/next", **{"Lambda-Extension-Identifier": head["Lambda-Extension-Identifier"]})
        SEEN.append(event["requestId"])

threading.Thread(target=follow, daemon=True).start()

def handler(event, context):
    return {"seen": list(SEEN), "id": context.aws_request_id}
"""
    async with running(write_project(tmp_path, {"greeter": source})) as run:
        first = await run.result("greeter")
        second = await run.result("greeter")
        (told_once,) = run.records(PlatformExtension)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["id"] in second["seen"]
    assert (told_once.name, told_once.state, told_once.events) == ("inner", "Ready", ("INVOKE",))
