"""Groups that engines of process namespaces left behind which have ended since."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lambdatui.sandbox.process import cgroups_sweep


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.stat("/proc/self/ns/pid").st_ino != 0xEFFFFFFC or os.geteuid() != 0,
    reason="not all processes of this machine can be seen",
)
def test_groups_of_a_process_namespace_that_has_ended_are_removed_and_of_one_that_lives_are_kept(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "sleep", "100"]) as unshared:
        children = Path(f"/proc/{unshared.pid}/task/{unshared.pid}/children")
        while not (child := children.read_text()):
            pass
        number = os.stat(f"/proc/{child.strip()}/ns/pid").st_ino
        group = tmp_path / f"lambdatui-pidns-{number}-7-1-abc"
        (group / "1").mkdir(parents=True)
        cgroups_sweep.sweep_hierarchies([tmp_path])
        alive = group.exists()
        os.kill(int(child), signal.SIGKILL)
    # It may stay for a while as a zombie, which is in no namespace.
    while os.path.exists(f"/proc/{child.strip()}/ns/pid"):
        pass
    cgroups_sweep.sweep_hierarchies([tmp_path])
    assert (alive, group.exists()) == (True, False)
