"""Deletes what user code has left behind, whatever modes it has given it. Never follows a link."""

import contextlib
import logging
import os
import shutil
import stat
from pathlib import Path

_log = logging.getLogger(__name__)


def remove_tree(root: Path) -> None:
    """Nobody may use the directory any more. What cannot be removed stays, and is named in the log."""
    try:
        shutil.rmtree(root)
    except FileNotFoundError:
        pass
    except OSError:
        _open_up(root)
        shutil.rmtree(root, ignore_errors=True)
    except RecursionError:
        # Told below: nothing but a program nests directories a thousand deep.
        pass
    if os.path.lexists(root):
        _log.warning("%s could not be removed entirely; remove it by hand: rm -rf %s", root, root)


def _open_up(root: Path) -> None:
    """Give every directory at and below ``root`` the modes without which its owner cannot empty it."""
    pending = [root]
    while pending:
        directory = pending.pop()
        with contextlib.suppress(OSError):
            mode = directory.lstat().st_mode
            if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
                directory.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
            with os.scandir(directory) as entries:
                pending += [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
