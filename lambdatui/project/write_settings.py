"""Writes settings of a function into ``lambdatui.toml``: comments, order and spelling of the rest stay as they are."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lambdatui.model.function import Function
from lambdatui.model.settings import Changes, variable_name
from lambdatui.project.places import PROJECT_FILE_NAME
from lambdatui.project.project_file import FIELDS

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Table = MutableMapping[str, object]

_KEYS = {field: key for key, field in FIELDS.items()}


class NotWritable(Exception):
    """The file cannot be changed; the message says why."""


def write_settings(file: Path, function: Function, changes: Changes) -> None:
    """Put ``changes`` into ``file``, made where there is none. Replaced whole or not at all. Raises NotWritable."""
    try:
        text = file.read_bytes().decode("utf-8") if file.exists() else ""  # its line ends are the user's
        _replace(file.resolve(), with_settings(text, function, changes))
    except (OSError, UnicodeDecodeError) as error:
        raise NotWritable(f"{file} cannot be written: {error}") from error


def project_file_of(root: Path, config_files: tuple[Path, ...]) -> Path:
    """The file that decides for a project, or the one that will."""
    own = (path for path in config_files if path.name == PROJECT_FILE_NAME)
    return next(own, root / PROJECT_FILE_NAME)


def with_settings(text: str, function: Function, changes: Changes) -> str:
    """The text of the file with the changes made. Raises NotWritable for one that is not TOML."""
    import tomlkit  # imported where it is used: only who writes needs it
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        table = _table(_table(document, "functions"), _name(document, function))
        for key, value in changes.items():
            variable = variable_name(key)
            if variable is not None:
                _put(table if value is None and "environment" not in table else _table(table, "environment"),
                     variable, value)  # fmt: skip
            else:
                _put(table, _KEYS[key], None if value is None else int(value))
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise NotWritable(f"it is not usable TOML: {error}") from error


def _name(document: "Table", function: Function) -> str:
    """Under which the file knows the function, or will: a template's logical id, else its name."""
    known = document.get("functions", {})
    names = [name for name in (function.logical_id, function.name) if name]
    return next((name for name in names if name in known), names[0])  # type: ignore[operator]


def _table(above: "Table", name: str) -> "Table":
    import tomlkit

    if name not in above:
        if name == "environment":
            _put(above, name, tomlkit.inline_table())
        else:
            above[name] = tomlkit.table(is_super_table=name == "functions")
    found = above[name]
    if not isinstance(found, dict):
        raise NotWritable(f"{name} is no table in it")
    return found


def _put(table: "Table", key: str, value: object) -> None:
    """A new key goes to the last ones, before the blank line and the comments that lead to the next table."""
    if value is None:
        table.pop(key, None)
        return
    tail = _tail(table) if key not in table else []
    table[key] = value
    for item in tail:
        table.add(item)  # type: ignore[attr-defined]


def _tail(table: "Table") -> list[object]:
    """What is behind the last key and the comments that stand close to it: taken out, to be put back."""
    from tomlkit.items import Table as TomlTable
    from tomlkit.items import Whitespace

    if not isinstance(table, TomlTable):
        return []
    body = table.value.body
    start = len(body)
    for index in range(len(body) - 1, -1, -1):
        if body[index][0] is not None:
            break
        if isinstance(body[index][1], Whitespace):
            start = index
    tail: list[object] = [item for _, item in body[start:]]
    del body[start:]
    return tail


def _replace(file: Path, text: str) -> None:
    """Through a draft beside it, with the permissions of the old one."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
        os.chmod(draft, file.stat().st_mode & 0o7777 if file.exists() else 0o644)
        os.replace(draft, file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
