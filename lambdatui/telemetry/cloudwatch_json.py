"""Which log lines an event is in Lambda's JSON format, as far as the function's log levels let it through.

An event of the platform is one object of ``time``, ``type`` and ``record``, as AWS's schema has it. What a function
prints stays as it is: JSON is not encoded a second time, and text stays text.
"""

import json

from lambdatui.model.function import LoggingConfig
from lambdatui.model.records import ExtensionLog, FunctionLog, PlatformFault, Record
from lambdatui.telemetry.aws import aws_record
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.log_levels import SYSTEM_KINDS, Level, level_named, line_level, system_level
from lambdatui.telemetry.timestamps import iso_millis

JSON_KINDS: frozenset[type[Record]] = SYSTEM_KINDS | {FunctionLog, ExtensionLog}
"""The kinds of record that can have lines."""


def json_lines(event: TelemetryEvent, logging: LoggingConfig) -> tuple[str, ...]:
    """Without their LFs. A configuration that names no levels means INFO for both."""
    record = event.record
    if isinstance(record, FunctionLog):
        return _function_lines(record, level_named(logging.application_log_level))
    if isinstance(record, ExtensionLog):
        return record.lines
    level = system_level(record)
    if level is None or level < level_named(logging.system_log_level):
        return ()
    body = record.message if isinstance(record, PlatformFault) else aws_record(record)
    document = {"time": iso_millis(event.time_s), "type": record.TYPE, "record": body}
    return (json.dumps(document, separators=(",", ":")),)


def _function_lines(record: FunctionLog, least: Level) -> tuple[str, ...]:
    """What the runtime labelled was let through by its own logger, whose level the code may have chosen."""
    if least <= Level.TRACE:
        return record.lines
    labels = record.levels or ("",) * len(record.lines)
    return tuple(line for line, label in zip(record.lines, labels, strict=True) if label or line_level(line) >= least)
