"""SnapStart with real processes: one snapshot of a function's code, restored in many environments."""

import asyncio
import errno
import os
import signal
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lambdatui.model.ids import EnvironmentId
from lambdatui.model.phase import FunctionState, Phase
from lambdatui.model.records import (
    EnvironmentPhase,
    FunctionLog,
    InitReport,
    InitStart,
    InvokeStart,
    PlatformFault,
    Report,
    RestoreReport,
)
from lambdatui.sandbox.process import ProcessBackend, backend
from lambdatui.sandbox.process.cgroups import EnvironmentCgroup
from lambdatui.sandbox.process.snapshots import Snapshot
from lambdatui.service.invoking import ServiceError
from tests.contract.service.snapped import FOR_OTHERS, HANDLER, snapped, together
from tests.support.running import DEADLINE_S, running

pytestmark = pytest.mark.namespaces


DIFFERING = "sorted(name for name, value in os.environ.items() if name[0] != '_' and SEEN.get(name) != value)"


ASKING = """
import urllib.request
NAMED = dict(os.environ)

def status(url, token):
    return urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": token}), timeout=5).status

def ask():
    metadata = "http://%s/2026-01-15/metadata/execution-environment" % NAMED["AWS_LAMBDA_METADATA_API"]
    return [
        status(NAMED["AWS_CONTAINER_CREDENTIALS_FULL_URI"], NAMED["AWS_CONTAINER_AUTHORIZATION_TOKEN"]),
        status(metadata, "Bearer " + NAMED["AWS_LAMBDA_METADATA_TOKEN"]),
    ]
"""


@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_code_is_initialised_once_and_restored_in_every_environment(tmp_path: Path, use_cgroups: bool) -> None:
    init = "SEEN = [os.getpid()]\nregister_after_restore(lambda: SEEN.append('hook'))"
    async with snapped(tmp_path, init, "SEEN", use_cgroups=use_cgroups) as run:
        answers = await together(run, 3)
        await run.until(Report)
        assert len(run.records(InitStart)) == len(run.records(InitReport)) == 1
        assert len(run.records(RestoreReport)) == 3
        environments = {event.environment for event in run.events() if isinstance(event.record, InvokeStart)}
    assert len(environments) == 3
    assert EnvironmentId("e1") not in environments
    assert len(set(map(str, answers))) == 1
    assert answers[0][1:] == ["hook"]


async def test_snapshot_is_taken_before_anybody_invokes(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "1") as run:
        await run.until(EnvironmentPhase, lambda record: record.reason == FOR_OTHERS)
        assert not run.records(RestoreReport)


async def test_restored_invoke_reports_its_restore_and_no_init(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "1") as run:
        await run.result("snapped")
        (restored,) = run.records(RestoreReport)
        metrics = (await run.until(Report)).metrics
    assert (metrics.init_duration_ms, metrics.restore_duration_ms) == (None, restored.metrics.duration_ms)


async def test_random_numbers_go_on_alike_in_all_and_those_of_the_system_do_not(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "[random.random(), os.urandom(8).hex()]") as run:
        first, second = await together(run)
    assert first[0] == second[0]
    assert first[1] != second[1]


async def test_no_hook_of_a_fork_runs(tmp_path: Path) -> None:
    init = "RAN = []\nos.register_at_fork(after_in_child=lambda: RAN.append(1))"
    async with snapped(tmp_path, init, "RAN") as run:
        assert await run.result("snapped") == []


async def test_modules_are_found_as_without_a_snapshot(tmp_path: Path) -> None:
    finders = "[str(type(finder)) + getattr(finder, '__name__', '') for finder in sys.meta_path]"
    async with snapped(tmp_path, "import sys", finders) as run:
        restored = await run.result("snapped")
    async with running(tmp_path) as run:
        assert await run.result("snapped") == restored


@pytest.mark.parametrize("settings", ["", "network = false"])
async def test_variables_are_those_that_init_saw(tmp_path: Path, settings: str) -> None:
    async with snapped(tmp_path, "SEEN = dict(os.environ)", DIFFERING, settings=settings) as run:
        assert await together(run) == [[], []]


@pytest.mark.parametrize("settings", ["", "network = false"])
async def test_what_init_knew_of_its_credentials_and_metadata_is_good_in_every_environment(
    tmp_path: Path, settings: str
) -> None:
    async with snapped(tmp_path, ASKING, "ask()", settings=settings) as run:
        assert await together(run) == [[200, 200], [200, 200]]


async def test_environment_that_starts_anew_after_a_restore_has_an_address_of_its_own(tmp_path: Path) -> None:
    answer = "os._exit(3) if event.get('exit') else os.environ['AWS_LAMBDA_RUNTIME_API']"
    async with snapped(tmp_path, "", answer) as run:
        restored = await run.result("snapped")
        await run.result("snapped", {"exit": True})
        assert await run.result("snapped") != restored


async def test_every_environment_has_its_own_copy_of_tmp(tmp_path: Path) -> None:
    init = "os.mkdir('/tmp/kept')\nopen('/tmp/kept/init', 'w').close()"
    answer = "[open('/tmp/kept/%s' % context.aws_request_id, 'w').close(), sorted(os.listdir('/tmp/kept'))][1]"
    async with snapped(tmp_path, init, answer) as run:
        answers = await together(run)
    assert [len(names) for names in answers] == [2, 2]
    assert all("init" in names for names in answers)


async def test_pipes_and_sockets_with_a_name_in_tmp_are_there_in_every_environment(tmp_path: Path) -> None:
    init = (
        "import socket, stat\nos.mkfifo('/tmp/pipe')\n"
        "with socket.socket(socket.AF_UNIX) as made:\n    made.bind('/tmp/socket')"
    )
    answer = "[stat.S_IFMT(os.stat('/tmp/' + name).st_mode) for name in ('pipe', 'socket')]"
    async with snapped(tmp_path, init, answer) as run:
        assert await together(run) == [[stat.S_IFIFO, stat.S_IFSOCK]] * 2
        assert len(run.records(InitStart)) == 1


async def test_copy_of_tmp_for_which_there_is_no_room_leaves_no_place_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with snapped(tmp_path, "", "1") as run:
        await run.until(EnvironmentPhase, lambda record: record.reason == FOR_OTHERS)
        with monkeypatch.context() as patch:
            patch.setattr(backend, "copy_scratch", full)
            failed = await run.result("snapped")
        assert isinstance(failed, dict)
        assert "No space left on device" in failed["errorMessage"]
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        assert isinstance(run.engine.backend, ProcessBackend)
        assert run.engine.backend.places == 1, "more than that of the snapshot"
        assert await run.result("snapped") == 1


async def test_every_environment_has_its_own_position_in_open_files(tmp_path: Path) -> None:
    init = "FILE = open('/var/task/app.py')\nFILE.read(1)"
    async with snapped(tmp_path, init, "FILE.read(6)") as run:
        assert await together(run) == ["import", "import"]


async def test_restored_environments_do_not_see_each_other_or_the_snapshot(tmp_path: Path) -> None:
    answer = "sorted(int(name) for name in os.listdir('/proc') if name.isdigit()) == [1, os.getpid()]"
    async with snapped(tmp_path, "", answer) as run:
        assert await together(run) == [True, True]


async def test_process_has_the_number_that_init_saw(tmp_path: Path) -> None:
    seen = "[os.getpid(), threading.get_native_id(), os.getsid(0)]"
    async with snapped(tmp_path, f"import threading\nSEEN = {seen}", f"SEEN == {seen}") as run:
        assert await together(run) == [True, True]


@pytest.mark.parametrize("where", ["init", "handler"])
async def test_nothing_is_privileged_before_a_snapshot_or_after_it(tmp_path: Path, where: str) -> None:
    mount = "ctypes.CDLL(None, use_errno=True).mount(b'x', b'/tmp', b'tmpfs', 0, None)"
    init, answer = (f"import ctypes\nDONE = {mount}", "DONE") if where == "init" else ("import ctypes", mount)
    async with snapped(tmp_path, init, answer) as run:
        assert await run.result("snapped") == -1


async def test_environment_that_breaks_after_a_restore_runs_init_inside_its_next_invoke(tmp_path: Path) -> None:
    async with snapped(
        tmp_path, "SEEN = []", "os._exit(3) if event.get('exit') else [SEEN.append(1), len(SEEN)][1]"
    ) as run:
        failed = await run.result("snapped", {"exit": True})
        assert isinstance(failed, dict)
        assert failed["errorMessage"].endswith("Runtime exited with error: exit status 3")
        assert await run.result("snapped") == 1
        assert len(run.records(InitStart)) == 2
        assert len(run.records(RestoreReport)) == 1


@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_timeout_in_a_restored_environment_kills_what_runs_there(tmp_path: Path, use_cgroups: bool) -> None:
    async with snapped(tmp_path, "", "os.getpid()", use_cgroups=use_cgroups) as run:
        run.engine.pools[next(iter(run.engine.pools))].function = replace(run.engine.function("snapped"), timeout_s=1)
        failed = await run.result("snapped", {"held_s": 5})
        assert isinstance(failed, dict)
        assert failed["errorType"] == "Sandbox.Timedout"
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.RESET)


async def test_invoke_on_older_code_ends_before_its_snapshot_does(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "'old'") as run:
        pool = next(iter(run.engine.pools.values()))
        snapshot = pool.drivers[EnvironmentId("e1")]

        async def save_meanwhile() -> object:
            await run.until(InvokeStart)
            run.save("snapped", HANDLER % ("", "'new'"))
            pool.code_changed(("app.py",), 0.0, broken=False)
            answer = await run.result("snapped")
            assert not snapshot.gone.is_set()
            return answer

        old, new = await asyncio.gather(run.result("snapped", {"held_s": 1.0}), save_meanwhile())
        assert (old, new) == ("old", "new")
        async with asyncio.timeout(DEADLINE_S):
            await snapshot.gone.wait()


async def test_snapshot_that_is_killed_is_taken_anew(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "1") as run:
        await run.until(EnvironmentPhase, lambda record: record.reason == FOR_OTHERS)
        run.engine.kill_environment("e1")
        assert await run.result("snapped") == 1
        assert len(run.records(InitStart)) == 2


async def test_restore_without_a_descriptor_left_fails_its_invoke_and_the_next_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_descriptors(group: EnvironmentCgroup) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    restore = Snapshot.restore

    def starved(*arguments: Any) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(EnvironmentCgroup, "open_directory", without_descriptors)
            restore(*arguments)

    async with snapped(tmp_path, "", "1") as run:
        await run.until(EnvironmentPhase, lambda record: record.reason == FOR_OTHERS)
        with monkeypatch.context() as patch:
            patch.setattr(Snapshot, "restore", starved)
            with pytest.raises(ServiceError):
                await run.invoke("snapped")
        assert await run.result("snapped") == 1
        assert run.records(PlatformFault) == []
        written = [line for record in run.records(FunctionLog) for line in record.lines]
        assert "cannot be restored here: [Errno 24] Too many open files" in written


async def test_functions_without_a_network_are_restored_into_one_of_their_own_each(tmp_path: Path) -> None:
    answer = "[os.environ['AWS_LAMBDA_RUNTIME_API'], sorted(os.listdir('/sys/class/net'))]"
    async with snapped(tmp_path, "", answer, settings="network = false") as run:
        first, second = await together(run)
        assert len(run.records(InitStart)) == 1
    assert first == second


@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_restored_environment_is_frozen_between_invokes(tmp_path: Path, use_cgroups: bool) -> None:
    init = "import threading\nBEATS = []\ndef beat():\n    while True:\n        BEATS.append(1); time.sleep(0.01)"
    answer = "[BEATS or threading.Thread(target=beat, daemon=True).start(), time.sleep(0.1), len(BEATS)][2]"
    async with snapped(tmp_path, init, answer, use_cgroups=use_cgroups) as run:
        await run.result("snapped")
        await run.pass_time(0.5)
        beats = await run.result("snapped")
    assert isinstance(beats, int)
    assert 5 < beats < 40


async def test_killed_runtime_of_a_restored_environment_fails_its_invoke_and_nobody_elses(tmp_path: Path) -> None:
    async with snapped(tmp_path, "", "1") as run:

        async def kill_one() -> None:
            await run.until(RestoreReport, after=0)
            environment = next(event.environment for event in run.events() if isinstance(event.record, InvokeStart))
            driver = next(iter(run.engine.pools.values())).drivers[environment or EnvironmentId("")]
            assert driver.place.sandbox is not None
            driver.place.sandbox.signal_runtime(signal.SIGKILL)

        answers, _ = await asyncio.gather(together(run), kill_one())
    assert sorted(map(str, answers))[0] == "1"
    failed = next(answer for answer in answers if answer != 1)
    assert failed["errorMessage"].endswith("signal: killed")


async def test_connection_that_was_made_before_the_snapshot_was_reset_after_it(tmp_path: Path) -> None:
    """As the other end, which Lambda does not freeze, has long given it up."""
    init = (
        "import socket\nwith socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    MADE = socket.create_connection(server.getsockname())\n    server.accept()[0].close()"
    )
    used = (
        "def use():\n    try:\n        return MADE.recv(1).decode()\n"
        "    except OSError as error:\n        return type(error).__name__"
    )
    async with snapped(tmp_path, f"{init}\n{used}", "use()") as run:
        assert await together(run) == ["ConnectionResetError"] * 2
        assert len(run.records(InitStart)) == 1


async def test_socket_for_datagrams_sends_after_a_restore(tmp_path: Path) -> None:
    init = (
        "import socket\nOUT = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nOUT.setblocking(False)\n"
        "def sent():\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:\n"
        "        inbox.bind(('127.0.0.1', 0))\n        OUT.sendto(b'x', inbox.getsockname())\n"
        "        return [inbox.recv(10).decode(), OUT.getblocking()]"
    )
    async with snapped(tmp_path, init, "sent()") as run:
        assert await together(run) == [["x", False]] * 2
        assert len(run.records(InitStart)) == 1


async def test_event_loop_that_was_made_before_the_snapshot_runs_in_every_environment(tmp_path: Path) -> None:
    init = (
        "import asyncio, threading\nLOOP = asyncio.new_event_loop()\nasync def wait(event):\n"
        "    await asyncio.sleep(0.05)\n"
        "    woken = asyncio.Event()\n"
        "    threading.Timer(0.05, LOOP.call_soon_threadsafe, (woken.set,)).start()\n"
        "    await woken.wait()\n    return 'woken'"
    )
    async with snapped(tmp_path, init, "LOOP.run_until_complete(wait(event))") as run:
        assert await together(run) == ["woken", "woken"]
        assert len(run.records(InitStart)) == 1


async def test_function_of_which_only_the_snapshot_is_left_becomes_inactive(tmp_path: Path) -> None:
    week_in_a_second = 7 * 24 * 3600.0
    async with snapped(tmp_path, "", "1", speed=week_in_a_second) as run:
        await run.result("snapped")
        await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        await run.pass_time(2.1)
        assert run.engine.function_state("snapped") is FunctionState.INACTIVE
        assert await run.result("snapped") == 1
        assert len(run.records(InitStart)) == 1
