"""What the machine refuses (files, disks, descriptors), as a command's failure: what, where, and what to type next."""

import errno
import os
import pwd
from pathlib import Path

from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.failures import CommandFailed, engine_failed

SHOWN_CHARS = 80
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DENIED = (errno.EACCES, errno.EPERM)
_SPACE = "`df -h .` shows how much space is left; free some"
WRITE_ELSEWHERE = "point XDG_STATE_HOME at a directory that can be written to"


def explained(error: Exception) -> CommandFailed | None:
    """None for what is no trouble with the machine, so that it is not blamed for our own mistakes."""
    from lambdatui.store.errors import StoreError

    if isinstance(error, StoreError):
        return engine_failed(error.message, _SPACE if _is_of_the_disk(error.__cause__) else error.hint)
    if not isinstance(error, OSError) or error.errno is None:
        return None
    path = _path_of(error)
    if error.errno in _FULL:
        return engine_failed(f"no space is left on the disk{_at(path)}", _SPACE)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return engine_failed("too many files are open", "raise the limit: ulimit -n 4096")
    if error.errno in (errno.ENOMEM, errno.EAGAIN):
        return engine_failed(f"the machine refuses: {error.strerror}", "end other programs, or raise `ulimit -u`")
    return None if path is None else _about(path, error.errno, error.strerror or str(error))


def _is_of_the_disk(cause: BaseException | None) -> bool:
    """What SQLite says where a disk is full, which is not always that it is full."""
    import sqlite3

    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def _about(path: str, number: int, words: str) -> CommandFailed:
    shown = path if len(path) <= SHOWN_CHARS else f"{path[:SHOWN_CHARS]}…"
    match number:
        case errno.ENAMETOOLONG:
            hint = "a name may have 255 bytes and a path 4096"
            return CommandFailed(f"the path is too long: {shown}", hint)
        case errno.EEXIST | errno.ENOTDIR:
            file = _nearest_file(path)
            message = f"{file} is a file, and a directory is needed there"
            return CommandFailed(message, f"move it away: mv {file} {file}.old")
        case errno.EROFS:
            return engine_failed(f"{shown} is on a read-only file system", WRITE_ELSEWHERE)
        case number if number in _DENIED:
            return engine_failed(f"{shown}: permission denied", f"{_owner(path)}change its rights, or use another")
    return CommandFailed(f"{shown}: {words}", f"look at it: ls -ld {shown}", code=ExitCode.ENGINE)


def _path_of(error: OSError) -> str | None:
    return os.fsdecode(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else None


def _at(path: str | None) -> str:
    return f" at {path[:SHOWN_CHARS]}" if path else ""


def _nearest_file(path: str) -> Path:
    """The part of ``path`` that is no directory."""
    chain = (Path(path), *Path(path).parents)
    return next((part for part in chain if part.exists() and not part.is_dir()), Path(path))


def _owner(path: str) -> str:
    """Whom the part belongs to that exists; it may be that nobody may ask."""
    for part in (Path(path), *Path(path).parents):
        try:
            owner = part.stat().st_uid
            return f"{part} belongs to {pwd.getpwuid(owner).pw_name}; "
        except (OSError, KeyError):
            continue
    return ""
