"""Who a function is in its place: Lambda's user, who owns what the engine's user owns outside."""

import os
import subprocess
import sys

import pytest

import lambdatui
from lambdatui.model.capability import Capability, Enforcement
from tests.contract.sandbox.stage import Stage, StagedEnvironment

pytestmark = pytest.mark.parametrize(
    "isolation", [pytest.param("namespaces", marks=pytest.mark.namespaces)], indirect=True
)
USER_AND_CGROUP_NAMESPACES = (0x10000000, 0x02000000)


@pytest.fixture
async def environment(stage: Stage) -> StagedEnvironment:
    made = await stage.environment(stage.spec(sys.executable))
    rows = {row.capability: row for row in stage.backend.capabilities()}
    if rows[Capability.OWN_USER].enforcement is Enforcement.MISSING:
        pytest.skip(rows[Capability.OWN_USER].how)
    return made


async def test_user_has_the_number_the_name_and_the_home_of_lambdas(environment: StagedEnvironment) -> None:
    await environment.run(
        "import getpass, os; print(os.getuid(), os.getgid(), getpass.getuser(), os.path.expanduser('~'))"
    )
    assert await environment.line() == "993 990 sbx_user1051 /home/sbx_user1051"


async def test_other_programs_see_the_same_user(environment: StagedEnvironment) -> None:
    await environment.execute("/usr/bin/id")
    assert (await environment.line()).startswith("uid=993(sbx_user1051) gid=990 groups=990")


async def test_file_that_only_the_developer_may_read_is_readable(environment: StagedEnvironment) -> None:
    path = environment.spec.code_dir / "private"
    path.write_text("found")
    path.chmod(0o600)
    await environment.run("import os; print(open('private').read(), os.stat('private').st_uid)")
    assert await environment.line() == "found 993"


async def test_what_it_writes_to_tmp_belongs_to_the_developer(environment: StagedEnvironment) -> None:
    await environment.run("import os; open('/tmp/mine', 'w'); print(os.stat('/tmp/mine').st_uid)")
    assert await environment.line() == "993"
    assert (environment.spec.tmp_dir / "mine").stat().st_uid == os.geteuid()


@pytest.mark.parametrize("kind", USER_AND_CGROUP_NAMESPACES)
async def test_no_namespace_can_be_made(environment: StagedEnvironment, kind: int) -> None:
    await environment.run(f"import ctypes; print(ctypes.CDLL(None).unshare({kind}))")
    assert await environment.line() == "-1"


async def test_settings_of_the_machine_cannot_be_changed(environment: StagedEnvironment) -> None:
    await environment.run(
        "as_it_is = open('/proc/sys/kernel/core_pattern').read()\n"
        "try:\n    open('/proc/sys/kernel/core_pattern', 'w').write(as_it_is)\n"
        "except OSError:\n    print('refused')"
    )
    assert await environment.line() == "refused"


WITHOUT_USER_NAMESPACES = """
from lambdatui.runtimes.python import user_namespace
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
user_namespace.enter(0, 0)
trial = try_namespaces(RUNTIME_DIR)
print(trial.refusal, trial.shared_user)
"""


def test_without_user_namespaces_a_privileged_engine_makes_places_and_says_whose_rights_functions_have(
    isolation: object,
) -> None:
    checkout = os.path.dirname(os.path.dirname(lambdatui.__file__))
    environ = {**os.environ, "PYTHONPATH": checkout}
    finished = subprocess.run(
        [sys.executable, "-c", WITHOUT_USER_NAMESPACES], capture_output=True, text=True, check=True, env=environ
    )
    assert finished.stdout == "None unshare: No space left on device\n"


SETTINGS_READ_ONLY = """
from lambdatui.runtimes.python import mounts, namespaces, user_namespace
namespaces.unshare(namespaces.CLONE_NEWNS)
mounts.Mount("none", "/", flags=mounts.MS_REC | mounts.MS_PRIVATE)()
mounts.Mount("/proc/sys", "/proc/sys", flags=mounts.MS_BIND)()
mounts.ReadOnly("/proc/sys")()
fd, closed = user_namespace.make(993, 990)
namespaces.setns(fd, namespaces.CLONE_NEWUSER)
try:
    namespaces.unshare(namespaces.CLONE_NEWUSER)
except OSError as error:
    print(closed, error.errno)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only the privileged make a user namespace for others")
def test_no_namespace_can_be_made_where_the_settings_of_a_container_are_read_only(isolation: object) -> None:
    environ = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(lambdatui.__file__))}
    finished = subprocess.run(
        [sys.executable, "-c", SETTINGS_READ_ONLY], capture_output=True, text=True, check=True, env=environ
    )
    assert finished.stdout == "True 28\n"
