"""Unpacks zip files of code and layers once, into a cache keyed by content; nothing is ever written outside of it."""

import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

MAX_UNZIPPED_BYTES = 262_144_000
"""Lambda's limit for code and layers together."""

_BLOCK_BYTES = 1024 * 1024
_NOT_UNZIPPED = "Could not unzip uploaded file. Please check your file, then try to upload again."


class CodeUnusable(Exception):
    """Code or a layer cannot be laid out. ``message`` is the service's own text where it has one."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} ({hint})")
        self.message, self.hint = message, hint


def unpacked(path: Path, cache_root: Path) -> Path:
    """The directory with the zip's content, file modes and links inside it kept. Blocks the first time.

    Raises :class:`CodeUnusable` for a zip that is broken, too large or leads out of itself. Two callers at once are
    safe: the directory appears complete or not at all.
    """
    target = cache_root / zip_sha256(path).hex()
    return target if target.is_dir() else _unpack(path, target)


def zip_sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def staging_dir(cache_root: Path) -> Path:
    """A new directory in ``cache_root``, to be filled and then given to ``publish``."""
    cache_root.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache_root))
    staging.chmod(0o755)  # a function's user is not the one who unpacks
    return staging


def publish(staging: Path, target: Path) -> Path:
    """``staging`` becomes ``target``, unless another caller made that first: its content is the same."""
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _unpack(path: Path, target: Path) -> Path:
    staging = staging_dir(target.parent)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MAX_UNZIPPED_BYTES:
                hint = f"leave out what Lambda brings already, such as boto3: unzip -l {path}"
                raise CodeUnusable(f"Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes", hint)
            links = [entry for entry in entries if stat.S_ISLNK(entry.external_attr >> 16)]
            for entry in entries:
                if entry not in links:
                    _extract(archive, entry, staging)
            _extract_links(archive, links, staging)
        return publish(staging, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise CodeUnusable(_NOT_UNZIPPED, f"{error}; check it with: unzip -t {path}") from error
    except OSError as error:
        raise CodeUnusable(_NOT_UNZIPPED, f"{error.strerror or error}; check it with: unzip -l {path}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, staging: Path) -> None:
    # zipfile reads no more than the declared size of an entry, so the sum checked before bounds what is written.
    target = staging / _safe(entry.filename)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, _BLOCK_BYTES)
    mode = (entry.external_attr >> 16) & 0o777
    target.chmod(mode | 0o400 if mode else 0o644)


def _extract_links(archive: zipfile.ZipFile, links: list[zipfile.ZipInfo], staging: Path) -> None:
    """Symbolic links come last, so that nothing is written through them, and must end inside the code."""
    made = []
    for entry in links:
        target = staging / _safe(entry.filename)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(os.fsdecode(archive.read(entry)[:4096]))
        made.append((entry.filename, target))
    inside = staging.resolve()
    for name, link in made:
        if not Path(os.path.realpath(link)).is_relative_to(inside):
            raise ValueError(f"the link {name} leads out of the code")


def _safe(name: str) -> Path:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name or ":" in path.parts[0]:
        raise ValueError(f"the entry {name!r} leads out of the code")
    return Path(path)
