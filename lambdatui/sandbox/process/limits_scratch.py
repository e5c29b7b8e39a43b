"""A /tmp that is a file system of an environment's own, seen from outside: through a link where its directory was."""

import contextlib
import functools
import os
import stat
from pathlib import Path


def copy_scratch(source: Path, target: Path) -> None:
    """What lies in one /tmp, into another that is empty. Raises OSError."""
    if next(source.iterdir(), None) is None:
        return
    import shutil

    def copy(original: str, copied: str) -> None:
        mode = os.lstat(original).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            # Only the name: nobody holds an end of it, or there would be no snapshot for others.
            os.mknod(copied, mode)
        else:
            shutil.copy2(original, copied)

    try:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, copy_function=copy)
    except shutil.Error as error:
        # One line for each file; the first says it.
        original, _, why = error.args[0][0]
        raise OSError(f"cannot restore /tmp/{Path(original).relative_to(source)}: {why}") from error


def is_in_memory(directory: Path) -> bool:
    """Whether it lies in a tmpfs, as /tmp does on many machines."""
    device = directory.stat().st_dev
    return _is_tmpfs(os.major(device), os.minor(device))


@functools.cache
def _is_tmpfs(major: int, minor: int) -> bool:
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes().splitlines()
    except OSError:
        return False
    found = (line.partition(b" - ") for line in mounts if line.split()[2] == b"%d:%d" % (major, minor))
    return any(source.startswith(b"tmpfs ") for _, _, source in found)


class ScratchWindow:
    """While it is open, ``directory`` on the host is a link to what ``fd`` is a descriptor of. The window owns it.

    The link leads through this process, so it ends with it; what is behind it is freed with the last descriptor.
    """

    def __init__(self, directory: Path, fd: int) -> None:
        self.fd = fd
        self._directory = directory

    def open(self) -> None:
        # A directory that is not empty stays what it is: the /tmp inside does not have what is in it.
        with contextlib.suppress(OSError):
            self._directory.rmdir()
            self._directory.symlink_to(f"/proc/{os.getpid()}/fd/{self.fd}")

    def close(self) -> None:
        """Leaves an empty directory. Idempotent."""
        if self.fd < 0:
            return
        os.close(self.fd)
        self.fd = -1
        with contextlib.suppress(OSError):
            self._directory.unlink()
            self._directory.mkdir(mode=0o1777)
