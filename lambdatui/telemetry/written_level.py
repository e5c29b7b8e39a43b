"""The level that a line of the log says of itself, in whichever way its runtime writes it. Pure.

What the text log of Python and Node.js looks like is as their runtimes have it, JSON as any logger may write it.
"""

import re

LEVEL_CHARS = 12
"""Where a line begins with its level, as in ``[WARNING]``, it stands within these."""

_NODE = re.compile(r"\d{4}-\S+Z\t\S+\t([A-Z]+)\t")
_JSON = re.compile(r'"level"\s*:\s*"(\w+)"')
_JSON_FAILED = re.compile(r'.*"type":"platform\.(?:init|restore)?[rR]eport".*"status":"(?!success)')
_FAILED = re.compile(r"(?:INIT_|RESTORE_)?REPORT .*\tStatus: (?!success)")


def written_level(line: str) -> str:
    """Text in which the level stands, if the line has one. Of a REPORT that tells of a failure it is ``ERROR``: nothing
    else in the log says that an invoke timed out.
    """
    if line.startswith("{"):
        if (found := _JSON.search(line)) is not None:
            return found[1]
        return "ERROR" if _JSON_FAILED.match(line) else ""
    if (found := _NODE.match(line)) is not None:
        return found[1]
    return "ERROR" if _FAILED.match(line) else line[:LEVEL_CHARS]
