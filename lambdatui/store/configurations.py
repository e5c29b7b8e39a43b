"""With which configuration, and on which code, an environment was made: found in the stream's batches."""

import json
import sqlite3

from lambdatui.model.history import RanOn
from lambdatui.model.ids import EnvironmentId
from lambdatui.model.records import CodeHashed, EnvironmentCreated, Record
from lambdatui.store.history import event_id
from lambdatui.telemetry.wire import record_of


def find_configuration(connection: sqlite3.Connection, run: int, environment: EnvironmentId) -> RanOn | None:
    """None for an environment of a version that did not tell."""
    for function, whose, record in _told(connection, run, EnvironmentCreated):
        if whose == environment and isinstance(record, EnvironmentCreated):
            return RanOn(created=record, code_sha256=_code(connection, run, function, record.revision))
    return None


def _code(connection: sqlite3.Connection, run: int, function: str | None, revision: int) -> str | None:
    for whose, _, record in _told(connection, run, CodeHashed):
        if whose == function and isinstance(record, CodeHashed) and record.revision == revision:
            return record.code_sha256
    return None


def _told(connection: sqlite3.Connection, run: int, kind: type[Record]) -> list[tuple[str | None, str | None, Record]]:
    """Function, environment and record of every event of this kind in a run."""
    wanted = json.dumps(kind.TYPE)
    query = "SELECT lines FROM batch WHERE id >= ? AND id < ? AND instr(lines, ?)"
    rows = connection.execute(query, (event_id(run, 0), event_id(run + 1, 0), wanted))
    found = []
    for line in (line for (text,) in rows for line in text.split("\n") if wanted in line):
        _, _, name, function, environment, document = json.loads(line)
        if name == kind.TYPE:
            found.append((function, environment, record_of(name, document)))
    return found
