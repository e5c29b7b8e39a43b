"""Payloads on disk: short ones in their row, long ones as files named after their content. Blocking."""

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

INLINE_BYTES = 64 * 1024
"""A longer payload is a file, so that the database stays small and the same payload is kept once."""

StoredBody = tuple[bytes | None, str | None]
"""The bytes themselves, or the name of the file that holds them; both None for no payload."""


class BodyLost(Exception):
    """The file of a payload is gone."""


class Bodies:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written_bytes = 0
        """How much was put, in rows and files."""

    def put(self, body: bytes | None) -> StoredBody:
        """Keep ``body``; a file appears whole or not at all."""
        self.written_bytes += len(body or b"")
        if body is None or len(body) <= INLINE_BYTES:
            return body, None
        name = blake2b(body, digest_size=20).hexdigest()
        path = self.directory / name
        if not path.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            half_written = path.with_suffix(f".{os.getpid()}.part")
            half_written.write_bytes(body)
            half_written.replace(path)
        return None, name

    def get(self, body: bytes | None, name: str | None) -> bytes | None:
        """Raises BodyLost."""
        if name is None:
            return body
        try:
            return (self.directory / name).read_bytes()
        except FileNotFoundError:
            raise BodyLost(f"the payload file {self.directory / name} is gone") from None

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._files())

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove every other file."""
        kept = set(names)
        for path in self._files():
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self.directory.iterdir()) if self.directory.is_dir() else []
