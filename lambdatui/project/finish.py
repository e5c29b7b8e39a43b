"""Turns a draft into a function, or into the reasons why it is none."""

import os.path
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lambdatui.model import limits
from lambdatui.model.function import Function, Origin, Problem, Severity, Source
from lambdatui.model.ids import FunctionName
from lambdatui.project import checks
from lambdatui.project.checks import Refusal, problem_at
from lambdatui.project.places import PROJECT_FILE_NAME, Places
from lambdatui.project.settings import Draft, InlineCode, Refused, Setting

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a function gets that says nothing: the project's interpreter and the project's root."""

    runtime: str
    runtime_origin: Origin
    code_path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """``function`` is None when any of ``problems`` is an error."""

    function: Function | None
    problems: tuple[Problem, ...]


def finish(draft: Draft, places: Places, defaults: Defaults) -> Finished:
    finisher = _Finisher(draft, places, defaults)
    function = finisher.function()
    broken = any(problem.severity is Severity.ERROR for problem in finisher.problems)
    return Finished(function=None if broken else function, problems=tuple(finisher.problems))


class _Finisher:
    def __init__(self, draft: Draft, places: Places, defaults: Defaults) -> None:
        self.problems: list[Problem] = []
        self._draft, self._places, self._defaults = draft, places, defaults
        self._settings = draft.settings
        self._name = FunctionName(draft.name)
        self._origins: dict[str, Origin] = {}

    def function(self) -> Function | None:
        if self._is_image():
            return None
        name = self._checked("name", checks.function_name, FunctionName(self._draft.id))
        runtime = self._runtime()
        handler = self._handler(runtime)
        code_path = self._code_path()
        environment = self._environment()
        if runtime is None or handler is None or code_path is None:
            return None
        function = Function(
            name=name,
            logical_id=self._draft.id if self._draft.from_template else "",
            runtime=runtime,
            handler=handler,
            code_path=code_path,
            inline_code=self._inline_code(),
            description=self._checked("description", checks.description, ""),
            timeout_s=self._number("timeout_s", limits.DEFAULT_TIMEOUT_S),
            memory_mb=self._number("memory_mb", limits.DEFAULT_MEMORY_MB),
            ephemeral_storage_mb=self._number("ephemeral_storage_mb", limits.DEFAULT_EPHEMERAL_STORAGE_MB),
            architectures=self._architectures(),
            environment=environment,
            reserved_concurrency=self._reserved_concurrency(),
            events=self._draft.events,
            origins=self._origins,
        )
        self._warn_about(function)
        return function

    def _is_image(self) -> bool:
        handler, package = self._settings.get("handler"), self._settings.get("package_type")
        setting = package if package and package.value == "Image" else None
        if setting is None and handler is None:
            setting = self._settings.get("image")
        # A handler in the project file says how to run the image's function without the image.
        if setting is None or (handler and handler.origin.source is Source.PROJECT_FILE):
            return False
        hint = "container images need the docker backend, which does not exist yet"
        self._problem(setting, "the function is a container image", hint)
        return True

    def _runtime(self) -> str | None:
        if "runtime" not in self._settings:
            if self._draft.from_template:
                self._missing("Runtime", f"add a Runtime, such as {self._defaults.runtime}")
                return None
            self._origins["runtime"] = self._defaults.runtime_origin
            return self._defaults.runtime
        return self._required("runtime", checks.runtime)

    def _handler(self, runtime: str | None) -> str | None:
        if "handler" in self._settings:
            return self._required("handler", checks.handler)
        if runtime and runtime.startswith("provided"):
            return "bootstrap"
        spelling = "Handler" if self._draft.from_template else "handler"
        self._missing(spelling, f"add {spelling}, as module.function, such as app.lambda_handler")
        return None

    def _code_path(self) -> Path | None:
        setting = self._settings.get("code_path")
        if setting is None:
            return self._defaults.code_path
        match setting.value:
            case Path() as path:
                self._origins["code_path"] = setting.origin
                if setting.unresolved:
                    self._unresolved_error("code_path", setting)
                    return None
                normal = _normal(path)
                return self._try(setting, lambda: checks.code_path(normal, self._places.display(normal)))
            case InlineCode():
                self._origins["code_path"] = setting.origin
                if setting.unresolved:
                    self._unresolved_error("code_path", setting)
                return self._places.root / (setting.origin.file or "")
            case Refused() as refused:
                self._problem(setting, refused.message, refused.hint.replace("{name}", self._draft.id))
            case _:
                self._problem(setting, "must be the path of a directory or a zip file", "write it as one text")
        return None

    def _inline_code(self) -> str | None:
        setting = self._settings.get("code_path")
        return setting.value.text if setting and isinstance(setting.value, InlineCode) else None

    def _number(self, field: str, default: int) -> int:
        return self._checked(field, checks.number_check(field), default)

    def _reserved_concurrency(self) -> int | None:
        check: Callable[[str], int | None] = checks.number_check("reserved_concurrency")
        return self._checked("reserved_concurrency", check, None)

    def _architectures(self) -> tuple[str, ...]:
        setting = self._settings.get("architectures")
        if setting is None:
            return ("x86_64",)
        self._origins["architectures"] = setting.origin
        if setting.unresolved:
            self._unresolved_warning("architectures", setting, "x86_64")
            return ("x86_64",)
        values = setting.value if isinstance(setting.value, tuple) else (str(setting.value),)
        return self._try(setting, lambda: checks.architectures(values)) or ("x86_64",)

    def _environment(self) -> dict[str, str]:
        settings = self._draft.environment
        values: dict[str, str] = {}
        for key, setting in settings.items():
            self._origins[f"environment.{key}"] = setting.origin
            if isinstance(setting.value, Refused):
                self._problem(setting, setting.value.message, setting.value.hint)
                continue
            values[key] = ",".join(setting.value) if isinstance(setting.value, tuple) else str(setting.value)
            for part in setting.unresolved:
                message = f"{part.expression} {part.reason}; the function sees {values[key]!r:.120}"
                table = f"[functions.{self._draft.id}.environment]"
                fix = f"set {key} under {table} in {PROJECT_FILE_NAME}, or with --env-vars"
                self._problem(setting, message, f"{part.hint}, or {fix}" if part.hint else fix, Severity.WARNING)
        self.problems.extend(checks.environment(settings, self._name))
        return values

    def _warn_about(self, function: Function) -> None:
        for field, warning in self._warnings(function):
            setting = self._settings.get(field)
            if setting and warning:
                self._problem(setting, *warning, severity=Severity.WARNING)

    def _warnings(self, function: Function) -> Iterator[tuple[str, tuple[str, str] | None]]:
        yield "runtime", checks.runtime_warning(function.runtime)
        if function.runtime.startswith("python") and function.inline_code is None:
            yield "handler", checks.handler_warning(function.handler, function.code_path)

    def _required(self, field: str, check: Callable[[str], T]) -> T | None:
        setting = self._settings[field]
        self._origins[field] = setting.origin
        if setting.unresolved:
            self._unresolved_error(field, setting)
            return None
        return self._try(setting, lambda: check(self._text(setting)))

    def _checked(self, field: str, check: Callable[[str], T], default: T) -> T:
        setting = self._settings.get(field)
        if setting is None:
            return default
        self._origins[field] = setting.origin
        if setting.unresolved:
            self._unresolved_warning(field, setting, str(default))
            return default
        checked = self._try(setting, lambda: check(self._text(setting)))
        return default if checked is None else checked

    def _text(self, setting: Setting) -> str:
        if isinstance(setting.value, Refused):
            raise Refusal(setting.value.message, setting.value.hint)
        if not isinstance(setting.value, str):
            raise Refusal("must be one value, not a list", "write the value on the same line as the key")
        return setting.value

    def _try(self, setting: Setting, check: Callable[[], T]) -> T | None:
        try:
            return check()
        except Refusal as refusal:
            self._problem(setting, refusal.message, refusal.hint)
            return None

    def _unresolved_error(self, field: str, setting: Setting) -> None:
        part = setting.unresolved[0]
        hint = part.hint or f"set it under [functions.{self._draft.id}] in {PROJECT_FILE_NAME}"
        self._problem(setting, f"{part.expression} {part.reason}", hint)

    def _unresolved_warning(self, field: str, setting: Setting, used: str) -> None:
        part = setting.unresolved[0]
        hint = part.hint or f"set it under [functions.{self._draft.id}] in {PROJECT_FILE_NAME}"
        self._problem(setting, f"{part.expression} {part.reason}; using {used}", hint, Severity.WARNING)

    def _missing(self, key: str, hint: str) -> None:
        origin = self._draft.origin
        message = f"the function has no {key}"
        problem = Problem(
            message=message, hint=hint, file=origin.file, line=origin.line, key=self._draft.key, function=self._name
        )
        self.problems.append(problem)

    def _problem(self, setting: Setting, message: str, hint: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(problem_at(setting, message, hint, self._name, severity))


def _normal(path: Path) -> Path:
    """Without ``..`` and ``.``, keeping symbolic links: they may be swapped later, and are then followed again."""
    return Path(os.path.normpath(path))
