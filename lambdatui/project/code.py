"""A function's code as files on disk: its directory, its size and its hash.

A zip is unpacked and inline code is written once, into a cache keyed by content. Directories are used in place.
"""

import base64
import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lambdatui.model.function import Function
from lambdatui.project.places import IGNORED_DIRECTORIES

MAX_UNZIPPED_BYTES = 262_144_000
"""Lambda's limit for code and layers together."""

_BLOCK_BYTES = 1024 * 1024
_NOT_UNZIPPED = "Could not unzip uploaded file. Please check your file, then try to upload again."


class CodeUnusable(Exception):
    """The function's code cannot be laid out. ``message`` is the service's own text where it has one."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} ({hint})")
        self.message, self.hint = message, hint


def code_dir(function: Function, cache_root: Path) -> Path:
    """The directory to show the function as /var/task. Blocks while a zip is unpacked for the first time.

    Raises :class:`CodeUnusable`. Two callers at once are safe: the directory appears complete or not at all.
    """
    if function.inline_code is not None:
        return _written_once(function, function.inline_code, cache_root)
    if function.code_path.is_dir():
        return function.code_path
    if not function.code_path.is_file():
        hint = "create it, or correct the path in the template or in lambdatui.toml"
        raise CodeUnusable(f"{function.code_path} does not exist", hint)
    target = cache_root / _zip_sha256(function.code_path).hex()
    return target if target.is_dir() else _unpack(function.code_path, target)


def code_sha256(function: Function) -> str:
    """Base64, as GetFunction shows it.

    Of a zip it is the hash of the file, as on AWS. Of a directory it is ours: SHA-256 over the sorted relative paths
    and contents of the files that would be packed, so it says whether code changed but equals no deployment's.
    Directories that are links are not followed.
    """
    if function.inline_code is not None:
        digest = hashlib.sha256(function.inline_code.encode("utf-8", "surrogatepass")).digest()
    elif function.code_path.is_dir():
        digest = _directory_sha256(function.code_path)
    else:
        digest = _zip_sha256(function.code_path)
    return base64.b64encode(digest).decode()


def code_size_bytes(function: Function) -> int:
    """Bytes of the zip file, or of all files of the directory: a deployment's zip would be smaller."""
    if function.inline_code is not None:
        return len(function.inline_code.encode("utf-8", "surrogatepass"))
    if function.code_path.is_dir():
        return sum(path.stat().st_size for path in code_files(function.code_path))
    return function.code_path.stat().st_size


def code_files(directory: Path) -> Iterator[Path]:
    """The files below ``directory`` that belong to the code, in a stable order; caches and tool directories do not."""
    for parent, directories, files in os.walk(directory, followlinks=False):
        directories[:] = sorted(name for name in directories if name not in IGNORED_DIRECTORIES)
        for name in sorted(files):
            path = Path(parent, name)
            if not name.endswith(".pyc") and path.is_file():  # a link to nowhere and a socket are no code
                yield path


def _directory_sha256(directory: Path) -> bytes:
    whole = hashlib.sha256()
    for path in code_files(directory):
        relative = path.relative_to(directory).as_posix().encode("utf-8", "surrogateescape")
        whole.update(len(relative).to_bytes(4, "big") + relative)
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.digest()


def _zip_sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _written_once(function: Function, text: str, cache_root: Path) -> Path:
    """Inline code as Lambda lays it out: one ``index`` module."""
    raw = text.encode("utf-8", "surrogatepass")
    target = cache_root / hashlib.sha256(raw).hexdigest()
    if target.is_dir():
        return target
    suffix = "js" if function.runtime.startswith("nodejs") else "py"
    staging = _staging(cache_root)
    (staging / f"index.{suffix}").write_bytes(raw)
    return _publish(staging, target)


def _unpack(path: Path, target: Path) -> Path:
    staging = _staging(target.parent)
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
        return _publish(staging, target)
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


def _staging(cache_root: Path) -> Path:
    cache_root.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=cache_root))
    staging.chmod(0o755)  # a function's user is not the one who unpacks
    return staging


def _publish(staging: Path, target: Path) -> Path:
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():  # another caller was first: its directory has the same content
            raise
        shutil.rmtree(staging, ignore_errors=True)
    return target
