"""Which log lines an event is, as its function is configured: the one rendering behind every log people read."""

from collections.abc import Iterable, Mapping

from lambdatui.model.function import Function, LogFormat, LoggingConfig
from lambdatui.model.ids import FunctionName
from lambdatui.model.records import ProjectLoaded
from lambdatui.telemetry.cloudwatch_json import JSON_KINDS, json_lines
from lambdatui.telemetry.cloudwatch_text import TEXT_KINDS, text_lines
from lambdatui.telemetry.event import TelemetryEvent

_TEXT = LoggingConfig()


def log_lines(event: TelemetryEvent, logging: LoggingConfig = _TEXT) -> tuple[str, ...]:
    """The lines of one event, without their LFs; none for what CloudWatch never shows, or the log levels hold back.

    A record that the runtime framed is one line even with CRs or LFs in it.
    """
    if logging.log_format is LogFormat.TEXT:
        return text_lines(event.record)
    return json_lines(event, logging)


def is_logged(event: TelemetryEvent, logging: LoggingConfig = _TEXT) -> bool:
    """Whether this kind of event can have lines at all; cheaper than rendering them."""
    return type(event.record) in (TEXT_KINDS if logging.log_format is LogFormat.TEXT else JSON_KINDS)


LOGGED_TYPES: tuple[str, ...] = tuple(sorted(kind.TYPE for kind in TEXT_KINDS))
"""Names of the kinds of event that can have lines in the text format."""
EVER_LOGGED_TYPES: tuple[str, ...] = tuple(sorted(kind.TYPE for kind in TEXT_KINDS | JSON_KINDS))
"""In either format."""


class LogRenderer:
    """``log_lines`` for the events of many functions, each by its own configuration: of those it was told, and of
    those it has seen in the stream. Functions it knows nothing of log text.
    """

    def __init__(self, configurations: Mapping[FunctionName, LoggingConfig] | None = None) -> None:
        self._logging = dict(configurations or {})

    @classmethod
    def of(cls, functions: Iterable[Function]) -> "LogRenderer":
        """For the functions of a project."""
        return cls({function.name: function.logging for function in functions})

    def lines(self, event: TelemetryEvent) -> tuple[str, ...]:
        record = event.record
        if isinstance(record, ProjectLoaded):
            self._logging |= {each.name: each.logging for each in record.summaries}
        if event.function is None:
            return log_lines(event)
        return log_lines(event, self._logging.get(event.function, _TEXT))

    def lines_of(self, events: Iterable[TelemetryEvent]) -> list[str]:
        return [line for event in events for line in self.lines(event)]
