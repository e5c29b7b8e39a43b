"""Identifiers as distinct types, so that one kind cannot be passed for another."""

from typing import NewType

RequestId = NewType("RequestId", str)
"""Lower-case UUID of one event; every retry of an asynchronous event keeps it."""

EnvironmentId = NewType("EnvironmentId", str)
"""Short name of an execution environment, unique within a project's history, e.g. ``e1a``."""

FunctionName = NewType("FunctionName", str)
"""Bare function name, as in the last part of an unqualified ARN."""

LATEST = "$LATEST"
"""The qualifier and version of a function's unpublished code."""
