"""How loud a log line is: the level of each event of the platform, and of what a function prints.

As in the developer guide's page on log levels. Only logs are filtered by level, never what extensions subscribed to.
"""

import json
import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from lambdatui.model.phase import InitializationType, Status
from lambdatui.model.records import (
    InitReport,
    InitRuntimeDone,
    InitStart,
    InvokeStart,
    LogsDropped,
    LogsSubscription,
    PlatformExtension,
    PlatformFault,
    Record,
    Report,
    RestoreReport,
    RestoreRuntimeDone,
    RestoreStart,
    RuntimeDone,
    TelemetrySubscription,
)


class Level(IntEnum):
    TRACE = 1
    DEBUG = 2
    INFO = 3
    WARN = 4
    ERROR = 5
    FATAL = 6


LEVELS: Mapping[str, Level] = {
    **{level.name: level for level in Level},
    # Python's words for two of them
    "WARNING": Level.WARN,
    "CRITICAL": Level.FATAL,
}
_RFC_3339 = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
    r"([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"
)


def level_named(name: str | None) -> Level:
    """The level of a LoggingConfig, INFO where there is none."""
    return LEVELS.get((name or "").upper(), Level.INFO)


def line_level(line: str) -> Level:
    """Of a line that its runtime did not label: what its JSON says beside a valid timestamp, otherwise INFO."""
    if not line.startswith("{") or '"level"' not in line:
        return Level.INFO
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return Level.INFO
    level, timestamp = document.get("level"), document.get("timestamp")
    if not isinstance(level, str) or not isinstance(timestamp, str) or not _RFC_3339.fullmatch(timestamp):
        return Level.INFO
    return level_named(level)


def system_level(record: Record) -> Level | None:
    """Of an event of the platform; None for any other."""
    rule = _RULES.get(type(record))
    return None if rule is None else rule(record)


def _start(record: InitStart | RestoreStart) -> Level:
    return Level.DEBUG if record.runtime_version is None else Level.INFO


_Ending = InitRuntimeDone | InitReport | RestoreRuntimeDone | RestoreReport | RuntimeDone | Report


def _ending(usual: Level) -> Callable[[_Ending], Level]:
    return lambda record: usual if record.status is Status.SUCCESS else Level.WARN


def _init_report(record: InitReport) -> Level:
    on_demand = record.initialization_type is InitializationType.ON_DEMAND
    return _ending(Level.DEBUG if on_demand else Level.INFO)(record)


# Any: each function takes the record class it stands beside
_RULES: Mapping[type[Record], Callable[[Any], Level]] = {
    InitStart: _start,
    InitRuntimeDone: _ending(Level.DEBUG),
    InitReport: _init_report,
    InvokeStart: lambda record: Level.INFO,
    RuntimeDone: _ending(Level.DEBUG),
    Report: _ending(Level.INFO),
    RestoreStart: _start,
    RestoreRuntimeDone: _ending(Level.DEBUG),
    RestoreReport: _ending(Level.INFO),
    PlatformExtension: lambda record: Level.INFO if record.error_type is None else Level.WARN,
    TelemetrySubscription: lambda record: Level.INFO,
    LogsSubscription: lambda record: Level.INFO,
    LogsDropped: lambda record: Level.WARN,
    PlatformFault: lambda record: Level.WARN,
}

SYSTEM_KINDS: frozenset[type[Record]] = frozenset(_RULES)
"""The kinds of record that have a level of their own."""
