"""What a layer's directory holds, as it would be packed: read only, in a stable order, links judged.

A link that ends inside the layer stays a link. One that leads out is what it leads to, as ``zip -r`` packs it.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

LEFT_OUT = frozenset({".git", ".lambdatui", "__pycache__"})
"""Never part of a layer: what tools keep there changes without the layer changing."""


class Kind(Enum):
    DIRECTORY = auto()
    FILE = auto()
    LINK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``relative`` is below /opt. ``target`` is a link's, and relative. ``followed`` tells that a link led out here.

    ``stamp`` changes whenever the item's content or mode does.
    """

    relative: str
    source: Path
    kind: Kind
    mode: int
    size_bytes: int = 0
    stamp: tuple[int, ...] = ()
    target: str = ""
    followed: bool = False


def layer_items(layer: Path) -> Iterator[Item]:
    """Everything below the directory ``layer``, each directory before what is in it. Raises OSError."""
    inside = os.path.realpath(layer)
    pending: list[tuple[str, str, tuple[str, ...], bool]] = [("", inside, (inside,), False)]
    while pending:
        above, directory, chain, followed = pending.pop()
        with os.scandir(directory) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            if entry.name in LEFT_OUT:
                continue
            item = _item(entry, f"{above}{entry.name}", inside, followed)
            if item is None:
                continue
            if item.kind is Kind.DIRECTORY:
                # Only a link can lead back to a directory above; asking the system for each is what would take time.
                real = os.path.realpath(entry.path) if entry.is_symlink() else f"{chain[-1]}/{entry.name}"
                if real in chain:
                    continue
                pending.append((f"{item.relative}/", entry.path, (*chain, real), item.followed))
            yield item


def _item(entry: os.DirEntry[str], relative: str, inside: str, followed: bool) -> Item | None:
    """None for what cannot be packed: a socket, a link to nowhere."""
    if entry.is_symlink():
        end = os.path.realpath(entry.path)
        if not followed and (end == inside or end.startswith(inside + os.sep)):
            return _link(entry, relative)
        followed = True
    try:
        status = entry.stat()
    except OSError:
        return None
    if not stat.S_ISDIR(status.st_mode) and not stat.S_ISREG(status.st_mode):
        return None
    is_file = stat.S_ISREG(status.st_mode)
    return Item(
        relative=relative,
        source=Path(entry.path),
        kind=Kind.FILE if is_file else Kind.DIRECTORY,
        mode=stat.S_IMODE(status.st_mode),
        size_bytes=status.st_size if is_file else 0,
        stamp=(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns) if is_file else (),
        followed=followed,
    )


def _link(entry: os.DirEntry[str], relative: str) -> Item:
    target = os.readlink(entry.path)
    if os.path.isabs(target):
        target = os.path.relpath(os.path.realpath(entry.path), os.path.realpath(os.path.dirname(entry.path)))
    return Item(relative=relative, source=Path(entry.path), kind=Kind.LINK, mode=0o777, target=target)
