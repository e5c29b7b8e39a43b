"""The names of a function's log group and of the log stream of each of its environments."""

from datetime import UTC, datetime

from lambdatui.model.function import Function, LoggingConfig
from lambdatui.model.ids import FunctionName


def log_group_name(name: FunctionName, logging: LoggingConfig) -> str:
    return logging.log_group or f"/aws/lambda/{name}"


def log_stream_name(function: Function, *, version: str, started_s: float, instance: str) -> str:
    """``started_s`` is seconds since the epoch, ``instance`` 32 hexadecimal digits of the environment's own.

    In a group that several functions may share, the stream names its function too. The developer guide has the instance
    in brackets then; the service has not.
    """
    day = datetime.fromtimestamp(started_s, UTC).strftime("%Y/%m/%d")
    owner = "" if function.logging.log_group is None else function.name
    return f"{day}/{owner}[{version}]{instance}"
