"""`logging` as Lambda sets it up: a handler on the root logger that writes text or JSON records with the request id."""

from __future__ import annotations

import json
import logging
import time
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .log_sink import LogSink

_LEVELS = (logging.NOTSET, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)
# One bit says JSON (0) or text (1), the bits above it count the levels.
_JSON_FRAMES = dict(zip(_LEVELS, (n.to_bytes(4, "big") for n in (0xA55A0002, *range(0xA55A000A, 0xA55A001B, 4)))))
_TEXT_FRAMES = dict(zip(_LEVELS, (n.to_bytes(4, "big") for n in (0xA55A0003, *range(0xA55A000B, 0xA55A001C, 4)))))

_TEXT_LINE = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
JSON_TIME = "%Y-%m-%dT%H:%M:%SZ"

# What every record has, or what has a key of its own in the JSON; everything else came through `extra=`.
_NOT_EXTRA = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created"
    " msecs relativeCreated thread threadName processName process aws_request_id tenant_id _frame_type".split()
)


class LogFormat:
    """The format, level and frame type that the function's logging configuration asks for."""

    __slots__ = ("error_frame", "is_json", "level")

    def __init__(self, log_format: str | None, log_level: str | None) -> None:
        self.is_json = (log_format or "").upper() == "JSON"
        self.level = "DEBUG" if log_level == "TRACE" else (log_level or "").upper()
        self.error_frame = (_JSON_FRAMES if self.is_json else _TEXT_FRAMES)[logging.ERROR]


class InvocationScope:
    """What log records say about the invocation they belong to; empty while the function is initialised."""

    __slots__ = ("request_id", "tenant_id")

    def __init__(self) -> None:
        self.request_id = ""
        self.tenant_id: str | None = None


class LambdaLoggerHandler(logging.Handler):
    """Records without a level of their own on the wire: what Lambda does for text when no level is configured."""

    def __init__(self, log_sink: LogSink) -> None:
        super().__init__()
        self.log_sink = log_sink

    # A record that cannot be formatted raises into the handler's code, as on Lambda.
    def emit(self, record: logging.LogRecord) -> None:
        self.log_sink.log(self.format(record))


class LambdaLoggerHandlerWithFrameType(logging.Handler):
    """Records that carry format and level in their frame, which is what the platform filters by."""

    def __init__(self, log_sink: LogSink) -> None:
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        frame_type = getattr(record, "_frame_type", None) or _TEXT_FRAMES.get(_whole_level(record))
        self.log_sink.log(text, frame_type=frame_type)


class LambdaLoggerFilter(logging.Filter):
    """Puts request id and tenant on every record, for these formats and for the user's own."""

    def __init__(self, scope: InvocationScope) -> None:
        super().__init__()
        self._scope = scope

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self._scope.request_id
        record.tenant_id = self._scope.tenant_id
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per record; a dict as message stays an object, keys of `extra=` are added, None is left out."""

    _encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def __init__(self) -> None:
        super().__init__(datefmt=JSON_TIME)

    def format(self, record: logging.LogRecord) -> str:
        # Seen by handlers that come after this one, on Lambda too.
        record.levelno = _whole_level(record)
        record.levelname = logging.getLevelName(record.levelno)
        record._frame_type = _JSON_FRAMES[record.levelno]
        document = self._document(record)
        for key, value in record.__dict__.items():
            if key not in _NOT_EXTRA and key not in document:
                document[key] = value
        return self._encode({key: value for key, value in document.items() if value is not None}) + "\n"

    def _document(self, record: logging.LogRecord) -> dict[str, Any]:
        kind, error, trace = record.exc_info or (None, None, None)
        failed = bool(record.exc_info)
        document = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if failed else None,
            "errorType": kind.__name__ if failed else None,  # type: ignore[union-attr]
            "errorMessage": str(error) if failed else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if failed else None,
        }
        tenant_id = getattr(record, "tenant_id", None)
        if tenant_id is not None:
            document["tenantId"] = tenant_id
        return document


def set_up_logging(log_format: LogFormat, sink: LogSink, scope: InvocationScope) -> None:
    """Give the root logger its handler, and its level when one is configured."""
    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    labelled = log_format.is_json or log_format.level
    handler = LambdaLoggerHandlerWithFrameType(sink) if labelled else LambdaLoggerHandler(sink)
    handler.setFormatter(JsonFormatter() if log_format.is_json else logging.Formatter(_TEXT_LINE, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(LambdaLoggerFilter(scope))
    if log_format.level in logging._nameToLevel:
        root.setLevel(log_format.level)
    root.addHandler(handler)


def _whole_level(record: logging.LogRecord) -> int:
    return min(50, max(0, record.levelno)) // 10 * 10
