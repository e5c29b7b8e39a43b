"""Turns a draft into a function, or into the reasons why it is none."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lambdatui.model import limits
from lambdatui.model.function import (
    Function,
    LogFormat,
    LoggingConfig,
    Origin,
    Problem,
    RuntimeClient,
    Severity,
    Source,
)
from lambdatui.model.ids import FunctionName
from lambdatui.project import checks, feature_checks, runtimes
from lambdatui.project.checked_settings import CheckedSettings
from lambdatui.project.finish_layers import Known, layers
from lambdatui.project.places import PROJECT_FILE_NAME, Places
from lambdatui.project.settings import Draft, InlineCode, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a function gets that says nothing: the project's interpreter and the project's root; and ``[layers]``."""

    runtime: str
    runtime_origin: Origin
    code_path: Path
    layers: Known = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """``function`` is None when any of ``problems`` is an error."""

    function: Function | None
    problems: tuple[Problem, ...]


def finish(draft: Draft, places: Places, defaults: Defaults) -> Finished:
    finisher = _Finisher(draft, places, defaults)
    function = finisher.function()
    problems = tuple(finisher.checked.problems)
    broken = any(problem.severity is Severity.ERROR for problem in problems)
    return Finished(function=None if broken else function, problems=problems)


class _Finisher:
    def __init__(self, draft: Draft, places: Places, defaults: Defaults) -> None:
        self.checked = CheckedSettings(draft)
        self._draft, self._places, self._defaults = draft, places, defaults
        self._settings, self._origins = draft.settings, self.checked.origins

    def function(self) -> Function | None:
        if self._is_image():
            return None
        name = self.checked.optional("name", checks.function_name, FunctionName(self._draft.id))
        runtime = self._runtime()
        handler = self._handler(runtime)
        code_path = self._code_path()
        environment = self._environment()
        function = Function(  # in any case, so that everything that is wrong is told at once
            name=name,
            logical_id=self._draft.id if self._draft.from_template else "",
            runtime=runtime or self._defaults.runtime,
            handler=handler or "",
            code_path=code_path or self._defaults.code_path,
            inline_code=self._inline_code(),
            description=self.checked.optional("description", checks.description, ""),
            timeout_s=self._number("timeout_s", limits.DEFAULT_TIMEOUT_S),
            memory_mb=self._number("memory_mb", limits.DEFAULT_MEMORY_MB),
            ephemeral_storage_mb=self._number("ephemeral_storage_mb", limits.DEFAULT_EPHEMERAL_STORAGE_MB),
            architectures=self._architectures(),
            environment=environment,
            reserved_concurrency=self._concurrency("reserved_concurrency"),
            provisioned_concurrency=self._concurrency("provisioned_concurrency"),
            layers=layers(self.checked, self._places, self._defaults.layers),
            logging=self._logging(),
            active_tracing=self.checked.optional(
                "tracing", feature_checks.active_tracing, False, origin="active_tracing"
            ),
            snap_start=self.checked.optional("snap_start", feature_checks.snap_start, False),
            network=self.checked.optional("network", feature_checks.network, True),
            runtime_client=self.checked.optional(
                "runtime_client", feature_checks.runtime_client, RuntimeClient.BUILT_IN
            ),
            events=self._draft.events,
            origins=self._origins,
        )
        if runtime is None or handler is None or code_path is None:
            return None
        self._check_together(function)
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
        self.checked.problem(setting, "the function is a container image", hint)
        return True

    def _runtime(self) -> str | None:
        if "runtime" not in self._settings:
            if self._draft.from_template:
                self.checked.missing("Runtime", f"add a Runtime, such as {self._defaults.runtime}")
                return None
            self._origins["runtime"] = self._defaults.runtime_origin
            return self._defaults.runtime
        return self.checked.required("runtime", checks.runtime)

    def _handler(self, runtime: str | None) -> str | None:
        if "handler" in self._settings:
            return self.checked.required("handler", checks.handler)
        if runtime and runtime.startswith("provided"):
            return "bootstrap"
        spelling = "Handler" if self._draft.from_template else "handler"
        self.checked.missing(spelling, f"add {spelling}, as module.function, such as app.lambda_handler")
        return None

    def _code_path(self) -> Path | None:
        setting = self._settings.get("code_path")
        if setting is None:
            return self._defaults.code_path
        match setting.value:
            case Path() as path:
                self._origins["code_path"] = setting.origin
                if setting.unresolved:
                    self.checked.unresolved_error(setting)
                    return None
                normal = _normal(path)
                return self.checked.attempt(setting, lambda: checks.code_path(normal, self._places.display(normal)))
            case InlineCode():
                self._origins["code_path"] = setting.origin
                if setting.unresolved:
                    self.checked.unresolved_error(setting)
                return self._places.root / (setting.origin.file or "")
            case Refused() as refused:
                self.checked.problem(setting, refused.message, refused.hint.replace("{name}", self._draft.id))
            case _:
                self.checked.problem(setting, "must be the path of a directory or a zip file", "write it as one text")
        return None

    def _inline_code(self) -> str | None:
        setting = self._settings.get("code_path")
        return setting.value.text if setting and isinstance(setting.value, InlineCode) else None

    def _number(self, field: str, default: int) -> int:
        return self.checked.optional(field, checks.number_check(field), default)

    def _concurrency(self, field: str) -> int | None:
        check: Callable[[str], int | None] = checks.number_check(field)
        return self.checked.optional(field, check, None)

    def _architectures(self) -> tuple[str, ...]:
        setting = self._settings.get("architectures")
        if setting is None:
            return ("x86_64",)
        self._origins["architectures"] = setting.origin
        if setting.unresolved:
            self.checked.unresolved_warning(setting, "x86_64")
            return ("x86_64",)
        values = setting.value if isinstance(setting.value, tuple) else (str(setting.value),)
        return self.checked.attempt(setting, lambda: checks.architectures(values)) or ("x86_64",)

    def _logging(self) -> LoggingConfig:
        """JSON without levels logs from INFO on."""
        log_format = self.checked.optional(
            "log_format", feature_checks.log_format, LogFormat.TEXT, origin="logging.log_format"
        )
        setting, level = self._log_setting, "INFO" if log_format is LogFormat.JSON else None
        config = LoggingConfig(
            log_format=log_format,
            application_log_level=setting("application_log_level", feature_checks.application_log_level, level),
            system_log_level=setting("system_log_level", feature_checks.system_log_level, level),
            log_group=self._log_group(),
        )
        level_setting = self.checked.get("application_log_level") or self.checked.get("system_log_level")
        if level_setting:
            self.checked.attempt(level_setting, lambda: feature_checks.levels_need_json(config))
        return config

    def _log_group(self) -> str | None:
        """None, the function's own, where it is said nothing or only a deployment knows."""
        own = f"/aws/lambda/{self.checked.name}"
        group = self._log_setting("log_group", feature_checks.log_group, own)
        return None if group == own else group

    def _log_setting(self, name: str, check: Callable[[str], str | None], default: str | None) -> str | None:
        return self.checked.optional(name, check, default, origin=f"logging.{name}")

    def _check_together(self, function: Function) -> None:
        """What is right by itself and refused in company."""
        setting = self.checked.get("snap_start")
        if setting and function.snap_start:
            runtime, storage_mb = function.runtime, function.ephemeral_storage_mb
            self.checked.attempt(setting, lambda: feature_checks.snap_start_possible(runtime, storage_mb))
        setting = self.checked.get("provisioned_concurrency")
        if setting and function.provisioned_concurrency is not None:
            self.checked.attempt(setting, lambda: feature_checks.provisioned_concurrency_possible(function))
            if setting.origin.source is not Source.PROJECT_FILE and "auto_publish_alias" not in self._settings:
                self.checked.problem(setting, feature_checks.NO_ALIAS, "add AutoPublishAlias: live")

    def _environment(self) -> dict[str, str]:
        settings = self._draft.environment
        values: dict[str, str] = {}
        for key, setting in settings.items():
            self._origins[f"environment.{key}"] = setting.origin
            if isinstance(setting.value, Refused):
                self.checked.problem(setting, setting.value.message, setting.value.hint)
                continue
            values[key] = checks.variable_text(setting)
            for part in setting.unresolved:
                message = f"{part.expression} {part.reason}; the function sees {values[key]!r:.120}"
                table = f"[functions.{self._draft.id}.environment]"
                fix = f"set {key} under {table} in {PROJECT_FILE_NAME}, or with --env-vars"
                self.checked.problem(setting, message, f"{part.hint}, or {fix}" if part.hint else fix, Severity.WARNING)
        self.checked.problems.extend(checks.environment(settings, self.checked.name))
        return values

    def _warn_about(self, function: Function) -> None:
        for name, warning in self._warnings(function):
            setting = self._settings.get(name)
            if setting and warning:
                found = checks.problem_at(setting, *warning, function.name, Severity.WARNING)
                deprecated = function.runtime in runtimes.DEPRECATED and runtimes.runs_here(function.runtime)
                self.checked.problems.append(replace(found, when_deployed=name == "runtime" and deprecated))

    def _warnings(self, function: Function) -> Iterator[tuple[str, tuple[str, str] | None]]:
        yield "runtime", checks.runtime_warning(function.runtime)
        yield "runtime_client", feature_checks.runtime_client_warning(function.runtime_client, function.runtime)
        if "vpc" in self._settings and "network" not in self._settings:
            table = f"[functions.{self._draft.id}] in {PROJECT_FILE_NAME}"
            message = "the function is in a VPC; here it has the network of this machine"
            yield "vpc", (message, f"network = false under {table} takes it away, network = true ends this note")
        if function.inline_code is None:
            yield from self._program_warnings(function)

    def _program_warnings(self, function: Function) -> Iterator[tuple[str, tuple[str, str] | None]]:
        code = function.code_path
        if function.runtime.startswith("python"):
            yield "handler", checks.handler_warning(function.handler, code)
        elif function.runtime.startswith("nodejs"):
            yield "handler", checks.node_handler_warning(function.handler, code)
        elif function.runtime.startswith("provided") and os.path.isdir(code):
            bootstrap = code / "bootstrap"
            yield (
                "runtime",
                feature_checks.bootstrap_warning(
                    self._places.display(bootstrap),
                    exists=os.path.isfile(bootstrap),
                    executable=os.access(bootstrap, os.X_OK),
                    has_layers=bool(function.layers),
                ),
            )


def _normal(path: Path) -> Path:
    """Without ``..`` and ``.``, keeping symbolic links: they may be swapped later, and are then followed again."""
    return Path(os.path.normpath(path))
