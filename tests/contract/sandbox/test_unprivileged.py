"""The same places for a user who is not root: user namespaces, and signals where no cgroup may be made."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sandbox.stage import make_runtime_dir

NOBODY = 65534
ROOT = Path(__file__).parents[3]
PROGRAM = '''
import asyncio, os, sys
from pathlib import Path
from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.sandbox.protocol import RuntimeSpec, SandboxSpec

class Recorder:
    def __init__(self): self.happened = asyncio.Queue()
    def runtime_exited(self, happened): self.happened.put_nowait(happened.exit_code)
    def processes_gone(self, generation): self.happened.put_nowait("gone")
    def sandbox_lost(self, reason): self.happened.put_nowait("lost")

CODE = """
import ctypes, os, pathlib
pathlib.Path('/tmp/mine').write_text('x')
try:
    open('/var/task/new', 'w')
except OSError as error:
    print(error.errno)
print(ctypes.CDLL(None).unshare(0x10000000))
print(os.getuid(), os.getpid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0])
raise SystemExit(4)
"""

async def main(folder):
    backend = ProcessBackend(isolation=Isolation.NAMESPACES, runtime_dir=folder / "runtime")
    for kind in ("code", "tmp", "bytecode"):
        (folder / "own" / kind).mkdir(parents=True)
    own = folder / "own"
    spec = SandboxSpec(environment_id="e", interpreter=sys.executable, code_dir=own / "code", tmp_dir=own / "tmp",
                       bytecode_dir=own / "bytecode")
    recorder = Recorder()
    sandbox = await backend.create(spec, recorder)
    environ = {"PROGRAM": CODE}
    sandbox.start_runtime(RuntimeSpec(generation=1, environ=environ))
    print(await recorder.happened.get(), os.read(sandbox.log_fd, 4096).split(), sorted(os.listdir(own / "tmp")))
    waiting = {"PROGRAM": "import signal; signal.pause()"}
    sandbox.start_runtime(RuntimeSpec(generation=2, environ=waiting))
    while sandbox.pid is None:
        await asyncio.sleep(0)
    sandbox.freeze()
    while "(stopped)" not in Path(f"/proc/{sandbox.pid}/status").read_text():
        await asyncio.sleep(0)
    sandbox.thaw()
    while "(stopped)" in Path(f"/proc/{sandbox.pid}/status").read_text():
        await asyncio.sleep(0)
    print("frozen and thawed")
    sandbox.kill_processes()
    await recorder.happened.get()
    print(await recorder.happened.get())
    await backend.close()

asyncio.run(main(Path(sys.argv[1])))
'''


def run_as_nobody(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def nobodys_interpreter() -> str:
    """An interpreter that user nobody may execute and that finds this package."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for interpreter in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        try:
            if (
                interpreter is not None
                and run_as_nobody(interpreter, "-c", "import lambdatui.sandbox.process").returncode == 0
            ):
                return interpreter
        except PermissionError:
            continue
    pytest.skip("user nobody can execute no interpreter that is new enough")


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """Outside pytest's own directories, which only their owner may enter."""
    folder = Path(tempfile.mkdtemp(prefix="lambdatui-nobody-"))
    make_runtime_dir(folder / "runtime")
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.namespaces
def test_unprivileged_user_gets_namespaces_through_a_user_namespace(
    nobodys_interpreter: str, nobodys_folder: Path
) -> None:
    finished = run_as_nobody(nobodys_interpreter, "-c", PROGRAM, str(nobodys_folder))
    if "namespaces are not allowed here" in finished.stderr:
        pytest.skip(finished.stderr.splitlines()[-1])
    assert finished.stderr == ""
    assert finished.stdout.splitlines() == [
        "4 [b'30', b'-1', b'993', b'2', b'0000000000000000'] ['mine']",
        "frozen and thawed",
        "gone",
    ]


COVERED_PROC = """
import asyncio, sys
from pathlib import Path
from lambdatui.model.capability import Capability
from lambdatui.sandbox.process import ProcessBackend
from lambdatui.sandbox.protocol import RuntimeSpec, SandboxSpec

class Recorder:
    def __init__(self): self.ended = asyncio.get_running_loop().create_future()
    def runtime_exited(self, happened): self.ended.set_result(happened.exit_code)
    def sandbox_lost(self, reason): self.ended.set_result(reason)

async def main(folder):
    backend = ProcessBackend(runtime_dir=folder / "runtime")
    own = {kind: folder / kind for kind in ("code_dir", "tmp_dir", "bytecode_dir")}
    for path in own.values():
        path.mkdir()
    recorder = Recorder()
    sandbox = await backend.create(SandboxSpec(environment_id="e", interpreter=sys.executable, **own), recorder)
    sandbox.start_runtime(RuntimeSpec(generation=1, environ={"PROGRAM": "raise SystemExit(4)"}))
    print(await recorder.ended)
    print(next(row.how for row in backend.capabilities() if row.capability is Capability.OWN_PROCESSES))
    await backend.close()

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.namespaces
def test_a_proc_that_is_covered_in_parts_as_in_a_container_means_no_namespaces_and_not_no_environments(
    nobodys_interpreter: str, nobodys_folder: Path
) -> None:
    command = (nobodys_interpreter, "-c", COVERED_PROC, str(nobodys_folder))
    dropping = f'exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "$@"'
    finished = subprocess.run(
        ["unshare", "--mount", "sh", "-c", f"mount --bind /dev/null /proc/version && {dropping}", "sh", *command],
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stderr == ""
    exit_code, own_processes = finished.stdout.splitlines()
    assert exit_code == "4"
    assert "no namespaces: mount proc on /proc: Operation not permitted" in own_processes
