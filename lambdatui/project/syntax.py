"""Syntax errors of Python files at save time, found by compiling; nothing is run."""

import ast
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

from lambdatui.model.function import Problem


def check_syntax(paths: Iterable[Path], root: Path | None = None) -> tuple[Problem, ...]:
    """One problem per file that does not compile; files that are gone or are not Python are passed over.

    Checked with the interpreter that runs lambdatui, whose grammar may be newer or older than the function's.
    """
    problems = []
    for path in paths:
        if path.suffix != ".py":
            continue
        try:
            raw = path.read_bytes()
        except OSError:
            continue  # saved and gone again: the next batch says so
        file = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else str(path)
        _, problem = parse_module(raw, file)
        if problem:
            problems.append(problem)
    return tuple(problems)


def parse_module(raw: bytes, file: str) -> tuple[ast.Module | None, Problem | None]:
    """The syntax tree, or why there is none: the compiler's words, line and source text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and alike are for the user's linter
            tree = ast.parse(raw, filename=file)
            # Some errors, such as a return outside a function, only show when the tree is compiled.
            compile(tree, file, "exec", dont_inherit=True)
            return tree, None
    except SyntaxError as error:
        text = (error.text or "").strip()
        hint = f"the line reads: {text}" if text else "open the file at this line"
        message = f"syntax error: {error.msg}"
        return None, Problem(message=message, hint=hint, file=file, line=error.lineno)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        message = f"cannot be compiled by Python {sys.version_info.major}.{sys.version_info.minor}: {error}"
        return None, Problem(message=message, hint="check the file for binary data or extreme nesting", file=file)
