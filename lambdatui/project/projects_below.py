"""Projects in directories below one that is none itself, as in a repository of many: named, never read."""

from collections.abc import Iterable
from pathlib import Path

from lambdatui.model.function import Problem, Severity
from lambdatui.project.places import PROJECT_FILE_NAME, TEMPLATE_NAMES

_MARK = b"AWS::"
"""In every template with a resource; other tools call their files the same."""
MAX_TEMPLATE_BYTES = 1024 * 1024


def project_file_of(directory: Path, files: Iterable[str]) -> Path | None:
    """The template or project file among ``files`` of ``directory``."""
    there = set(files)
    if PROJECT_FILE_NAME in there:
        return directory / PROJECT_FILE_NAME
    return next((directory / name for name in TEMPLATE_NAMES if name in there and _is_template(directory / name)), None)


def not_read(found: list[Path], root: Path) -> Problem:
    """What is told of ``found``, which is not empty."""
    first, *rest = [path.relative_to(root).as_posix() for path in found]
    who = f"{first} and {rest[0]}" if len(rest) == 1 else f"{first} and {len(rest)} more" if rest else first
    verb = "belong to projects of their own, and are" if rest else "belongs to a project of its own, and is"
    hint = f"give {'a' if rest else 'that'} project's directory instead{', such as' if rest else ':'} {found[0].parent}"
    return Problem(message=f"{who} {verb} not read", hint=hint, severity=Severity.WARNING)


def _is_template(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _MARK in file.read(MAX_TEMPLATE_BYTES)
    except OSError:
        return False
