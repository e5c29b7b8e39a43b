"""What is told of one environment with real processes in it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase
from lambdatui.sandbox.process import Isolation
from lambdatui.service.departed import REMEMBERED
from lambdatui.service.looking import look_at, retold_as_test
from lambdatui.telemetry.json_codec import decoder, encoder
from tests.support.running import ANY_PYTHON, Running, running, write_project

SOURCE = """
import subprocess, time
CHILD = subprocess.Popen(["sleep", "1000"])
def handler(event, context):
    time.sleep(event.get("sleep", 0))
    return event
"""
SETTINGS = """timeout = 7
environment = { DB_PASSWORD = "hunter2", STAGE = "dev", DSN_OF_SHOP = "postgres://ada:hunter2@db/shop" }
"""


@pytest.fixture(params=[Isolation.AUTO, Isolation.PLAIN], ids=str)
async def run(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    root = write_project(tmp_path, {"shop": SOURCE}, {"shop": SETTINGS})
    async with running(root, isolation=request.param) as engine:
        await engine.tail("shop")
        yield engine


async def look(run: Running, *, reveal: bool = False) -> EnvironmentDetail:
    return await look_at(run.engine, "e1", reveal=reveal)


async def test_idle_environment_tells_what_it_waits_for(run: Running) -> None:
    found = await look(run)
    assert (found.id, found.function, found.machine.phase, found.machine.runtime) == (
        "e1",
        "shop",
        Phase.READY,
        "Ready",
    )
    assert found.machine.stage == "it waits for an invoke"
    assert found.machine.frozen_s is not None
    assert found.machine.refusals["freeze"] == "it is frozen already"
    assert found.machine.refusals["reset"] == ""
    (timer,) = found.timers
    assert timer.name == "end of life"
    assert 590 < timer.remaining_s <= 600


async def test_running_environment_tells_how_long_it_still_may(run: Running) -> None:
    invoke = asyncio.ensure_future(run.result("shop", {"sleep": 0.3}))  # noqa: TID251  the test's own task
    await run.pass_time(0.01)
    found = await look(run)
    assert found.machine.stage == "the handler has the event"
    assert found.machine.request_id is not None
    (timer,) = found.timers
    assert timer.name == "invoke"
    assert 6.5 < timer.remaining_s <= 7
    await invoke


async def test_every_input_is_told_with_what_came_of_it(run: Running) -> None:
    found = await look(run)
    assert [step.happened.split()[0] for step in found.steps] == [
        "SandboxReady",
        "RuntimeCalledNext",
        "InvokeAssigned",
        "RuntimePostedResponse",
        "RuntimeCalledNext",
    ]
    assert found.inputs == 5
    assert "ArmTimer invoke, in 7.000 s" in found.steps[2].commands
    assert found.steps[-1].commands[-1] == "AnnounceIdle"


async def test_process_tree_has_what_the_handler_started(run: Running) -> None:
    found = await look(run)
    first, runtime, child = found.processes
    assert [process.role for process in found.processes] == ["init", "runtime", ""]
    assert (runtime.parent_pid, child.parent_pid) == (first.pid, runtime.pid)
    assert child.command == "sleep 1000"
    assert runtime.memory_kb > child.memory_kb > 0
    assert runtime.descriptors == len(found.descriptors) > 2


async def test_secrets_are_hidden_unless_they_are_asked_for(run: Running) -> None:
    hidden = {each.name: each for each in (await look(run)).variables}
    shown = {each.name: each for each in (await look(run, reveal=True)).variables}
    assert hidden["DB_PASSWORD"].value == "********"
    assert hidden["DB_PASSWORD"].hidden
    assert "hunter2" not in repr(hidden)
    assert shown["DB_PASSWORD"].value == "hunter2"
    assert (hidden["STAGE"].value, hidden["STAGE"].of_function) == ("dev", True)
    assert not hidden["AWS_REGION"].of_function


async def test_mounts_are_those_of_the_place(run: Running) -> None:
    found = await look(run)
    mounts = {mount.path: mount for mount in found.mounts}
    if found.mounts_unknown:
        assert "no mount namespace" in found.mounts_unknown
        return
    assert mounts["/var/task"].read_only
    assert mounts["/var/task"].source == str(run.root / "shop")
    assert (mounts["/tmp"].kind, mounts["/tmp"].read_only) == ("tmpfs", False)


async def test_recorded_test_of_a_real_environment_passes(run: Running) -> None:
    for _ in range(30):
        await run.tail("shop")
    run.engine.driver("e1").order(Order.RESET)
    await run.tail("shop")
    scope: dict[str, Any] = {}
    exec(compile(retold_as_test(run.engine, "e1"), "test_recorded.py", "exec"), scope)
    scope["test_recorded_inputs_give_the_recorded_commands"]()


async def test_detail_survives_the_wire(run: Running) -> None:
    found = await look(run)
    assert decoder(EnvironmentDetail)(json.loads(encoder(EnvironmentDetail)(found))) == found


async def test_environment_that_has_ended_tells_what_it_did_last(run: Running) -> None:
    run.engine.driver("e1").order(Order.DESTROY)
    await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
    await run.engine.driver("e1").gone.wait()
    found = await look(run)
    assert (found.machine.phase, found.processes, found.timers) == (Phase.DEAD, (), ())
    assert found.processes_unknown == "it has ended, and its place with it"
    assert [step.happened for step in found.steps[-2:]] == ["OrderGiven destroy", "SandboxClosed"]
    assert run.engine.driver("e1").order(Order.RESET) == "it has ended"
    with pytest.raises(KeyError):
        run.engine.kill_environment("e1")


async def test_only_the_last_environments_that_ended_are_remembered(run: Running) -> None:
    for number in range(1, REMEMBERED + 2):
        driver = run.engine.driver(f"e{number}")
        driver.order(Order.DESTROY)
        await driver.gone.wait()
        await run.tail("shop")
    with pytest.raises(KeyError):
        run.engine.driver("e1")
    assert run.engine.driver("e2").gone.is_set()


async def test_unknown_environment_is_a_key_error(run: Running) -> None:
    with pytest.raises(KeyError):
        await look_at(run.engine, "e99", reveal=False)


EXTENSION = f"""#!{ANY_PYTHON}
import json, os, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
def call(path, headers, body=None):
    return urllib.request.urlopen(urllib.request.Request(API + path, body, headers))
events = json.dumps({{"events": ["INVOKE", "SHUTDOWN"]}}).encode()
own = call("register", {{"Lambda-Extension-Name": "watcher"}}, events).headers["Lambda-Extension-Identifier"]
while True:
    call("event/next", {{"Lambda-Extension-Identifier": own}}).read()
"""


async def test_extensions_have_a_line_of_what_they_did(tmp_path: Path) -> None:
    layer = tmp_path / "layer" / "extensions"
    layer.mkdir(parents=True)
    (layer / "watcher").write_text(EXTENSION)
    (layer / "watcher").chmod(0o755)
    root = write_project(tmp_path, {"shop": SOURCE}, {"shop": 'layers = ["layer"]'})
    async with running(root) as run:
        await run.tail("shop")
        found = await look(run)
    (extension,) = found.machine.extensions
    assert (extension.name, extension.external, extension.state, extension.events) == (
        "watcher",
        True,
        "Ready",
        ("INVOKE", "SHUTDOWN"),
    )
    (line,) = found.extension_lines
    assert [span.state for span in line.spans] == ["Started", "Registered", "Ready", "Running", "Ready"]
    assert all(span.end_s is not None for span in line.spans[:-1])
    assert line.spans[-1].end_s is None
    assert "extension watcher" in [process.role for process in found.processes]
