"""A function's code as files on disk: its directory, its size and its hash.

A zip is unpacked and inline code is written once, into a cache keyed by content. Directories are used in place.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from lambdatui.model.function import Function
from lambdatui.project.places import IGNORED_DIRECTORIES
from lambdatui.project.zip_files import CodeUnusable, publish, staging_dir, unpacked, zip_sha256

__all__ = ["CodeUnusable", "code_dir", "code_files", "code_sha256", "code_size_bytes"]


def code_dir(function: Function, cache_root: Path) -> Path:
    """The directory to show the function as /var/task. Blocks while a zip is unpacked for the first time.

    Raises :class:`CodeUnusable`. Two callers at once are safe: the directory appears complete or not at all.
    """
    if function.inline_code is not None:
        return _written_once(function, function.inline_code, cache_root)
    if os.path.isdir(function.code_path):
        return function.code_path
    if not os.path.isfile(function.code_path):
        hint = "create it, or correct the path in the template or in lambdatui.toml"
        raise CodeUnusable(f"{function.code_path} does not exist", hint)
    return unpacked(function.code_path, cache_root)


def code_sha256(function: Function) -> str:
    """Base64, as GetFunction shows it.

    Of a zip it is the hash of the file, as on AWS. Of a directory it is ours: SHA-256 over the sorted relative paths
    and contents of the files that would be packed, so it says whether code changed but equals no deployment's.
    Directories that are links are not followed.
    """
    if function.inline_code is not None:
        digest = hashlib.sha256(function.inline_code.encode("utf-8", "surrogatepass")).digest()
    elif os.path.isdir(function.code_path):
        digest = _directory_sha256(function.code_path)
    else:
        digest = zip_sha256(function.code_path)
    return base64.b64encode(digest).decode()


def code_size_bytes(function: Function) -> int:
    """Bytes of the zip file, or of all files of the directory: a deployment's zip would be smaller."""
    if function.inline_code is not None:
        return len(function.inline_code.encode("utf-8", "surrogatepass"))
    if os.path.isdir(function.code_path):
        return sum(path.stat().st_size for path in code_files(function.code_path))
    return function.code_path.stat().st_size


def code_files(directory: Path) -> Iterator[Path]:
    """The files below ``directory`` that belong to the code, in a stable order; caches and tool directories do not."""
    for parent, directories, files in os.walk(directory, followlinks=False):
        directories[:] = sorted(name for name in directories if name not in IGNORED_DIRECTORIES)
        for name in sorted(files):
            path = Path(parent, name)
            if not name.endswith(".pyc") and os.path.isfile(path):  # a link to nowhere and a socket are no code
                yield path


def _directory_sha256(directory: Path) -> bytes:
    whole = hashlib.sha256()
    for path in code_files(directory):
        relative = path.relative_to(directory).as_posix().encode("utf-8", "surrogateescape")
        whole.update(len(relative).to_bytes(4, "big") + relative)
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.digest()


def _written_once(function: Function, text: str, cache_root: Path) -> Path:
    """Inline code as Lambda lays it out: one ``index`` module."""
    raw = text.encode("utf-8", "surrogatepass")
    target = cache_root / hashlib.sha256(raw).hexdigest()
    if os.path.isdir(target):
        return target
    suffix = "js" if function.runtime.startswith("nodejs") else "py"
    staging = staging_dir(cache_root)
    (staging / f"index.{suffix}").write_bytes(raw)
    return publish(staging, target)
