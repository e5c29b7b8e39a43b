"""A row of the screen before it has colours: text and the name of its tone. Pure, and never markup.

A tone is a name from ``TONES``, optionally followed by ``bold``, ``italic``, ``reverse`` or ``underline``. What a tone
looks like is said in base.tcss, once.
"""

import re
from collections.abc import Iterable

from rich.cells import cell_len, chop_cells, set_cell_size

Span = tuple[str, str]
Line = tuple[Span, ...]

TONES = frozenset({
    "plain", "dim", "faint", "accent", "ok", "warn", "bad", "info",
    "provision", "init", "invoke", "idle", "frozen", "reset", "shutdown", "killed",
    "cursor", "cursor-blurred", "hit",
})  # fmt: skip

EMPTY: Line = ()


def width(line: Iterable[Span]) -> int:
    return sum(cells(text) for text, _ in line)


def cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def left(text: str, room: int) -> str:
    """``text`` in exactly ``room`` cells, an ellipsis where it was cut."""
    if room <= 0:
        return ""
    if cells(text) <= room:
        return text + " " * (room - cells(text))
    kept = set_cell_size(text, room - 1).rstrip()
    return kept + "…" + " " * (room - 1 - cells(kept))


def right(text: str, room: int) -> str:
    """``text`` at the right end of ``room`` cells."""
    return " " * max(0, room - cells(text)) + (text if cells(text) <= room else left(text, room))


def cut(line: Line, room: int) -> Line:
    """``line`` in at most ``room`` cells, an ellipsis where it was cut."""
    if width(line) <= room:
        return line
    spans: list[Span] = []
    for text, tone in line:
        free = room - width(spans)
        if cells(text) >= free:
            return (*spans, (left(text + "  ", free).rstrip(), tone))
        spans.append((text, tone))
    raise AssertionError("unreachable: the line is wider than the room")


def plain(line: Iterable[Span]) -> str:
    return "".join(text for text, _ in line)


def spread(start: Line, end: Line, room: int) -> Line:
    """``start`` at the left and ``end`` at the right of ``room`` cells; ``end`` is dropped where both do not fit."""
    gap = room - width(start) - width(end)
    return start if gap < 1 else (*start, (" " * gap, "plain"), *end)


def flow(lines: Iterable[Line], room: int, *, hang: int = 0) -> tuple[Line, ...]:
    """``lines`` with those that are too long broken between words; a broken line keeps the tones of its words.

    What is broken off stands ``hang`` cells to the right, where there is room for that.
    """
    rows: list[Line] = []
    for line in lines:
        if width(line) <= room or room < 8:
            rows.append(line)
        else:
            rows += _broken(line, room, hang if room >= 3 * hang else 0)
    return tuple(rows)


def _broken(line: Line, room: int, hang: int) -> list[Line]:
    rows: list[Line] = []
    row: list[Span] = []
    used = 0
    for text, tone in line:
        for word in _words(text, room - hang):
            if used + cells(word.rstrip()) > room and row:
                rows.append(_ended(row))
                row, used = [(" " * hang, "plain")] if hang else [], hang
                word = word.lstrip()
            row.append((word, tone))
            used += cells(word)
    return [*rows, _ended(row)] if row else rows


def _ended(row: list[Span]) -> Line:
    """Without the spaces after the last word, for which there may be no room."""
    text, tone = row[-1]
    return (*row[:-1], (text.rstrip(), tone))


def _words(text: str, room: int) -> Iterable[str]:
    """Words with the spaces after them; a word longer than a row in pieces."""
    for word in re.findall(r"\s*\S+\s*|\s+", text):
        yield from chop_cells(word, room) if cells(word) > room else (word,)
