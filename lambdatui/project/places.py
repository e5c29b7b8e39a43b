"""Which files make up a project, and how they are named to people."""

import os
from dataclasses import dataclass
from pathlib import Path

TEMPLATE_NAMES = ("template.yaml", "template.yml", "template.json")
PROJECT_FILE_NAME = "lambdatui.toml"
DOTENV_NAME = ".env"
SAMCONFIG_NAME = "samconfig.toml"
CONFIG_NAMES = frozenset({*TEMPLATE_NAMES, PROJECT_FILE_NAME, DOTENV_NAME, SAMCONFIG_NAME})
"""Files whose appearance in the project's root changes what the project is."""

IGNORED_DIRECTORIES = frozenset(
    {
        ".aws-sam",
        ".git",
        ".hg",
        ".hypothesis",
        ".idea",
        ".lambdatui",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        ".vscode",
        "__pycache__",
        "node_modules",
        "venv",
    }
)
"""Never part of a function's own code: what tools keep there changes without the function changing."""

_TEMPLATE_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template"})


class ProjectNotFound(Exception):
    """Nothing is at the given path. Printed as ``message`` and ``hint``; the command line exits with 2."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} ({hint})")
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """``module`` is the one Python file the user pointed at; ``unsuitable`` is a file of none of the known kinds.

    ``template_named`` tells that the user pointed at the template itself.
    """

    root: Path
    template: Path | None = None
    template_named: bool = False
    samconfig: Path | None = None
    project_file: Path | None = None
    dotenv: Path | None = None
    module: Path | None = None
    unsuitable: Path | None = None

    def display(self, path: Path) -> str:
        """``path`` as people should read it: relative to the root where it lies below it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def exists(path: Path) -> bool:
    """As ``Path.exists`` before Python 3.14: raises OSError for a path that is too long to be one."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def find_places(path: Path) -> Places:
    """The files belonging to ``path``: a directory, a template, a project file or a Python module."""
    path = path.expanduser().absolute()
    if not exists(path):
        looked_for = "a directory, a template, a lambdatui.toml or a Python file"
        raise ProjectNotFound(f"there is nothing at {path}", f"give the path of {looked_for}; {_nearest(path)}")
    root = path if os.path.isdir(path) else path.parent
    project_file = _existing(root, (PROJECT_FILE_NAME,))
    dotenv = _existing(root, (DOTENV_NAME,))
    samconfig = _existing(root, (SAMCONFIG_NAME,))
    if os.path.isdir(path) or path.suffix == ".toml":
        return Places(
            root=root,
            template=_existing(root, TEMPLATE_NAMES),
            samconfig=samconfig,
            project_file=project_file if os.path.isdir(path) else path,
            dotenv=dotenv,
        )
    if path.suffix == ".py":
        return Places(root=root, project_file=project_file, dotenv=dotenv, module=path)
    if path.suffix in _TEMPLATE_SUFFIXES:
        return Places(
            root=root,
            template=path,
            template_named=True,
            samconfig=samconfig,
            project_file=project_file,
            dotenv=dotenv,
        )
    return Places(root=root, unsuitable=path)


def _existing(root: Path, names: tuple[str, ...]) -> Path | None:
    return next((root / name for name in names if os.path.isfile(root / name)), None)


def _nearest(path: Path) -> str:
    parent = next(parent for parent in path.parents if os.path.isdir(parent))
    return f"the nearest directory that exists is {parent}"
