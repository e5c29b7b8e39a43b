"""Many rows in few statements. SQLite gives the interpreter away at every step of a statement, and another thread that
takes it makes us wait: row by row, that costs more than the rows themselves.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice

Row = tuple[object, ...]

_ROWS_AT_ONCE = (32, 8, 1)
"""Few sizes, so that their statements stay prepared."""


def insert_rows(connection: sqlite3.Connection, into: str, rows: Iterable[Row]) -> None:
    """``into`` is the statement up to its VALUES; every row has as many values as the first.

    Rows that are yet to be made are made a few at a time, and others have the interpreter in between.
    """
    largest, *smaller = _ROWS_AT_ONCE
    coming = iter(rows)
    while len(batch := tuple(islice(coming, largest))) == largest:
        _insert(connection, into, batch)
    done = 0
    for size in smaller:
        while len(batch) - done >= size:
            _insert(connection, into, batch[done : done + size])
            done += size


def _insert(connection: sqlite3.Connection, into: str, batch: Sequence[Row]) -> None:
    places = _places(len(batch), len(batch[0]))
    connection.execute(f"{into} VALUES {places}", tuple(chain.from_iterable(batch)))


@lru_cache(maxsize=16)
def _places(rows: int, columns: int) -> str:
    row = f"({','.join('?' * columns)})"
    return ",".join([row] * rows)
