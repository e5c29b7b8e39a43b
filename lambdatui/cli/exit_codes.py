"""What a command's exit code means; the same numbers for every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Documented in ``docs/cli.md``; scripts rely on it."""

    OK = 0
    FUNCTION_ERROR = 1
    """The function ran and failed: its own exception, a timeout, a crash."""
    USAGE = 2
    """Something about the command line or the project's files has to be changed first."""
    ENGINE = 3
    """The engine could not start, could not be reached, or failed."""
    INTERRUPTED = 130
