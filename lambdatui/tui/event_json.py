"""Is the text in the editor an event? Where not: which line, which column, and what is wrong. Pure."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """``line`` and ``column`` count from 1, as editors and error messages do."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line} col {self.column}: {self.message}"


def flaw(text: str) -> Flaw | None:
    """The first mistake, or None. An empty text is an empty payload, which Lambda accepts."""
    if not text.strip():
        return None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return Flaw(line=error.lineno, column=error.colno, message=error.msg)
    except RecursionError:
        return Flaw(line=1, column=1, message="nested too deeply")
    return None
