"""How a command gives up: what is wrong, what to do next, and with which exit code."""

from lambdatui.cli.exit_codes import ExitCode


class CommandFailed(Exception):
    """Printed as ``message`` and ``hint``, without a traceback. ``hint`` names the next thing to type or change."""

    def __init__(self, message: str, hint: str = "", *, code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


def engine_failed(message: str, hint: str = "") -> CommandFailed:
    return CommandFailed(message, hint, code=ExitCode.ENGINE)
