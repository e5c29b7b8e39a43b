"""What changed between Lambda's Python runtimes. They go by their name in AWS_EXECUTION_ENV."""

from __future__ import annotations

_FROM_312 = frozenset(f"AWS_Lambda_python3.{minor}" for minor in range(12, 16))


def is_from_312(execution_env: str | None) -> bool:
    """Whether it is python3.12 or later: JSON is not escaped to ASCII, signals are handled between invocations."""
    return execution_env in _FROM_312
