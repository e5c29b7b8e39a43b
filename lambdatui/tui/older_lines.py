"""Joins what the history tells of the past to what a view shows already, so that no line stands there twice. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from lambdatui.tui.log_lines import LogLine

OLDER_LINES = 2_000
"""As many are fetched at once."""


def instant_s(line: LogLine) -> float:
    """When it was written, as precisely as the history knows it."""
    return round(line.time_s, 6)


def first_instant(shown: Iterable[LogLine]) -> tuple[LogLine, ...]:
    """The lines at the beginning that were written at one and the same moment."""
    rows = iter(shown)
    first = next(rows, None)
    if first is None:
        return ()
    return (first, *takewhile(lambda line: instant_s(line) == instant_s(first), rows))


def unseen(found: Sequence[LogLine], beginning: Sequence[LogLine]) -> Iterator[LogLine]:
    """Those of ``found`` that are not among the ``beginning`` of what is shown: one moment may have many lines, of
    which memory kept the last ones only. Both are oldest first.
    """
    shown = Counter(map(_identity, beginning))
    fresh: list[LogLine] = []
    for line in reversed(found):
        if shown[_identity(line)] > 0:
            shown[_identity(line)] -= 1
        else:
            fresh.append(line)
    return reversed(fresh)


def _identity(line: LogLine) -> tuple[object, ...]:
    return instant_s(line), line.environment, line.text
