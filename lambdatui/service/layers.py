"""Layers become one directory, the one that a function sees as /opt: merged in order, kept until a layer changes."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from lambdatui.model.function import Function
from lambdatui.project.layer_tree import Item, Kind, layer_items
from lambdatui.project.zip_files import MAX_UNZIPPED_BYTES, CodeUnusable, publish, staging_dir, unpacked
from lambdatui.service.removal import remove_tree

MAX_LAYERS = 5

_KEPT = 4
_IN_USE_S = 16 * 60.0
"""Longer than the longest invoke: an environment may still have a merged directory that is older than the last save."""


class LayersUnusable(CodeUnusable):
    """The layers cannot be given to the function. ``message`` is the service's own text where it has one."""


def merge_layers(layers: Sequence[Path], into: Path, *, code_dir: Path | None = None) -> Path:
    """The directory to show as /opt: the content of ``layers`` (directories or zip files) in this order.

    Where two layers have the same path the later one wins; directories are united. Modes of files are kept, links stay
    inside. One directory that needs nothing of this is returned as it is. Otherwise the result lies below ``into``,
    named by what the layers hold: the same layers give the same directory, a changed one another. No layers give an
    empty directory. ``code_dir`` is the function's laid out code, which counts to the limit of 262,144,000 bytes.

    Blocks: reads every directory entry of the layers, and copies them when they are new; :class:`LayerDirectories` asks
    once per revision of a function. Callers at the same time are safe. Raises :class:`LayersUnusable`.
    """
    if len(layers) > MAX_LAYERS:
        raise LayersUnusable(
            f"Cannot reference more than {MAX_LAYERS} layers.", f"{len(layers)} are listed: merge some"
        )
    roots = [_directory(layer, into) for layer in layers]
    contents = [_items(root) for root in roots]
    _check_size(contents, code_dir)
    if len(roots) == 1 and not any(item.followed for item in contents[0]):
        return roots[0]
    group = hashlib.sha256("\0".join(map(str, layers)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    target = into / f"{group}-{_fingerprint(contents)}"
    if target.is_dir():
        return target
    merged = _merge(contents, target)
    _forget_older(into, group, merged)
    return merged


class LayerDirectories:
    """What ``merge_layers`` answered for each function, until its revision changes: layers of a few thousand files
    take longer to look through than everything else that a cold start does. Safe to ask from several threads.
    """

    def __init__(self, into: Path) -> None:
        self._into = into
        self._known: dict[str, tuple[int, tuple[Path, ...], Path]] = {}

    def of(self, function: Function, revision: int, code_dir: Path) -> Path | None:
        """The directory for /opt; None for a function without layers. Raises :class:`LayersUnusable`."""
        if not function.layers:
            return None
        known = self._known.get(function.name)
        if known is not None and known[:2] == (revision, function.layers) and known[2].is_dir():
            return known[2]
        merged = merge_layers(function.layers, self._into, code_dir=code_dir)
        self._known[function.name] = (revision, function.layers, merged)
        return merged


def _directory(layer: Path, into: Path) -> Path:
    if layer.is_dir():
        return layer
    if not layer.is_file():
        raise LayersUnusable(f"layer {layer} does not exist", "create it, or correct the path where it is written")
    try:
        return unpacked(layer, into)
    except CodeUnusable as error:
        raise LayersUnusable(f"layer {layer}: {error.message}", error.hint) from error


def _items(root: Path) -> list[Item]:
    try:
        return list(layer_items(root))
    except OSError as error:
        hint = f"check it with: ls -lR {root}"
        raise LayersUnusable(f"layer {root} cannot be read: {error.strerror}: {error.filename}", hint) from error


def _check_size(contents: list[list[Item]], code_dir: Path | None) -> None:
    layers = sum(item.size_bytes for items in contents for item in items)
    hint = f"the layers have {layers:,} bytes unzipped; leave out what Lambda brings already, such as boto3"
    if layers > MAX_UNZIPPED_BYTES:
        raise LayersUnusable(f"Layers consume more than the available size of {MAX_UNZIPPED_BYTES} bytes", hint)
    if code_dir is None:
        return
    from lambdatui.project.code import code_files

    whole = layers + sum(path.stat().st_size for path in code_files(code_dir))
    if whole > MAX_UNZIPPED_BYTES:
        raise LayersUnusable(
            f"Function code combined with layers exceeds the maximum allowed size of {MAX_UNZIPPED_BYTES} bytes. "
            f"The actual size is {whole} bytes.",
            hint,
        )


def _fingerprint(contents: list[list[Item]]) -> str:
    whole = hashlib.sha256()
    for items in contents:
        for item in items:
            seen = (item.relative, item.kind.name, item.mode, item.stamp, item.target)
            whole.update(repr(seen).encode("utf-8", "surrogateescape"))
        whole.update(b"\0next layer\0")
    return whole.hexdigest()[:32]


def _merge(contents: list[list[Item]], target: Path) -> Path:
    staging = staging_dir(target.parent)
    try:
        for items in contents:
            for item in items:
                _lay(item, staging)
        _refuse_links_out(contents, staging)
        for items in contents:
            _close_directories(items, staging)
        return publish(staging, target)
    except OSError as error:
        message = f"the layers cannot be merged: {error.strerror or error}: {error.filename}"
        raise LayersUnusable(message, "free space where the project's state is kept, or correct the layer") from error
    finally:
        remove_tree(staging)


def _lay(item: Item, staging: Path) -> None:
    place = staging / item.relative
    # A link of an earlier layer may stand for a directory here; it was found to end inside its own layer, but not yet
    # that it still does so among the others.
    if not Path(os.path.realpath(place.parent)).is_relative_to(os.path.realpath(staging)):
        raise LayersUnusable(
            f"the link at {item.relative} leads out of /opt", f"remove it: it came before {item.source}"
        )
    match item.kind:
        case Kind.DIRECTORY:
            if not place.is_dir():
                _clear(place)
                place.mkdir()
        case Kind.FILE:
            _clear(place)
            shutil.copyfile(item.source, place)
            shutil.copystat(item.source, place)
            place.chmod(item.mode | 0o400)
        case Kind.LINK:
            _clear(place)
            place.symlink_to(item.target)


def _clear(place: Path) -> None:
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        remove_tree(place)


def _refuse_links_out(contents: list[list[Item]], staging: Path) -> None:
    inside = os.path.realpath(staging)
    for items in contents:
        for item in items:
            link = staging / item.relative
            if item.kind is Kind.LINK and not Path(os.path.realpath(link)).is_relative_to(inside):
                hint = f"it is {item.source}; correct it, or the layer that moved what it points at"
                raise LayersUnusable(f"the link {item.relative} leads out of /opt", hint)


def _close_directories(items: list[Item], staging: Path) -> None:
    """Directories get their modes last: one that nobody may write to must still be filled first."""
    for item in items:
        place = staging / item.relative
        if item.kind is Kind.DIRECTORY and place.is_dir() and not place.is_symlink():
            place.chmod(item.mode | 0o700)


def _forget_older(into: Path, group: str, newest: Path) -> None:
    """Merged directories of the same layers from before several saves, once no environment can have them any more."""
    merged = sorted(into.glob(f"{group}-*"), key=_made_s, reverse=True)
    for directory in merged[_KEPT:]:
        if directory != newest and _made_s(newest) - _made_s(directory) > _IN_USE_S:
            remove_tree(directory)


def _made_s(directory: Path) -> float:
    try:
        return directory.stat().st_ctime
    except OSError:
        return 0.0
