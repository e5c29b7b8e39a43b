"""/tmp: of the size that the function has, seen from outside, gone with its environment."""

import errno
import sys
from dataclasses import replace

import pytest

from lambdatui.service.scratch import list_scratch, read_scratch
from tests.contract.sandbox.stage import Stage

MB = 1 << 20
pytestmark = pytest.mark.parametrize(
    "isolation", [pytest.param("namespaces", marks=pytest.mark.namespaces)], indirect=True
)
FILL = (
    "import os\n"
    "try:\n"
    "    with open('/tmp/big', 'wb', buffering=0) as big:\n"
    f"        for _ in range(64):\n            big.write(bytes({MB}))\n"
    "except OSError as error:\n"
    "    print(error.errno, os.stat('/tmp/big').st_size)"
)


async def test_writing_past_the_size_fails_as_on_a_full_disk(stage: Stage) -> None:
    environment = await stage.environment(replace(stage.spec(sys.executable), ephemeral_storage_mb=16))
    await environment.run(FILL)
    assert await environment.line() == f"{errno.ENOSPC} {16 * MB}"


async def test_size_is_what_a_handler_that_asks_is_told(stage: Stage) -> None:
    environment = await stage.environment(replace(stage.spec(sys.executable), ephemeral_storage_mb=512))
    await environment.run("import shutil; print(shutil.disk_usage('/tmp').total)")
    assert await environment.line() == str(512 * MB)


async def test_files_end_somewhere_too(stage: Stage) -> None:
    environment = await stage.environment(replace(stage.spec(sys.executable), ephemeral_storage_mb=1))
    await environment.run(
        "try:\n"
        "    for number in range(100):\n        open(f'/tmp/{number}', 'w').close()\n"
        "except OSError as error:\n    print(error.errno)"
    )
    assert await environment.line() == str(errno.ENOSPC)


async def test_what_a_running_handler_writes_is_seen_from_outside(stage: Stage) -> None:
    environment = await stage.environment(stage.spec(sys.executable))
    environment.start(
        "import os, signal\n"
        "os.mkdir('/tmp/made')\n"
        "open('/tmp/made/inside.txt', 'w').write('by the handler')\n"
        "print('written', flush=True)\n"
        "signal.pause()"
    )
    assert await environment.line() == "written"
    tmp_dir = environment.spec.tmp_dir
    assert {"made", "made/inside.txt"} <= {file.path for file in list_scratch(tmp_dir).files}
    assert read_scratch(tmp_dir, "made/inside.txt", 6) == b"by the"


async def test_files_outlive_the_runtime_that_wrote_them(stage: Stage) -> None:
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run("open('/tmp/kept', 'w').write('by the first')")
    await environment.kill()
    await environment.run("print(open('/tmp/kept').read())", generation=2)
    assert await environment.line() == "by the first"


async def test_directory_is_empty_again_when_the_place_is_closed(stage: Stage) -> None:
    environment = await stage.environment(stage.spec(sys.executable))
    await environment.run("open('/tmp/gone', 'w').write('x')")
    await environment.sandbox.close()
    tmp_dir = environment.spec.tmp_dir
    assert (tmp_dir.is_symlink(), list(tmp_dir.iterdir())) == (False, [])


@pytest.mark.parametrize("path", ["link", "pipe", "folder", "../code/secret", "/etc/hostname", "folder/../../x", ""])
async def test_nothing_but_files_of_tmp_is_read_from_outside(stage: Stage, path: str) -> None:
    environment = await stage.environment(stage.spec(sys.executable))
    (environment.spec.code_dir / "secret").write_text("")
    await environment.run(
        "import os\nos.symlink('/etc/hostname', '/tmp/link')\nos.mkfifo('/tmp/pipe')\nos.mkdir('/tmp/folder')"
    )
    with pytest.raises(FileNotFoundError):
        read_scratch(environment.spec.tmp_dir, path, 10)
