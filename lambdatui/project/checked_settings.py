"""A draft's settings one by one, checked: the value to use, its origin noted, what is wrong with it listed."""

from collections.abc import Callable
from typing import TypeVar

from lambdatui.model.function import Origin, Problem, Severity
from lambdatui.model.ids import FunctionName
from lambdatui.project.checks import Refusal, problem_at
from lambdatui.project.places import PROJECT_FILE_NAME
from lambdatui.project.settings import Draft, Refused, Setting

T = TypeVar("T")


class CheckedSettings:
    """``origins`` are those of the values that were asked for, ``problems`` what was wrong with them."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.name = draft, FunctionName(draft.name)
        self.problems: list[Problem] = []
        self.origins: dict[str, Origin] = {}

    def get(self, field: str) -> Setting | None:
        return self.draft.settings.get(field)

    def required(self, field: str, check: Callable[[str], T]) -> T | None:
        """None when the value is refused, or known only after a deployment. The setting must be there."""
        setting = self.draft.settings[field]
        self.origins[field] = setting.origin
        if setting.unresolved:
            self.unresolved_error(setting)
            return None
        return self.attempt(setting, lambda: check(_text(setting)))

    def optional(self, field: str, check: Callable[[str], T], default: T, *, origin: str = "") -> T:
        """``default`` when nothing usable is configured; ``origin`` is the name of the origin if not ``field``."""
        setting = self.get(field)
        if setting is None:
            return default
        self.origins[origin or field] = setting.origin
        if setting.unresolved:
            self.unresolved_warning(setting, str(default))
            return default
        checked = self.attempt(setting, lambda: check(_text(setting)))
        return default if checked is None else checked

    def attempt(self, setting: Setting, check: Callable[[], T]) -> T | None:
        """What ``check`` returns; None, and a problem, when it refuses."""
        try:
            return check()
        except Refusal as refusal:
            self.problem(setting, refusal.message, refusal.hint)
            return None

    def unresolved_error(self, setting: Setting) -> None:
        part = setting.unresolved[0]
        self.problem(setting, f"{part.expression} {part.reason}", part.hint or self._set_it)

    def unresolved_warning(self, setting: Setting, used: str) -> None:
        part = setting.unresolved[0]
        message = f"{part.expression} {part.reason}; using {used}"
        self.problem(setting, message, part.hint or self._set_it, Severity.WARNING)

    def missing(self, key: str, hint: str) -> None:
        origin = self.draft.origin
        message = f"the function has no {key}"
        problem = Problem(
            message=message, hint=hint, file=origin.file, line=origin.line, key=self.draft.key, function=self.name
        )
        self.problems.append(problem)

    def problem(self, setting: Setting, message: str, hint: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(problem_at(setting, message, hint, self.name, severity))

    @property
    def _set_it(self) -> str:
        return f"set it under [functions.{self.draft.id}] in {PROJECT_FILE_NAME}"


def _text(setting: Setting) -> str:
    if isinstance(setting.value, Refused):
        raise Refusal(setting.value.message, setting.value.hint)
    if not isinstance(setting.value, str):
        raise Refusal("must be one value, not a list", "write the value on the same line as the key")
    return setting.value
