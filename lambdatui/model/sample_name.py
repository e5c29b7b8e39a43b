"""What a sample event may be called: it is a file's name on every system, and never taken for an option."""

import re

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


def complaint_of_sample_name(name: str) -> str:
    """What is wrong with ``name``, and what may stand there; empty when nothing is."""
    if _NAME.fullmatch(name):
        return ""
    return f"{name!r} is no name of a sample event: use letters, digits, '-', '_' and '.'"
