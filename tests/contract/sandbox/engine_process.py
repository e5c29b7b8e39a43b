"""Script: owns a backend and one environment, prints the processes it made, and waits for whatever happens to it.

Arguments: folder, isolation, whether to use cgroups, whether to freeze.
"""

import asyncio
import sys
from pathlib import Path

from lambdatui.sandbox.process import Isolation, ProcessBackend
from tests.contract.sandbox.stage import Stage

PROGRAM = """
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'ready\\n')
        while True:
            signal.pause()
    os._exit(0)
signal.pause()
"""


async def main(folder: str, isolation: str, use_cgroups: str, freeze: str) -> None:
    stage = Stage(
        Path(folder),
        lambda runtime_dir: ProcessBackend(
            isolation=Isolation(isolation), use_cgroups=use_cgroups == "cgroup", runtime_dir=runtime_dir
        ),
    )
    environment = await stage.environment(stage.spec(sys.executable))
    environment.start(PROGRAM)
    await environment.line()
    if freeze == "frozen":
        environment.sandbox.freeze()
    sys.stdout.write(" ".join(str(process.pid) for process in stage.processes()) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
