"""What an environment can see and change of the machine and of other environments."""

import os
import sys
import venv
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lambdatui.model.capability import Capability, Enforcement
from lambdatui.sandbox.process import Isolation
from lambdatui.sandbox.protocol import SandboxError
from tests.contract.sandbox.stage import Stage, StagedEnvironment

namespaces_only = pytest.mark.parametrize(
    "isolation", [pytest.param("namespaces", marks=pytest.mark.namespaces)], indirect=True
)
RESOLVER_SETTINGS = Path("/etc/resolv.conf").resolve()
plain_only = pytest.mark.parametrize("isolation", ["plain"], indirect=True)
OUR_PYTHON_IN_TMP = [Path(sys.prefix).parts[2]] if sys.prefix.startswith("/tmp/") else []
"""An interpreter that is itself below /tmp has to be seen there, or it could not run."""


async def test_files_in_tmp_are_in_the_host_directory_of_that_environment(environment: StagedEnvironment) -> None:
    await environment.run(f"open('{environment.sandbox.paths.tmp}/report.txt', 'w').write('made inside')")
    assert (environment.spec.tmp_dir / "report.txt").read_text() == "made inside"


@namespaces_only
async def test_tmp_of_another_environment_and_of_the_host_is_not_visible(stage: Stage) -> None:
    first = await stage.environment(stage.spec(sys.executable))
    second = await stage.environment(stage.spec(sys.executable))
    await first.run("open('/tmp/of-first', 'w').close()")
    await second.run("import os; print(os.listdir('/tmp'))")
    assert await second.line() == str(OUR_PYTHON_IN_TMP)
    assert "of-first" not in os.listdir("/tmp")


@namespaces_only
@pytest.mark.parametrize("name", ["sandbox.localdomain", "sandbox", "localhost"])
async def test_the_environment_knows_itself_by_the_names_that_extensions_listen_at(
    environment: StagedEnvironment, name: str
) -> None:
    await environment.run(f"import socket; print(socket.gethostbyname({name!r}))")
    assert (await environment.line()).startswith("127.")


@namespaces_only
async def test_the_interpreter_is_where_lambda_has_it_and_under_its_short_name(environment: StagedEnvironment) -> None:
    version = "import sys; print(sys.version_info[:2])"
    await environment.run(f"import subprocess; subprocess.run(['/var/lang/bin/python', '-c', {version!r}])")
    assert await environment.line() == str(tuple(sys.version_info[:2]))


@namespaces_only
@pytest.mark.parametrize(
    "path",
    [
        "/var/task/new",
        "/opt/new",
        "/var/runtime/new",
        "/var/.bytecode/new",
        "/new",
        "/etc/new",
        "/usr/new",
        "/var/tmp/new",
        "/dev/new",
        "/sys/fs/cgroup/new",
        "/etc/hosts",
        "/etc/passwd",
    ],
)
async def test_everything_but_tmp_is_read_only(environment: StagedEnvironment, path: str) -> None:
    await environment.run(
        f"try:\n    open({path!r}, 'w')\nexcept OSError as error:\n    print(error.errno, error.strerror)"
    )
    assert await environment.line() == "30 Read-only file system"


@namespaces_only
async def test_kernel_settings_cannot_be_changed(environment: StagedEnvironment) -> None:
    await environment.run(
        "try:\n    open('/proc/sys/kernel/hostname', 'w')\nexcept OSError as error:\n    print(type(error).__name__)"
    )
    assert await environment.line() in ("OSError", "PermissionError")


@namespaces_only
async def test_root_of_the_host_cannot_be_mounted_or_reached(environment: StagedEnvironment) -> None:
    await environment.run(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print(os.listdir('/.host'), libc.umount2(b'/var/task', 2), libc.unshare(0x00020000))"
    )
    assert await environment.line() == "[] -1 -1"


@namespaces_only
async def test_only_processes_of_the_environment_are_visible(stage: Stage) -> None:
    other = await stage.environment(stage.spec(sys.executable))
    other.start("print('running', flush=True); import signal; signal.pause()")
    assert await other.line() == "running"
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run("import os; print(os.getpid(), sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))")
    assert await environment.line() == "2 [1, 2]"


@namespaces_only
async def test_init_process_cannot_be_read_or_ended(environment: StagedEnvironment) -> None:
    await environment.run(
        "import os\n"
        "for number in range(1, 65):\n"
        "    try:\n"
        "        os.kill(1, number)\n"
        "    except (PermissionError, OSError):\n"
        "        pass\n"
        "for name in ('mem', 'environ', 'fd/0'):\n"
        "    try:\n"
        "        print(name, os.open(f'/proc/1/{name}', os.O_RDONLY))\n"
        "    except OSError as error:\n"
        "        print(name, type(error).__name__)"
    )
    printed = [await environment.line() for _ in range(3)]
    assert printed == ["mem PermissionError", "environ PermissionError", "fd/0 PermissionError"]


@namespaces_only
async def test_shared_memory_of_other_programs_is_not_there(environment: StagedEnvironment) -> None:
    await environment.run("import os; print(sorted(os.listdir('/dev')))")
    assert "shm" not in await environment.line()


async def test_layers_are_at_opt(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "layers" / "python").mkdir(parents=True)
    (tmp_path / "layers" / "python" / "shared.py").write_text("")
    environment = await stage.environment(stage.spec(sys.executable, layers=tmp_path / "layers"))
    await environment.run(f"import os; print(os.listdir('{environment.sandbox.paths.opt}/python'))")
    assert await environment.line() == "['shared.py']"


@namespaces_only
async def test_opt_is_empty_without_layers(environment: StagedEnvironment) -> None:
    await environment.run("import os; print(os.listdir('/opt'))")
    assert await environment.line() == "[]"


@plain_only
async def test_paths_without_namespaces_are_those_of_the_host(environment: StagedEnvironment) -> None:
    paths, spec = environment.sandbox.paths, environment.spec
    assert (paths.task_root, paths.tmp) == (str(spec.code_dir), str(spec.tmp_dir))


async def test_packages_of_a_virtual_environment_below_tmp_are_found(stage: Stage, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", symlinks=True, with_pip=False)
    (site_packages,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    (site_packages / "installed_here.py").write_text("word = 'installed'\n")
    environment = await stage.environment(stage.spec(str(tmp_path / "venv" / "bin" / "python")))
    await environment.run("import installed_here, sys; print(installed_here.word, sys.prefix)")
    assert await environment.line() == f"installed {tmp_path / 'venv'}"


async def test_missing_code_directory_is_an_error_that_names_it(stage: Stage, isolation: Isolation) -> None:
    spec = stage.spec(sys.executable)
    spec.code_dir.rmdir()
    if isolation is Isolation.NAMESPACES:
        with pytest.raises(SandboxError, match="e0/code"):
            await stage.environment(spec)
    else:
        environment = await stage.environment(spec)
        assert (await environment.run("pass")).exit_code == 1


async def test_missing_interpreter_is_an_error_that_names_it(stage: Stage) -> None:
    with pytest.raises(SandboxError, match="cannot run /no/such/python: No such file"):
        await stage.environment(stage.spec("/no/such/python"))


async def test_peak_memory_counts_children_of_the_runtime(environment: StagedEnvironment) -> None:
    environment.start(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'b = bytearray(48 << 20); print(1, flush=True); input()'],\n"
        "                         stdin=subprocess.PIPE)\n"
        "child.wait()"
    )
    assert await environment.line() == "1"
    used = environment.sandbox.memory_used_mb()
    assert used is not None
    assert used > 48
    await environment.kill()


async def test_pid_is_the_one_of_the_host(environment: StagedEnvironment) -> None:
    environment.start("print('running', flush=True); import signal; signal.pause()")
    await environment.line()
    assert environment.sandbox.pid is not None
    assert any("zygote.py" in part for part in psutil.Process(environment.sandbox.pid).cmdline())


async def test_capabilities_name_every_row_and_tell_isolation(stage: Stage, isolation: Isolation) -> None:
    rows = {row.capability: row for row in stage.backend.capabilities()}
    assert set(rows) == set(Capability)
    expected = Enforcement.ENFORCED if isolation is Isolation.NAMESPACES else Enforcement.MISSING
    assert rows[Capability.OWN_TMP].enforcement is expected


@namespaces_only
async def test_private_directories_inside_the_code_are_empty(stage: Stage, outside_tmp: Path) -> None:
    private = outside_tmp / "project" / ".state"
    (private / "environments").mkdir(parents=True)
    (private / "history.db").write_text("every payload")
    spec = replace(stage.spec(sys.executable), code_dir=private.parent, private_dirs=(private,))
    environment = await stage.environment(spec)
    await environment.run(
        f"import os\nprint(os.path.exists({str(private)!r}), os.listdir('/var/task/.state'))\n"
        "try:\n    open('/var/task/.state/new', 'w')\nexcept OSError as error:\n    print(error.strerror)"
    )
    assert [await environment.line() for _ in range(2)] == ["False []", "Read-only file system"]


@namespaces_only
async def test_homes_and_what_else_people_keep_are_not_there(stage: Stage, outside_tmp: Path) -> None:
    (outside_tmp / "notes.txt").write_text("of the developer")
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run(f"import os; print(os.path.exists({str(outside_tmp)!r}), sorted(os.listdir('/mnt')))")
    assert await environment.line() == "False []"


@namespaces_only
async def test_secrets_and_settings_of_groups_are_covered(environment: StagedEnvironment) -> None:
    await environment.run("import os; print(os.path.getsize('/etc/shadow'), os.listdir('/sys/fs/cgroup'))")
    assert await environment.line() == "0 []"


@namespaces_only
async def test_package_installed_to_be_edited_in_place_is_found(stage: Stage, outside_tmp: Path) -> None:
    venv.create(outside_tmp / "venv", symlinks=True, with_pip=False)
    (outside_tmp / "edited").mkdir()
    (outside_tmp / "edited" / "in_place.py").write_text("word = 'edited'\n")
    (site_packages,) = (outside_tmp / "venv" / "lib").glob("python3*/site-packages")
    (site_packages / "edited.pth").write_text(str(outside_tmp / "edited"))
    environment = await stage.environment(stage.spec(str(outside_tmp / "venv" / "bin" / "python")))
    await environment.run("import in_place; print(in_place.word)")
    assert await environment.line() == "edited"


@namespaces_only
async def test_program_in_a_home_that_one_environment_executes_is_there_for_it_alone(
    stage: Stage, outside_tmp: Path
) -> None:
    (outside_tmp / "bin").mkdir()
    (outside_tmp / "bin" / "tool").write_text("#!/bin/sh\necho executed\n")
    (outside_tmp / "bin" / "tool").chmod(0o755)
    tool = str(outside_tmp / "bin" / "tool")
    first = await stage.environment(replace(stage.spec(sys.executable), executables=(tool,)))
    await first.run(f"import subprocess; subprocess.run([{tool!r}])")
    assert await first.line() == "executed"
    second = await stage.environment(stage.spec(sys.executable))
    await second.run(f"import os; print(os.path.exists({tool!r}))")
    assert await second.line() == "False"


@namespaces_only
async def test_code_and_tmp_inside_a_private_directory_are_still_there(stage: Stage, outside_tmp: Path) -> None:
    for name in ("code", "tmp"):
        (outside_tmp / name).mkdir()
    (outside_tmp / "code" / "code.txt").write_text("")
    spec = replace(
        stage.spec(sys.executable),
        code_dir=outside_tmp / "code",
        tmp_dir=outside_tmp / "tmp",
        private_dirs=(outside_tmp,),
    )
    environment = await stage.environment(spec)
    await environment.run(
        "import os; open('/tmp/tmp.txt', 'w').close()\nprint([sorted(os.listdir(p)) for p in ('/var/task', '/tmp')])"
    )
    assert await environment.line() == str([["code.txt"], sorted([*OUR_PYTHON_IN_TMP, "tmp.txt"])])


@namespaces_only
async def test_virtual_environment_inside_a_private_directory_is_found(stage: Stage, outside_tmp: Path) -> None:
    venv.create(outside_tmp / "venv", symlinks=True, with_pip=False)
    (site_packages,) = (outside_tmp / "venv" / "lib").glob("python3*/site-packages")
    (site_packages / "installed_here.py").write_text("word = 'installed'\n")
    (outside_tmp / "history.db").write_text("every payload")
    spec = replace(stage.spec(str(outside_tmp / "venv" / "bin" / "python")), private_dirs=(outside_tmp,))
    environment = await stage.environment(spec)
    await environment.run(f"import installed_here, os; print(installed_here.word, os.listdir({str(outside_tmp)!r}))")
    assert await environment.line() == "installed ['venv']"


@namespaces_only
@pytest.mark.parametrize("path", ["/run", "/var/run"])
async def test_sockets_of_the_hosts_daemons_are_not_there(environment: StagedEnvironment, path: str) -> None:
    expected = [RESOLVER_SETTINGS.parts[2]] if RESOLVER_SETTINGS.parts[1] == "run" else []
    await environment.run(f"import os; print(os.listdir({path!r}))")
    assert await environment.line() == str(expected)


@namespaces_only
async def test_names_are_resolved_by_the_hosts_settings(environment: StagedEnvironment) -> None:
    await environment.run("print(repr(open('/etc/resolv.conf').read()))")
    assert await environment.line() == repr(RESOLVER_SETTINGS.read_text())
