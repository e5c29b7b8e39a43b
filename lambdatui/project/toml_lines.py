"""Finds the line of a key in a TOML file, which the standard library's parser does not tell."""

import re

_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_TOKENS = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*|[\[\]{}]')


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Line (from 1) of every table header and of every key that starts a line, under its full path.

    Keys inside inline tables are not listed: they stand on the line of the key that the table belongs to.
    The text is known to be valid TOML.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    inside: str | None = None
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if inside is None and depth == 0:
            stripped = line.lstrip()
            if stripped.startswith("["):
                table = _path(stripped.lstrip("["))
                for end in range(1, len(table) + 1):
                    lines.setdefault(table[:end], number)
                continue
            if path := _path(stripped):
                for end in range(1, len(path) + 1):
                    lines.setdefault(table + path[:end], number)
        inside, depth = _state_after(line, inside, depth)
    return lines


def line_of(path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> int | None:
    """The line of ``path``, or of the nearest enclosing key that has one."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def _path(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    position = 0
    while match := _KEY_PART.match(text, position):
        basic, literal, bare = match.groups()
        parts.append(next(part for part in (basic, literal, bare) if part is not None))
        position = match.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return tuple(parts)


def _state_after(line: str, inside: str | None, depth: int) -> tuple[str | None, int]:
    """Whether the next line is inside a multi-line string (its quotes), and how many brackets are open."""
    position = 0
    while position < len(line):
        if inside is not None:
            end = line.find(inside, position)
            if end == -1:
                return inside, depth
            position, inside = end + 3, None
            continue
        token = _TOKENS.search(line, position)
        if token is None:
            break
        position = token.end()
        if token[0] in ('"""', "'''"):
            inside = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth = max(0, depth - 1)
    return inside, depth
