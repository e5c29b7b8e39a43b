"""What the machine refuses, in words, and who is to blame for it."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from lambdatui.cli.disk_failures import explained
from lambdatui.store.errors import StoreError


def failure(number: int, path: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("error", "code", "message", "hint"),
    [
        (failure(errno.ENOSPC), 3, "no space is left on the disk", "df -h"),
        (failure(errno.ENOSPC, "/a/b"), 3, "no space is left on the disk at /a/b", "df -h"),
        (failure(errno.EDQUOT, "/a/b"), 3, "no space is left", "df -h"),
        (failure(errno.EACCES, "/none/b"), 3, "/none/b: permission denied", "/ belongs to root"),
        (failure(errno.EROFS, "/none/b"), 3, "/none/b is on a read-only file system", "XDG_STATE_HOME"),
        (failure(errno.ENAMETOOLONG, "/" + "a" * 300), 2, "the path is too long: /aaaa", "255 bytes"),
        (failure(errno.EMFILE), 3, "too many files are open", "ulimit -n"),
        (failure(errno.EAGAIN), 3, "the machine refuses", "ulimit -u"),
        (failure(errno.EIO, "/a/b"), 3, "/a/b: Input/output error", "ls -ld /a/b"),
        (StoreError("the history is odd", "look at it"), 3, "the history is odd", "look at it"),
    ],
)
def test_what_the_machine_refuses_has_words_and_a_next_step(
    error: Exception, code: int, message: str, hint: str
) -> None:
    said = explained(error)
    assert said is not None
    assert message in said.message
    assert hint in said.hint
    assert said.code == code


@pytest.mark.parametrize("number", [errno.EEXIST, errno.ENOTDIR])
def test_a_file_in_the_way_is_named(tmp_path: Path, number: int) -> None:
    (tmp_path / ".lambdatui").touch()
    said = explained(failure(number, str(tmp_path / ".lambdatui" / "code")))
    assert said is not None
    assert said.message == f"{tmp_path}/.lambdatui is a file, and a directory is needed there"
    assert (said.code, said.hint) == (2, f"move it away: mv {tmp_path}/.lambdatui {tmp_path}/.lambdatui.old")


def test_a_history_on_a_full_disk_is_not_blamed_on_the_file() -> None:
    error = StoreError("cannot open the history", "move the file away")
    error.__cause__ = sqlite3.OperationalError("disk I/O error")
    error.__cause__.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    said = explained(error)
    assert said is not None
    assert "df -h" in said.hint


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError("ours"), ConnectionResetError(104, "reset"), OSError()])
def test_our_own_mistakes_are_not_blamed_on_the_machine(error: Exception) -> None:
    assert explained(error) is None
