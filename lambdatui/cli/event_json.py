"""Whether an event is JSON, and where it is not: as an editor would point at it, for events from the command line."""

import json

from lambdatui.cli.failures import CommandFailed

_HINT = "the event must be JSON in UTF-8; `python3 -m json.tool` shows it in context"


class _NoNumber(ValueError):
    pass


def _refuse_constant(token: str) -> None:
    raise _NoNumber(token)


# Python reads NaN and Infinity, which Lambda refuses.
_STRICT = json.JSONDecoder(parse_constant=_refuse_constant)


def check_event(payload: bytes, shown: str) -> None:
    """Raises CommandFailed as ``SHOWN:LINE:COLUMN: what``, counted from 1. ``shown`` is where the event came from."""
    try:
        _STRICT.decode(payload.decode())
    except UnicodeDecodeError as error:
        before = payload[: error.start].decode()
        where = f"{shown}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        raise CommandFailed(f"{where}: not UTF-8: byte 0x{payload[error.start]:02x}", _HINT) from error
    except json.JSONDecodeError as error:
        raise CommandFailed(f"{shown}:{error.lineno}:{error.colno}: not JSON: {error.msg}", _HINT) from error
    except _NoNumber as error:
        raise CommandFailed(f"{shown}: not JSON: {error} is no value there", "write null, or a text") from error
    except RecursionError as error:
        raise CommandFailed(f"{shown}: nested too deeply", "Lambda takes events of up to 1000 levels") from error
