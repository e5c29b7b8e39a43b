"""Which file and line an error points at, and where a function's code lies on this machine. Pure but for looking.

An error document names files as the environment sees them: ``/var/task`` is the function's own code.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lambdatui.model.function import Function
from lambdatui.tui.calls import Refusal

TASK = PurePosixPath("/var/task")
_PYTHON = re.compile(r'File "(?P<file>[^"]+)",? [Ll]ine (?P<line>\d+)')
_NODE = re.compile(r"(?:\(|at |file://)(?P<file>/[^\s():]+):(?P<line>\d+)(?::\d+)?\)?")
_SYNTAX = re.compile(r"\((?P<file>[^()\s]+\.py), line (?P<line>\d+)\)")
_FOREIGN = re.compile(
    r"/(?:site|dist)-packages/|/node_modules/|/lib/python\d|^/(?:var/lang|var/runtime|opt|usr)/|^node:|^<"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlace:
    """``line`` counts from 1."""

    file: Path
    line: int


def failing_line(document: bytes) -> tuple[str, int] | None:
    """The file and line that an error document blames: the innermost that is the function's own, else the innermost."""
    try:
        error = json.loads(document)
    except ValueError:
        return None
    if not isinstance(error, dict):
        return None
    found = list(_frames(error))
    own = [each for each in found if is_own(each[0])]
    return next(iter(own or found), None)


def _frames(error: dict[str, object]) -> Iterator[tuple[str, int]]:
    """The innermost first: Python's tracebacks end with it, Node.js's begin with it."""
    stack = error.get("stackTrace")
    rows = [str(entry) for entry in stack] if isinstance(stack, list) else []
    for row in reversed(rows):
        yield from ((match["file"], int(match["line"])) for match in _PYTHON.finditer(row))
    trace = error.get("trace")
    for row in trace if isinstance(trace, list) else []:
        yield from ((match["file"], int(match["line"])) for match in _NODE.finditer(str(row)))
    if (blamed := _SYNTAX.search(str(error.get("errorMessage", "")))) is not None:
        yield blamed["file"], int(blamed["line"])


def is_own(file: str) -> bool:
    """Whether it is the function's own code, and neither a library's nor the language's."""
    return _FOREIGN.search(file) is None


def on_this_machine(function: Function, file: str, line: int) -> SourcePlace | Refusal:
    """Where a file of an environment lies."""
    path = PurePosixPath(file)
    if path.is_relative_to(TASK) or not path.is_absolute():
        relative = path.relative_to(TASK) if path.is_absolute() else path
        if not function.code_path.is_dir():
            return Refusal(
                message=f"{file} is inside {function.code_path.name}", hint="only code in a directory is opened"
            )
        place = function.code_path / relative
    else:
        place = Path(file)
    if not place.is_file():
        return Refusal(
            message=f"{file} is not on this machine", hint="it belongs to a layer, a runtime or another machine"
        )
    return SourcePlace(file=place, line=line)


def handler_place(function: Function) -> SourcePlace | Refusal:
    """Where the handler is defined, as far as a look at the text tells."""
    module, _, name = function.handler.rpartition(".")
    suffixes = (".py",) if function.runtime.startswith("python") else (".js", ".mjs", ".cjs", ".ts")
    for suffix in suffixes:
        file = function.code_path / f"{module.replace('.', '/') if suffix == '.py' else module}{suffix}"
        if file.is_file():
            return SourcePlace(file=file, line=_definition(file, name))
    return Refusal(
        message=f"the source of {function.handler} was not found in {function.code_path.name}",
        hint="code in a zip file, or compiled, is not opened",
    )


def _definition(file: Path, name: str) -> int:
    defined = re.compile(rf"(?:def|function|const|let|var|exports\.|class)\s*\b{re.escape(name)}\b")
    rows = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((number for number, row in enumerate(rows, 1) if defined.search(row)), 1)
