"""Takes out of free text what a bug report must not carry. Pure.

Names decide, as everywhere: what follows ``password=`` or ``"token":`` is hidden, and so are passwords of URLs, the
values that secret variables of this machine have, and the user's home.
"""

import re
from collections.abc import Mapping

from lambdatui.telemetry.redaction import HIDDEN, is_secret, redacted

_PAIR = re.compile(
    r"""(["']?)([A-Za-z_][\w.-]*)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:Bearer |Basic )?[^\s,;&]+)"""
)
_AUTHORIZATION = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+")
_SHORTEST = 6
"""A shorter value would be found in words that have nothing to do with it."""


def scrub(text: str, environ: Mapping[str, str], home: str) -> str:
    for name, value in environ.items():
        if is_secret(name) and len(value) >= _SHORTEST:
            text = text.replace(value, HIDDEN)
    text = _PAIR.sub(_hidden, text)
    text = _AUTHORIZATION.sub(rf"\1 {HIDDEN}", text)
    text = redacted({"line": text})["line"]  # passwords of URLs
    return text.replace(home, "~") if len(home) > 1 else text


def _hidden(match: re.Match[str]) -> str:
    quote, name, between, _ = match.groups()
    return f"{quote}{name}{quote}{between}{HIDDEN}" if is_secret(name) else match.group()
