"""Many rows in few statements. SQLite gives the interpreter away at every step of a statement, and another thread that
takes it makes us wait: row by row, that costs more than the rows themselves.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain

Row = tuple[object, ...]

_ROWS_AT_ONCE = (32, 8, 1)
"""Few sizes, so that their statements stay prepared."""


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[Row]) -> None:
    """``into`` is the statement up to its VALUES; every row has as many values as the first."""
    done = 0
    for size in _ROWS_AT_ONCE:
        while len(rows) - done >= size:
            batch = rows[done : done + size]
            connection.execute(f"{into} VALUES {_places(size, len(batch[0]))}", tuple(chain.from_iterable(batch)))
            done += size


def _places(rows: int, columns: int) -> str:
    row = f"({','.join('?' * columns)})"
    return ",".join([row] * rows)
