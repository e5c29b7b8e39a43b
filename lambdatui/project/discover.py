"""Finds handlers in Python files by reading their syntax tree; nothing of the user's is ever imported."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.project.access import denial
from lambdatui.project.places import IGNORED_DIRECTORIES, Places
from lambdatui.project.projects_below import not_read, project_file_of
from lambdatui.project.settings import Draft, Setting

HANDLER_NAMES = ("lambda_handler", "handler")
"""Best first: a module that has both is one function."""

MAX_FILES = 5_000
MAX_MODULE_BYTES = 1024 * 1024

_NOT_PRODUCT = frozenset({"build", "cdk.out", "dist", "docs", "env", "site-packages", "test", "tests"})
_GENERIC_STEMS = frozenset({"__init__", "app", "function", "handler", "index", "lambda_function", "main"})
_TEXTUAL_DEF = re.compile(r"^(?:async\s+)?def\s+(lambda_handler|handler)\s*\(", re.MULTILINE)
_NAME_GAPS = re.compile(r"[^a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHandler:
    name: str
    line: int
    is_async: bool = False
    imports: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Discovery:
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def discover(places: Places) -> Discovery:
    """One draft per module with a handler: of the one module the user named, or of all below the root."""
    discovery = Discovery()
    names: set[str] = set()
    for path in [places.module] if places.module else _modules(places.root, discovery.problems):
        found, problem = find_handler(path, places.display(path))
        if problem:
            discovery.problems.append(problem)
        if found:
            discovery.drafts.append(_draft(path, found, places, names))
            discovery.problems.extend(_async_warning(found, discovery.drafts[-1]))
    return discovery


def find_handler(path: Path, file: str) -> tuple[FoundHandler | None, Problem | None]:
    """The module's handler, best name first; one that does not compile still shows the handler it seems to have."""
    try:
        if path.stat().st_size > MAX_MODULE_BYTES:
            return None, None
        raw = path.read_bytes()
    except OSError as error:
        hint = f"check it with: ls -l {path}"
        return None, Problem(
            message=f"cannot be read: {error.strerror}", hint=hint, file=file, severity=Severity.WARNING
        )
    if b"handler" not in raw:
        return None, None
    from lambdatui.project.syntax import parse_module

    tree, problem = parse_module(raw, file)
    if tree is not None:
        return _handler_of(tree), None
    text = raw.decode("utf-8", errors="replace")
    if seen := _TEXTUAL_DEF.search(text):
        return FoundHandler(name=seen[1], line=text.count("\n", 0, seen.start()) + 1), problem
    return None, None


def _modules(root: Path, problems: list[Problem]) -> Iterator[Path]:
    seen = 0
    below: list[Path] = []

    def closed(error: OSError) -> None:
        if isinstance(error, PermissionError):
            message, hint = denial(Path(error.filename))
            problems.append(Problem(message=message, hint=hint, severity=Severity.WARNING))

    for directory, directories, files in os.walk(root, onerror=closed):
        directories[:] = sorted(name for name in directories if _is_product(name, Path(directory)))
        other = project_file_of(Path(directory), files) if directory != str(root) else None
        below += [other] if other else []
        for name in sorted(files):
            if not name.endswith(".py") or name.startswith("test_") or name in ("conftest.py", "setup.py"):
                continue
            seen += 1
            if seen > MAX_FILES:
                message = f"more than {MAX_FILES:,} Python files; the rest was not searched for handlers"
                hint = "name the functions in lambdatui.toml, or open a smaller directory"
                problems.append(Problem(message=message, hint=hint, severity=Severity.WARNING, file=str(root)))
                return
            if not name.endswith("_test.py"):
                yield Path(directory, name)
    if below:
        problems.append(not_read(below, root))


def _is_product(name: str, parent: Path) -> bool:
    if name in IGNORED_DIRECTORIES or name in _NOT_PRODUCT or name.startswith(".") or name.endswith(".egg-info"):
        return False
    return not os.path.exists(parent / name / "pyvenv.cfg")


def _handler_of(tree: ast.Module) -> FoundHandler | None:
    imports = frozenset(_imported(tree))
    best: dict[str, FoundHandler] = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name in HANDLER_NAMES:
                if _takes_two(node.args):
                    is_async = isinstance(node, ast.AsyncFunctionDef)
                    best[name] = FoundHandler(name=name, line=node.lineno, is_async=is_async, imports=imports)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)) if name in HANDLER_NAMES:
                # handler = Mangum(app) is a handler, handler = logging.StreamHandler() is not.
                if name == "lambda_handler" or (isinstance(called, ast.Name) and called.id == "Mangum"):
                    best[name] = FoundHandler(name=name, line=node.lineno, imports=imports)
    return next((best[name] for name in HANDLER_NAMES if name in best), None)


def _takes_two(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    return required <= 2 and (positional >= 2 or arguments.vararg is not None)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _draft(path: Path, found: FoundHandler, places: Places, names: set[str]) -> Draft:
    origin = Origin(source=Source.DISCOVERED, file=places.display(path), line=found.line)
    code_path = _code_root(path, found.imports, places.root)
    module = ".".join(path.relative_to(code_path).with_suffix("").parts)
    name = _unique_name(path, places.root, names)
    key = f"def {found.name}"
    return Draft(
        id=name,
        key=key,
        origin=origin,
        settings={
            "handler": Setting(value=f"{module}.{found.name}", origin=origin, key=key),
            "code_path": Setting(value=code_path, origin=origin, key=key),
            "name": Setting(value=name, origin=origin, key=key),
        },
    )


def _code_root(path: Path, imports: frozenset[str], root: Path) -> Path:
    """The directory that has to be /var/task for the module's own imports to work: the deepest that serves most."""
    deepest = path.parent
    while deepest != root and os.path.exists(deepest / "__init__.py"):
        deepest = deepest.parent
    candidates = [deepest, *(parent for parent in deepest.parents if parent.is_relative_to(root))]
    return max(candidates, key=lambda directory: sum(_holds(directory, name) for name in imports))


def _holds(directory: Path, module: str) -> bool:
    return os.path.isfile(directory / f"{module}.py") or os.path.isdir(directory / module)


def _unique_name(path: Path, root: Path, taken: set[str]) -> str:
    """The file's name, or its directory's when the file is called app.py or alike; longer until it is unique."""
    parts = [*path.relative_to(root.parent).with_suffix("").parts]
    if len(parts) > 1 and parts[-1] in _GENERIC_STEMS:
        parts.pop()
    names = [_NAME_GAPS.sub("-", "-".join(parts[start:])).strip("-")[-64:] for start in range(len(parts) - 1, -1, -1)]
    names += [f"{(names[0] or 'function')[:60]}-{number}" for number in range(2, len(taken) + 3)]
    name = next(name for name in names if name and name not in taken)
    taken.add(name)
    return name


def _async_warning(found: FoundHandler, draft: Draft) -> Iterator[Problem]:
    if found.is_async:
        yield Problem(
            message="the handler is async; Lambda's Python runtime calls it without awaiting it",
            hint="make it a plain def that calls asyncio.run(...)",
            severity=Severity.WARNING,
            file=draft.origin.file,
            line=found.line,
            key=draft.key,
        )
