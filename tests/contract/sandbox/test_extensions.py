"""External extensions: how they start, what they find, and how their end is reported."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from lambdatui.sandbox.protocol import ExtensionExit, ExtensionSpec, RuntimeExit
from tests.contract.sandbox.stage import Gone, Lost, Stage, StagedEnvironment, read_pipe
from tests.contract.sandbox.test_freeze_and_kill import let_others_run, wait_until_stopped

COUNTING = """
import itertools, os, time
counter = open(os.environ["COUNTER"], "w")
print("counting", flush=True)
for n in itertools.count():
    os.pwrite(counter.fileno(), b"%09d" % n, 0)
    time.sleep(0.001)
"""
WAITING = "import signal\nprint('here', flush=True)\nsignal.pause()\n"


class Extended:
    """An environment whose layers are a directory of this test, and readers of its extensions' pipes."""

    def __init__(self, environment: StagedEnvironment, folder: Path) -> None:
        self.environment = environment
        self.sandbox = environment.sandbox
        self.recorder = environment.recorder
        self._folder = folder

    def install(self, name: str, program: str, mode: int = 0o755) -> None:
        self.install_script(name, f"#!{sys.executable}\n{program}", mode)

    def install_script(self, name: str, text: str, mode: int = 0o755) -> None:
        (self._folder / name).write_text(text)
        (self._folder / name).chmod(mode)

    def start(self, name: str, environ: Mapping[str, str] | None = None, generation: int = 1) -> None:
        self.sandbox.start_extension(ExtensionSpec(name=name, generation=generation, environ=environ or {}))

    async def run(self, name: str, environ: Mapping[str, str] | None = None, generation: int = 1) -> ExtensionExit:
        self.start(name, environ, generation)
        happened = await self.recorder.next()
        assert isinstance(happened, ExtensionExit), happened
        return happened

    async def line(self, name: str) -> str:
        """The first complete line in the extension's pipe; what follows it is lost."""
        output, transport = await read_pipe(self.sandbox.extension_log_fd(name))
        async with asyncio.timeout(20):
            line = await output.readline()
        transport.close()
        return line.decode().rstrip("\n")


@pytest.fixture
async def extended(stage: Stage) -> Extended:
    folder = stage.folder / "layers" / "extensions"
    folder.mkdir(parents=True)
    return Extended(await stage.environment(stage.spec(sys.executable, folder.parent)), folder)


@pytest.mark.parametrize(
    ("program", "exit_code", "signal_number"),
    [("pass", 0, None), ("raise SystemExit(7)", 7, None), ("import os; os.kill(os.getpid(), 9)", None, signal.SIGKILL)],
)
async def test_end_of_an_extension_is_reported_by_name_and_generation(
    extended: Extended, program: str, exit_code: int | None, signal_number: int | None
) -> None:
    extended.install("watcher", program)
    happened = await extended.run("watcher", generation=4)
    assert happened == ExtensionExit(generation=4, name="watcher", exit_code=exit_code, signal=signal_number)


@pytest.mark.parametrize(
    ("text", "mode", "launch_error", "reason", "hint"),
    [
        ("#!/bin/sh\n", 0o644, "PermissionDenied", "permission denied", "the file is not executable: chmod +x it"),
        (
            "no program at all",
            0o755,
            "UnknownError",
            "exec format error",
            "it has no #! line and is no program for this machine",
        ),
        (
            "#!/no/such/interpreter -x\n",
            0o755,
            "UnknownError",
            "no such file or directory",
            "its first line, #!/no/such/interpreter, names what cannot be executed here",
        ),
        (
            "#!/bin/sh\r\n",
            0o755,
            "UnknownError",
            "no such file or directory",
            "its first line ends in CR LF: save it with LF line ends",
        ),
    ],
)
async def test_file_that_cannot_be_executed_is_a_launch_error_with_its_reason(
    extended: Extended, text: str, mode: int, launch_error: str, reason: str, hint: str
) -> None:
    extended.install_script("watcher", text, mode)
    assert await extended.run("watcher") == ExtensionExit(
        generation=1, name="watcher", launch_error=launch_error, reason=reason, hint=hint
    )


async def test_failed_launch_is_reported_once_and_the_next_generation_can_succeed(extended: Extended) -> None:
    extended.install("watcher", "pass", mode=0o644)
    await extended.run("watcher")
    extended.install("watcher", "pass")
    assert await extended.run("watcher", generation=2) == ExtensionExit(generation=2, name="watcher", exit_code=0)


async def test_extension_finds_its_variables_its_folder_and_three_descriptors(extended: Extended) -> None:
    extended.install(
        "watcher",
        "import json, os\n"
        "listing = os.open('/proc/self/fd', os.O_RDONLY)\n"
        "fds = sorted(int(fd) for fd in os.listdir(listing) if int(fd) < listing)\n"
        "print(json.dumps([dict(os.environ), os.getcwd(), fds, os.getsid(0) == os.getpid(), __file__]), flush=True)",
    )
    await extended.run("watcher", {"STAGE": "tést", "PYTHONUTF8": "1"})
    environ, folder, fds, leads, path = json.loads(await extended.line("watcher"))
    environ.pop("LC_CTYPE", None)  # the interpreter's own, where there is no locale
    assert environ == {"STAGE": "tést", "PYTHONUTF8": "1"}
    assert (folder, fds, leads) == ("/", [0, 1, 2], True)
    assert path == f"{extended.sandbox.paths.opt}/extensions/watcher"


async def test_extension_has_no_privileges_and_lambdas_number_of_open_files(extended: Extended) -> None:
    extended.install(
        "watcher",
        "import resource\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE), *(status[k].strip() for k in ('CapEff', 'NoNewPrivs')))",
    )
    await extended.run("watcher")
    assert await extended.line("watcher") == "(1024, 1024) 0000000000000000 1"


async def test_output_of_extensions_and_runtime_goes_to_pipes_of_their_own(extended: Extended) -> None:
    extended.install("first", "print('from the first')")
    extended.install("second", "import sys; print('from the second', file=sys.stderr)")
    await extended.run("first")
    await extended.run("second")
    await extended.environment.run("print('from the runtime')")
    assert await extended.line("first") == "from the first"
    assert await extended.line("second") == "from the second"
    assert await extended.environment.line() == "from the runtime"


async def test_log_of_an_unknown_extension_is_a_key_error(extended: Extended) -> None:
    with pytest.raises(KeyError):
        extended.sandbox.extension_log_fd("watcher")


async def test_extension_shares_tmp_and_processes_with_the_runtime(extended: Extended) -> None:
    tmp = extended.sandbox.paths.tmp
    extended.install("watcher", f"open('{tmp}/left', 'w').write('by the extension')")
    await extended.run("watcher")
    await extended.environment.run(f"print(open('{tmp}/left').read())")
    assert await extended.environment.line() == "by the extension"


async def test_kill_of_one_extension_leaves_the_others_and_the_runtime(extended: Extended) -> None:
    for name in ("first", "second"):
        extended.install(name, WAITING)
        extended.start(name)
        assert await extended.line(name) == "here"
    extended.environment.start("print('here', flush=True); import signal; signal.pause()")
    assert await extended.environment.line() == "here"
    extended.sandbox.kill_extension("first")
    assert await extended.recorder.next() == ExtensionExit(generation=1, name="first", signal=signal.SIGKILL)
    extended.sandbox.kill_extension("first")
    extended.sandbox.kill_processes()
    rest = [await extended.recorder.next() for _ in range(3)]
    assert ExtensionExit(generation=1, name="second", signal=signal.SIGKILL) in rest[:2]
    assert rest[2] == Gone(1)


async def test_killed_extension_takes_the_processes_of_its_group_along(stage: Stage, extended: Extended) -> None:
    extended.install("watcher", "import os, signal\nos.fork()\nos.write(1, b'here\\n')\nsignal.pause()\n")
    before = stage.processes()
    extended.start("watcher")
    assert await extended.line("watcher") == "here"
    extended.sandbox.kill_extension("watcher")
    await extended.recorder.next()
    left = [p for p in stage.processes() if p not in before]
    assert psutil.wait_procs(left, timeout=5)[1] == []


async def test_kill_before_the_runtime_ever_started_names_the_extensions_generation(extended: Extended) -> None:
    extended.install("watcher", WAITING)
    extended.start("watcher", generation=5)
    await extended.line("watcher")
    extended.sandbox.kill_processes()
    assert isinstance(await extended.recorder.next(), ExtensionExit)
    assert await extended.recorder.next() == Gone(5)


@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_frozen_extension_stands_still_and_goes_on_after(extended: Extended) -> None:
    extended.install("watcher", COUNTING)
    extended.start("watcher", {"COUNTER": f"{extended.sandbox.paths.tmp}/counter"})
    extended.environment.start("print('here', flush=True); import signal; signal.pause()")
    assert await extended.environment.line() == "here"
    counter = extended.environment.spec.tmp_dir / "counter"
    assert await extended.line("watcher") == "counting"
    extended.sandbox.freeze()
    wait_until_stopped(psutil.Process(psutil.Process(extended.sandbox.pid).ppid()).children())
    before = counter.read_text()
    let_others_run()
    assert counter.read_text() == before
    extended.sandbox.thaw()
    while counter.read_text() == before:
        os.sched_yield()


@pytest.mark.parametrize("use_cgroups", [True, False])
async def test_memory_of_an_extension_counts_as_the_environments(extended: Extended) -> None:
    extended.install("watcher", "block = b'x' * (48 << 20)\n" + WAITING)
    extended.start("watcher")
    assert await extended.line("watcher") == "here"
    extended.environment.start("print('here', flush=True); import signal; signal.pause()")
    assert await extended.environment.line() == "here"
    used_mb = extended.sandbox.memory_used_mb()
    assert used_mb is not None
    assert 48 < used_mb < 110


async def test_signal_reaches_a_frozen_runtime_and_its_handler_runs(extended: Extended) -> None:
    extended.environment.start(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'cleaned up\\n'), sys.exit(3)))\n"
        "os.write(1, b'here\\n')\n"
        "signal.pause()"
    )
    assert await extended.environment.line() == "here"
    extended.sandbox.freeze()
    extended.sandbox.signal_runtime(signal.SIGTERM)
    assert await extended.environment.line() == "cleaned up"
    happened = await extended.recorder.next()
    assert isinstance(happened, RuntimeExit)
    assert happened.exit_code == 3


async def test_signal_without_a_runtime_does_nothing(extended: Extended) -> None:
    extended.sandbox.signal_runtime(signal.SIGTERM)
    assert (await extended.environment.run("raise SystemExit(2)")).exit_code == 2


async def test_ten_starts_leave_no_descriptor_behind(stage: Stage, extended: Extended) -> None:
    extended.install("watcher", "pass")
    await extended.run("watcher")
    before = len(os.listdir("/proc/self/fd"))
    for generation in range(2, 12):
        await extended.run("watcher", generation=generation)
    assert len(os.listdir("/proc/self/fd")) == before


async def test_start_in_a_lost_place_is_a_launch_error(extended: Extended) -> None:
    extended.environment.start("print('here', flush=True); import signal; signal.pause()")
    assert await extended.environment.line() == "here"
    psutil.Process(psutil.Process(extended.sandbox.pid).ppid()).kill()
    while not isinstance(await extended.recorder.next(), Lost):
        pass
    happened = await extended.run("watcher", generation=2)
    assert (happened.generation, happened.launch_error) == (2, "UnknownError")
    assert happened.reason


async def test_name_with_a_slash_starts_nothing(extended: Extended) -> None:
    extended.start("../../bin/true")
    assert (await extended.environment.run("raise SystemExit(4)")).exit_code == 4


async def test_extensions_end_with_their_place(stage: Stage, extended: Extended) -> None:
    extended.install("watcher", WAITING)
    extended.start("watcher")
    await extended.line("watcher")
    extended.environment.start("print('here', flush=True); import signal; signal.pause()")
    assert await extended.environment.line() == "here"
    processes = psutil.Process(psutil.Process(extended.sandbox.pid).ppid()).children()
    await extended.sandbox.close()
    assert len(processes) == 2
    assert not any(process.is_running() for process in processes)
