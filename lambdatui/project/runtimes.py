"""Lambda's runtime identifiers, and which of them can run here."""

import re
from itertools import takewhile

CURRENT = (
    "python3.14", "python3.13", "python3.12", "python3.11", "python3.10",
    "nodejs24.x", "nodejs22.x",
    "java25", "java21", "java17", "java11", "java8.al2",
    "dotnet10", "dotnet8",
    "ruby3.4", "ruby3.3",
    "provided.al2023", "provided.al2",
)  # fmt: skip
"""Runtimes that functions can be created with, newest of each language first."""

PREVIEW = ("python3.15", "nodejs26.x", "ruby4.0", "java8.al2023", "java11.al2023", "java17.al2023")

DEPRECATED = (
    "python3.9", "python3.8", "python3.7", "python3.6", "python2.7",
    "nodejs20.x", "nodejs18.x", "nodejs16.x", "nodejs14.x", "nodejs12.x", "nodejs10.x", "nodejs8.10", "nodejs6.10",
    "nodejs4.3", "nodejs4.3-edge", "nodejs",
    "java8", "dotnet6", "dotnetcore3.1", "dotnetcore2.1", "dotnetcore2.0", "dotnetcore1.0",
    "go1.x", "ruby3.2", "ruby2.7", "ruby2.5", "provided",
)  # fmt: skip

KNOWN = (*CURRENT, *PREVIEW, *DEPRECATED)

OLDEST_PYTHON = (3, 9)
OLDEST_NODE = 18
"""The bootstraps are written for these versions and later."""

_VERSION = re.compile(r"(python3|nodejs)\.?(\d+)")


def runs_here(runtime: str) -> bool:
    """Whether the process backend has a bootstrap for it, or needs none."""
    if runtime.startswith("provided"):
        return True
    found = _VERSION.match(runtime)
    if found is None:
        return False
    version = int(found[2])
    return version >= OLDEST_NODE if found[1] == "nodejs" else (3, version) >= OLDEST_PYTHON


def replacement(runtime: str) -> str:
    """The newest current runtime of the same language."""
    language = "".join(takewhile(str.isalpha, runtime)).removesuffix("core")
    return next((current for current in CURRENT if language and current.startswith(language)), "provided.al2023")
