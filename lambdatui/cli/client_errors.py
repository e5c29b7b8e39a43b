"""What the client of a running engine raises, as a command's failure."""

from lambdatui.cli.calls import refused
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.client import ClientError, EngineRefused, EngineUnreachable


def failed(error: ClientError) -> CommandFailed:
    if isinstance(error, EngineRefused):
        return refused(error.status_code, error.error_type, error.message)
    hint = error.hint if isinstance(error, EngineUnreachable) else ""
    return engine_failed(str(error), hint)
