"""Hides what is not for everybody's eyes in environment variables: for whoever shows a project's configuration.

A name decides whether its whole value is hidden, never the value: a guess at what looks like a secret would hide the
wrong things and miss the right ones. Only the password inside a URL is plain enough to be taken out of a value.
"""

import re
from collections.abc import Mapping

HIDDEN = "********"

_SECRET_WORDS = (
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "KEY",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "CERTIFICATE",
    "AUTH",
    "AUTHORIZATION",
    "BEARER",
    "SIGNATURE",
    "SALT",
    "DSN",
)
_WORDS = "|".join(_SECRET_WORDS)
_SECRET_NAME = re.compile(rf"(?:^|[_\-.])(?:{_WORDS})S?(?:$|[_\-.0-9])|PASSWORD|SECRET|APIKEY|TOKEN$", re.IGNORECASE)
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/\s]+)@")  # greedy: an @ may be in the password
_NOT_SECRET = frozenset({"PWD", "OLDPWD"})


def is_secret(name: str) -> bool:
    """Whether the name of a variable says that its value is not for everybody's eyes."""
    if name in _NOT_SECRET:
        return False
    return _SECRET_NAME.search(_CAMEL_HUMP.sub("_", name)) is not None


def redacted(environment: Mapping[str, str]) -> dict[str, str]:
    """The same variables, secret values hidden; empty ones stay empty, for that is worth knowing.

    In other values the password of a URL (``postgres://user:password@host``) is hidden.
    """
    return {name: _shown(name, value) for name, value in environment.items()}


def _shown(name: str, value: str) -> str:
    if is_secret(name):
        return HIDDEN if value else ""
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", value)
