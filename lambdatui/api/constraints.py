"""The framework check of Lambda's REST front end: which values a member may have, and what AWS says when it has not.

Pure. Every violation of one request is collected and reported in one ``ValidationException``, as AWS does.
"""

import re

from lambdatui.service.invoking import ServiceError

FUNCTION_NAME_PATTERN = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
    r"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)
QUALIFIER_PATTERN = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"
TENANT_PATTERN = r"[a-zA-Z0-9\._:\/=+\-@ ]+"
MAX_QUALIFIER_CHARS = 128
MAX_TENANT_CHARS = 256

_compiled: dict[str, re.Pattern[str]] = {
    pattern: re.compile(pattern, re.ASCII) for pattern in (FUNCTION_NAME_PATTERN, QUALIFIER_PATTERN, TENANT_PATTERN)
}


class Violations:
    """Collects what is wrong with one request's members; ``check`` raises when there was anything."""

    __slots__ = ("_texts",)

    def __init__(self) -> None:
        self._texts: list[str] = []

    def pattern(self, member: str, value: str, pattern: str) -> re.Match[str] | None:
        match = _compiled[pattern].fullmatch(value)
        if match is None:
            self._add(member, value, f"Member must satisfy regular expression pattern: {pattern}")
        return match

    def length(self, member: str, value: str, *, at_least: int, at_most: int) -> bool:
        if len(value) < at_least:
            self._add(member, value, f"Member must have length greater than or equal to {at_least}")
        elif len(value) > at_most:
            self._add(member, value, f"Member must have length less than or equal to {at_most}")
        else:
            return True
        return False

    def number(self, member: str, value: int, *, at_least: int, at_most: int) -> None:
        if value < at_least:
            self._add(member, str(value), f"Member must have value greater than or equal to {at_least}")
        elif value > at_most:
            self._add(member, str(value), f"Member must have value less than or equal to {at_most}")

    def one_of(self, member: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            self._add(member, value, f"Member must satisfy enum value set: [{', '.join(allowed)}]")

    def check(self) -> None:
        """Raise the ``ValidationException`` that names every violation; nothing when there is none."""
        if self._texts:
            count = len(self._texts)
            plural = "" if count == 1 else "s"
            raise ServiceError(
                "ValidationException",
                400,
                f"{count} validation error{plural} detected: {'; '.join(self._texts)}",
                type_=None,
            )

    def _add(self, member: str, value: str, constraint: str) -> None:
        self._texts.append(f"Value '{value}' at '{member}' failed to satisfy constraint: {constraint}")
