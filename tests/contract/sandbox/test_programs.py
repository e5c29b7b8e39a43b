"""Programs that are not the Python bootstrap: what they find, and where their executables may be installed."""

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.sandbox.process import Isolation
from lambdatui.sandbox.protocol import RuntimeExit, RuntimeSpec
from tests.contract.sandbox.stage import Stage, StagedEnvironment

NODE = shutil.which("node")
SHOW = """
import json, os, sys
listing = os.open("/proc/self/fd", os.O_RDONLY)
fds = sorted(int(fd) for fd in os.listdir(listing) if int(fd) < listing)
leads = os.getsid(0) == os.getpid()
print(json.dumps([sys.argv[1:], os.getcwd(), fds, os.environ.get("_LAMBDA_TELEMETRY_LOG_FD"), leads]))
"""


def install(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
async def foreign(stage: Stage) -> StagedEnvironment:
    """The place of a function that is not written in Python."""
    return await stage.environment(stage.spec(""))


async def test_bootstrap_of_the_function_runs_in_the_task_root(foreign: StagedEnvironment) -> None:
    install(foreign.spec.code_dir, "bootstrap", f"#!{sys.executable}\n{SHOW}")
    task_root = foreign.sandbox.paths.task_root
    happened = await foreign.execute(f"{task_root}/bootstrap", "one", "two")
    shown = json.loads(await foreign.line())
    assert shown == [["one", "two"], task_root, [0, 1, 2, 3], "3", True]
    assert happened.exit_code == 0


async def test_shell_bootstrap_ends_with_its_own_status(foreign: StagedEnvironment) -> None:
    install(foreign.spec.code_dir, "bootstrap", '#!/bin/sh\necho "$_HANDLER in $PWD"; exit 6\n')
    task_root = foreign.sandbox.paths.task_root
    happened = await foreign.execute(f"{task_root}/bootstrap", environ={"_HANDLER": "function.handler"})
    assert await foreign.line() == f"function.handler in {task_root}"
    assert happened.exit_code == 6


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"#!/no/such/interpreter\n", "No such file or directory"),
        (b"#!/bin/sh\r\nexec ./program\r\n", "No such file or directory"),
        (b"while :; do sleep 1; done\n", "Exec format error"),
        (b"", "Exec format error"),
        (b"\x7fELF\x02\x01\x01", "Exec format error"),
    ],
    ids=["no such interpreter", "lines that end as on Windows", "script that names none", "empty", "half a program"],
)
async def test_bootstrap_that_the_kernel_refuses_is_a_launch_error(
    foreign: StagedEnvironment, content: bytes, why: str
) -> None:
    install(foreign.spec.code_dir, "bootstrap", "").write_bytes(content)
    program = f"{foreign.sandbox.paths.task_root}/bootstrap"
    happened = await foreign.execute(program)
    assert (happened.exit_code, happened.launch_error) == (127, f"{program}: {why}")


async def test_missing_program_is_a_launch_error(foreign: StagedEnvironment) -> None:
    happened = await foreign.execute("/var/task/no-such-bootstrap")
    assert happened.launch_error == "/var/task/no-such-bootstrap: No such file or directory"


async def test_next_program_of_a_place_is_told_nothing_of_a_former_launch_error(foreign: StagedEnvironment) -> None:
    await foreign.execute("/var/task/no-such-bootstrap")
    foreign.sandbox.start_runtime(RuntimeSpec(generation=2, environ={}, program=("/bin/true",)))
    ended = await foreign.recorder.next()
    assert isinstance(ended, RuntimeExit)
    assert (ended.exit_code, ended.launch_error) == (0, None)


async def test_program_gets_only_the_given_variables(
    foreign: StagedEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVELOPERS_SECRET", "hunter2")
    await foreign.execute("/usr/bin/env")
    assert [await foreign.line(), await foreign.line()] == ["PATH=/bin:/usr/bin", "_LAMBDA_TELEMETRY_LOG_FD=3"]


async def test_wrapper_script_gets_the_program_as_its_arguments(foreign: StagedEnvironment) -> None:
    wrapper = install(foreign.spec.code_dir, "wrapper", '#!/bin/sh\necho "$@"\nexec "$@"\n')
    path = f"{foreign.sandbox.paths.task_root}/{wrapper.name}"
    await foreign.execute("/bin/echo", "inside", environ={"AWS_LAMBDA_EXEC_WRAPPER": path})
    assert [await foreign.line(), await foreign.line()] == ["/bin/echo inside", "inside"]


async def test_custom_runtime_knows_no_wrapper_script(foreign: StagedEnvironment) -> None:
    environ = {"PATH": "/bin:/usr/bin", "AWS_LAMBDA_EXEC_WRAPPER": "/opt/no-such-wrapper"}
    spec = RuntimeSpec(generation=1, environ=environ, program=("/bin/echo", "inside"), obeys_wrapper=False)
    foreign.sandbox.start_runtime(spec)
    assert await foreign.line() == "inside"


async def test_files_of_another_runtime_are_where_the_place_says(stage: Stage) -> None:
    folder = stage.folder / "other-runtime"
    install(folder, "index.sh", "#!/bin/sh\necho from the runtime: $(ls ${0%/*})\n")
    environment = await stage.environment(replace(stage.spec(""), runtime_dir=folder))
    await environment.execute(f"{environment.sandbox.paths.runtime_dir}/index.sh")
    assert await environment.line() == "from the runtime: index.sh"


async def test_runtime_folder_of_one_place_is_not_seen_in_the_next(stage: Stage) -> None:
    folder = stage.folder / "other-runtime"
    install(folder, "index.sh", "#!/bin/sh\n")
    await stage.environment(replace(stage.spec(sys.executable), runtime_dir=folder))
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run("import os, __main__; print(os.path.exists(__main__.__file__))")
    assert await environment.line() == "True"


@pytest.mark.parametrize("with_layers", [False, True])
async def test_program_installed_where_a_place_has_its_own_directories_is_visible(
    stage: Stage, tmp_path: Path, with_layers: bool
) -> None:
    # Tests have their directories below /tmp, of which a place has its own.
    program = install(tmp_path / "installed" / "bin", "tool", '#!/bin/sh\ncat "${0%/bin/*}/lib/words"\n')
    install(tmp_path / "installed" / "lib", "words", "found\n")
    layers = tmp_path / "layers" if with_layers else None
    if layers is not None:
        layers.mkdir()
    environment = await stage.environment(replace(stage.spec("", layers), executables=(str(program),)))
    await environment.execute(str(program))
    assert await environment.line() == "found"


async def test_program_in_a_folder_of_people_is_visible_in_every_environment_of_its_function(stage: Stage) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        program = install(Path(folder) / "bin", "tool", "#!/bin/sh\necho found\n")
        for _ in range(2):
            environment = await stage.environment(replace(stage.spec(""), executables=(str(program),)))
            await environment.execute(str(program))
            assert await environment.line() == "found"


async def test_shared_memory_cannot_be_used(stage: Stage, isolation: Isolation) -> None:
    if isolation is Isolation.PLAIN:
        pytest.skip("without a mount namespace /dev is the machine's own")
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run(
        "import multiprocessing\n"
        "try:\n    multiprocessing.Queue()\nexcept OSError as error:\n    print(type(error).__name__)\n"
        "print(multiprocessing.Pipe()[0].writable)"
    )
    assert await environment.line() in ("FileNotFoundError", "OSError")
    assert await environment.line() == "True"


async def test_limits_are_those_of_lambda_as_far_as_this_machine_allows(foreign: StagedEnvironment) -> None:
    install(
        foreign.spec.code_dir,
        "bootstrap",
        f"#!{sys.executable}\nimport resource\n"
        "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in ('NOFILE', 'MEMLOCK', 'STACK')])\n",
    )
    await foreign.execute(f"{foreign.sandbox.paths.task_root}/bootstrap")
    assert await foreign.line() == "[1024, 65536, 8388608]"


@pytest.mark.skipif(NODE is None, reason="no node on PATH")
async def test_node_runs_in_the_place(stage: Stage) -> None:
    assert NODE is not None
    environment = await stage.environment(replace(stage.spec(""), executables=(NODE,)))
    (environment.spec.code_dir / "index.mjs").write_text("console.log(process.cwd(), process.argv.slice(2))\n")
    await environment.execute(NODE, f"{environment.sandbox.paths.task_root}/index.mjs", "handler")
    assert await environment.line() == f"{environment.sandbox.paths.task_root} [ 'handler' ]"
