"""Whoever makes a user namespace for others leaves nobody behind, however it ends."""

import os
import select
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces exist on Linux only")
KILLED_BEFORE_IT_HAS_ENDED_ITS_HELPER = """
import os, signal, sys, time
from lambdatui.runtimes.python import user_namespace

def killed(path, flags):
    sys.stdout.write(path.split("/")[2] + "\\n")
    sys.stdout.flush()
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)

user_namespace._mount_proc_for_this_process = lambda: None
user_namespace.enter = lambda uid, gid: True
real_open, os.open = os.open, killed
user_namespace.make(993, 990)
"""


def test_helper_ends_with_the_process_that_it_was_to_help() -> None:
    command = [sys.executable, "-c", KILLED_BEFORE_IT_HAS_ENDED_ITS_HELPER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as maker:
        assert maker.stdin is not None
        assert maker.stdout is not None
        helper = int(maker.stdout.readline())
        handle = os.pidfd_open(helper)
        maker.stdin.write(b"\n")
        maker.stdin.flush()
        try:
            # Readable once the process has ended.
            assert select.select([handle], [], [], 5)[0]
        finally:
            os.close(handle)
            maker.kill()
