"""Which runs ended without a word: every engine holds a locked file beside the database for as long as it lives.

A file that nobody holds any more was left by an engine that was killed. Blocking, for moments.
"""

import contextlib
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

_RUN = re.compile(r"\.run-(\d+)$")


class RunMark:
    """Of one run; the lock goes with the process, however that ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path, run: int) -> "RunMark":
        """Under its name it is locked from the beginning: nobody takes it for one that was left. Raises OSError."""
        descriptor, draft = tempfile.mkstemp(prefix=f".{database.name}.", dir=database.parent)
        path = database.with_name(f"{database.name}.run-{run}")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.replace(draft, path)
        except OSError:
            os.close(descriptor)
            Path(draft).unlink(missing_ok=True)
            raise
        return cls(path, descriptor)

    def release(self) -> None:
        """The run ends as it should."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


@contextlib.contextmanager
def left_behind(database: Path) -> Iterator[tuple[int, ...]]:
    """The runs that were killed, oldest first. When the block ends well, they are known no more."""
    found = {int(name[1]): path for path in _marks(database) if (name := _RUN.search(path.name))}
    dead = {run: path for run, path in sorted(found.items()) if not _is_held(path)}
    yield tuple(dead)
    for path in dead.values():
        path.unlink(missing_ok=True)


def _marks(database: Path) -> list[Path]:
    return list(database.parent.glob(f"{database.name}.run-*"))


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True  # its engine ends just now, as it should
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
