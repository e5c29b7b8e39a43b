"""What REPORT said of invocations, found in the stream's batches: nothing is written for it while functions run."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from lambdatui.model.ids import EnvironmentId, RequestId
from lambdatui.model.records import Report
from lambdatui.store.history import run_of
from lambdatui.telemetry.wire import record_of

_TYPE = json.dumps(Report.TYPE)


@dataclass(frozen=True, slots=True)
class Reported:
    """``run`` is the number of the engine's run."""

    environment: EnvironmentId | None
    report: Report
    run: int


def find_reports(
    connection: sqlite3.Connection, wanted: Collection[RequestId], since_s: float
) -> dict[RequestId, Reported]:
    """The newest REPORT of each request in ``wanted``, none of which was accepted before ``since_s``."""
    missing = set(wanted)
    found: dict[RequestId, Reported] = {}
    query = "SELECT id, lines FROM batch WHERE instr(lines, ?) ORDER BY id DESC"
    for first, text in connection.execute(query, (_TYPE,)):
        for line in reversed(text.split("\n")):
            if _TYPE not in line:
                continue
            _, time_us, name, _, environment, document = json.loads(line)
            if time_us / 1e6 < since_s:
                return found
            if name == Report.TYPE and document.get("requestId") in missing:
                report = record_of(name, document)
                assert isinstance(report, Report)
                missing.discard(report.request_id)
                found[report.request_id] = Reported(environment, report, run_of(first))
        if not missing:
            break
    return found
