"""The last rows of the log in memory: bounded, numbered from 0 for ever, written by the feed and read by the view."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from lambdatui.tui.log_lines import LogLine

CAPACITY = 100_000


class LogRing:
    """Rows ``first`` … ``end - 1``. A row keeps its number; the oldest rows leave when there are more than capacity."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[LogLine] = deque(maxlen=capacity)
        self.end = 0

    @property
    def first(self) -> int:
        return self.end - len(self._rows)

    def extend(self, rows: Iterable[LogLine]) -> None:
        for row in rows:
            self._rows.append(row)
            self.end += 1

    def get(self, number: int) -> LogLine | None:
        """The row of that number, or None when it has left memory."""
        index = number - self.first
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def __iter__(self) -> Iterator[LogLine]:
        """What is here, oldest first."""
        return iter(self._rows)

    def since(self, number: int) -> Iterator[tuple[int, LogLine]]:
        """Rows from ``number`` on that are still here, with their numbers."""
        start = max(number, self.first)
        fresh = self.end - start
        if fresh < len(self._rows) // 2:
            newest = list(islice(reversed(self._rows), fresh))
            return zip(range(start, self.end), reversed(newest), strict=True)
        return zip(range(start, self.end), islice(self._rows, start - self.first, None), strict=True)


class LogSelection:
    """Numbers of the rows a view shows: those of the ring that pass a test, kept up to date batch by batch."""

    def __init__(self, ring: LogRing, passes: Callable[[LogLine], bool] | None = None) -> None:
        self._ring = ring
        self._passes = passes
        self._numbers: deque[int] = deque()
        self._seen = ring.first
        self.pruned = 0
        """Rows this selection ever lost to the ring's bound."""

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> int:
        return self._numbers[index]

    def update(self) -> tuple[int, int]:
        """Take in new rows. Returns (rows added at the end, rows lost at the beginning)."""
        numbers, passes = self._numbers, self._passes
        before = len(numbers)
        if passes is None:
            numbers.extend(range(max(self._seen, self._ring.first), self._ring.end))
        else:
            numbers.extend(number for number, row in self._ring.since(self._seen) if passes(row))
        added = len(numbers) - before
        self._seen = self._ring.end
        lost = 0
        first = self._ring.first
        while numbers and numbers[0] < first:
            numbers.popleft()
            lost += 1
        self.pruned += lost
        return added, lost
