"""Compiled modules of a function: kept for later environments, by nobody that user code could make lie."""

import asyncio
import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from watchfiles import awatch

from tests.contract.sandbox.stage import Stage, StagedEnvironment

LONG_AGO_S = 1_700_000_000
namespaces_only = pytest.mark.parametrize(
    "isolation", [pytest.param("namespaces", marks=pytest.mark.namespaces)], indirect=True
)


def save_long_ago(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, (LONG_AGO_S, LONG_AGO_S))


def kept(environment: StagedEnvironment, module: str) -> list[str]:
    return [path.suffix for path in environment.spec.bytecode_dir.rglob(f"{module}.*")]


async def until_kept(environment: StagedEnvironment, module: str) -> None:
    # The timeout covers what was written before the watch began.
    changes = awatch(environment.spec.bytecode_dir, rust_timeout=50, yield_on_timeout=True)
    async with asyncio.timeout(20), contextlib.aclosing(changes):
        while kept(environment, module) != [".pyc"]:
            await anext(changes)


async def test_bytecode_is_kept_beside_the_code_and_not_in_it(environment: StagedEnvironment) -> None:
    save_long_ago(environment.spec.code_dir / "orders.py", "total = 1\n")
    await environment.run("import orders, sys; print(sys.pycache_prefix, orders.__cached__)")
    root = environment.sandbox.paths.task_root
    assert (await environment.line()).startswith(f"None {root}/__pycache__/orders.")
    await until_kept(environment, "orders")
    assert os.listdir(environment.spec.code_dir) == ["orders.py"]


async def test_later_environment_uses_the_bytecode(stage: Stage, environment: StagedEnvironment) -> None:
    save_long_ago(environment.spec.code_dir / "orders.py", "total = 1\n")
    await environment.run("import orders")
    await until_kept(environment, "orders")
    # The same second and the same length: as long as there is bytecode, Python does not look any closer.
    save_long_ago(environment.spec.code_dir / "orders.py", "total = 2\n")
    spec = replace(
        stage.spec(sys.executable), code_dir=environment.spec.code_dir, bytecode_dir=environment.spec.bytecode_dir
    )
    later = await stage.environment(spec)
    await later.run("import orders; print(orders.total)")
    assert await later.line() == "1"


async def test_module_that_was_saved_just_now_leaves_no_bytecode(environment: StagedEnvironment) -> None:
    (environment.spec.code_dir / "orders.py").write_text("total = 1\n")
    save_long_ago(environment.spec.code_dir / "imported_after_it.py", "")
    await environment.run("import orders, imported_after_it")
    await until_kept(environment, "imported_after_it")
    assert kept(environment, "orders") == []


async def test_what_another_generation_imports_is_kept_too(environment: StagedEnvironment) -> None:
    save_long_ago(environment.spec.code_dir / "orders.py", "total = 1\n")
    save_long_ago(environment.spec.code_dir / "late.py", "total = 1\n")
    environment.start("import orders, signal; signal.pause()")
    await until_kept(environment, "orders")
    await environment.kill()
    await environment.run("import late", generation=2)
    await until_kept(environment, "late")


@namespaces_only
async def test_user_code_has_no_way_to_write_bytecode(environment: StagedEnvironment) -> None:
    await environment.run(
        "import os\n"
        "for folder in ('/var/.bytecode', *(f'/proc/{who}/fd/{fd}' for who in (1, 'self') for fd in range(32))):\n"
        "    try:\n"
        "        print(os.open(folder + '/forged', os.O_CREAT | os.O_WRONLY), folder)\n"
        "    except OSError:\n"
        "        pass\n"
        "print('tried')"
    )
    assert await environment.line() == "tried"
    assert list_of(environment.spec.bytecode_dir) == []


@namespaces_only
@pytest.mark.parametrize(
    "forged",
    [
        "/tmp/evil.py",
        "/tmp/way/evil.py",
        "/var/task/../../tmp/evil.py",
        "/proc/self/root/tmp/evil.py",
        "/proc/2/cwd/evil.py",
        "evil.py",
        "",
        "/var/task/\x00",
        "/var/task",
        "/var/task/broken.py",
    ],
)
async def test_forged_report_leaves_no_bytecode(environment: StagedEnvironment, forged: str) -> None:
    save_long_ago(environment.spec.code_dir / "evil.py", "")
    save_long_ago(environment.spec.code_dir / "broken.py", "x = (")
    save_long_ago(environment.spec.code_dir / "imported_after_it.py", "")
    await environment.run(
        "import os\n"
        "open('/tmp/evil.py', 'w').close(), os.utime('/tmp/evil.py', (1, 1)), os.symlink('/var/task', '/tmp/way')\n"
        "os.chdir('/tmp')\n"
        f"os.write(4, os.fsencode({forged!r} + '\\n'))\n"
        "import imported_after_it"
    )
    await until_kept(environment, "imported_after_it")
    assert len(list_of(environment.spec.bytecode_dir)) == 1


@namespaces_only
async def test_runtime_writes_no_report_into_what_user_code_opened_instead(environment: StagedEnvironment) -> None:
    save_long_ago(environment.spec.code_dir / "orders.py", "")
    await environment.run(
        "import os\nos.close(4)\nassert os.open('/tmp/mine', os.O_CREAT | os.O_RDWR) == 4\nimport orders"
    )
    assert (environment.spec.tmp_dir / "mine").read_bytes() == b""


@namespaces_only
async def test_process_that_compiles_cannot_be_read(environment: StagedEnvironment) -> None:
    save_long_ago(environment.spec.code_dir / "orders.py", "")
    await environment.run(
        "import orders, os, time\n"
        "while len(pids := [n for n in os.listdir('/proc') if n.isdigit()]) < 3:\n"
        "    time.sleep(0.001)\n"
        "for name in ('mem', 'fd/4'):\n"
        "    try:\n"
        "        print(name, os.open(f'/proc/{max(pids, key=int)}/{name}', os.O_RDONLY))\n"
        "    except OSError as error:\n"
        "        print(name, type(error).__name__)"
    )
    assert [await environment.line() for _ in range(2)] == ["mem PermissionError", "fd/4 PermissionError"]


def list_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]
