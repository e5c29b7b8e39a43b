"""What a run that was killed left unfinished: invocations that were begun, or waited, and have no end in the stream."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lambdatui.model.error_types import INTERRUPTED
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import InvocationType
from lambdatui.model.records import InvokeAccepted, InvokeAnswered, InvokeStart, InvokeThrottled, Report

LONGEST_S = 20 * 60.0
"""Before the end of the run nothing was begun that could have lasted until then: a function has 15 minutes."""
_KINDS = (InvokeAccepted, InvokeAnswered, InvokeThrottled, InvokeStart, Report)
_NAMES = tuple(json.dumps(kind.TYPE) for kind in _KINDS)
_SEQ_BITS = 40
# Any: a record as it was written, of which two fields are read
_Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """``begun``: its log has a START."""

    request_id: RequestId
    function: FunctionName | None
    begun: bool


def take_interrupted(connection: sqlite3.Connection, runs: tuple[int, ...]) -> tuple[Interrupted, ...]:
    """In the order of the stream; where nobody was answered, the invocation says so from now on."""
    found = tuple(each for run in runs for each in reversed(_unfinished(connection, run)))
    connection.execute(
        "UPDATE invocation SET error_type = ?"
        " WHERE answered_s IS NULL AND request_id IN (SELECT value FROM json_each(?))",
        (INTERRUPTED, json.dumps([each.request_id for each in found])),
    )
    return found


def _unfinished(connection: sqlite3.Connection, run: int) -> list[Interrupted]:
    """The newest first. An attempt ends with the next REPORT of its request."""
    found: dict[RequestId, Interrupted] = {}
    reported: set[RequestId] = set()
    settled: set[RequestId] = set()
    for name, function, document in _newest_first(connection, run):
        request_id = RequestId(document["requestId"])
        if name == Report.TYPE:
            reported.add(request_id)
            settled.add(request_id)
        elif name == InvokeStart.TYPE and request_id in reported:
            reported.remove(request_id)
        elif name == InvokeStart.TYPE:
            found[request_id] = Interrupted(request_id, function, begun=True)
        elif name != InvokeAccepted.TYPE:
            settled.add(request_id)
        elif request_id not in settled | found.keys() and _is_waited_for(document):
            found[request_id] = Interrupted(request_id, function, begun=False)
    return list(found.values())


def _is_waited_for(accepted: _Document) -> bool:
    """An asynchronous event is in the queue, and is run again from there."""
    return bool(accepted.get("invocationType") == InvocationType.REQUEST_RESPONSE)


def _newest_first(connection: sqlite3.Connection, run: int) -> Iterator[tuple[str, FunctionName | None, _Document]]:
    condition = " OR ".join(["instr(lines, ?)"] * len(_NAMES))
    rows = connection.execute(
        f"SELECT lines FROM batch WHERE id > ? AND id < ? AND ({condition}) ORDER BY id DESC",
        (run << _SEQ_BITS, (run + 1) << _SEQ_BITS, *_NAMES),
    )
    ended_us: int | None = None
    for (text,) in rows:
        for line in reversed(text.split("\n")):
            if not any(name in line for name in _NAMES):
                continue
            _, time_us, name, function, _, document = json.loads(line)
            ended_us = time_us if ended_us is None else ended_us
            if time_us < ended_us - LONGEST_S * 1e6:
                return
            if any(name == kind.TYPE for kind in _KINDS):
                yield name, function, document
