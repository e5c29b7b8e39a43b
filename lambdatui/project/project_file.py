"""Reads ``lambdatui.toml``: whole functions, and overrides of functions that a template declares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.model.ids import FunctionName
from lambdatui.project import schema
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.documents import read_text
from lambdatui.project.located import Unreadable
from lambdatui.project.places import Places
from lambdatui.project.settings import Setting, SettingValue
from lambdatui.project.toml_lines import key_lines, line_of

FIELDS = {
    "handler": "handler",
    "runtime": "runtime",
    "code_uri": "code_path",
    "description": "description",
    "timeout": "timeout_s",
    "memory_size": "memory_mb",
    "ephemeral_storage": "ephemeral_storage_mb",
    "architectures": "architectures",
    "reserved_concurrent_executions": "reserved_concurrency",
}
"""Key of a function's table to the setting it decides."""

_TOML_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTable:
    """One ``[functions.NAME]``, with the line of its header."""

    name: str
    origin: Origin
    key: str
    settings: Mapping[str, Setting]
    environment: Mapping[str, Setting]


@dataclass(slots=True, kw_only=True)
class ProjectFileReading:
    project_name: str | None = None
    functions: list[FunctionTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_project_file(path: Path, places: Places) -> ProjectFileReading:
    """Raises ``Unreadable`` when the file is not TOML; everything else that is wrong is among the problems."""
    import tomllib

    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        last = text.count("\n") + 1
        message = f"it is not TOML: {str(error).split(' (at ')[0]}"
        raise Unreadable(
            message, "texts need quotes, tables need [brackets]", int(found[1]) if found else last
        ) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not usable TOML: {error}", "check its numbers and its nesting") from error
    return _Reader(path, places.display(path), key_lines(text)).read(data)


class _Reader:
    def __init__(self, path: Path, file: str, lines: dict[tuple[str, ...], int]) -> None:
        self._path, self._file, self._lines = path, file, lines
        self._reading = ProjectFileReading()

    def read(self, data: dict[str, object]) -> ProjectFileReading:
        top, faults = _valid({key: value for key, value in data.items() if key != "functions"}, schema.FILE)
        self._report(faults, (), None)
        project = top.get("project")
        if isinstance(project, dict) and isinstance(project.get("name"), str):
            self._reading.project_name = project["name"]
        functions = data.get("functions", {})
        if not isinstance(functions, dict):
            self._problem("must be a table", "write [functions.NAME]", ("functions",), None)
            return self._reading
        for name, table in functions.items():
            self._function(name, table)
        return self._reading

    def _function(self, name: str, table: object) -> None:
        path = ("functions", name)
        if not isinstance(table, dict):
            self._problem("must be a table", f"write [functions.{name}]", path, name)
            return
        valid, faults = _valid(table, schema.FUNCTION)
        self._report(faults, path, name)
        environment = valid.pop("environment", {})
        settings = {FIELDS[key]: self._setting(key, value, (*path, key)) for key, value in valid.items()}
        variables = environment.items() if isinstance(environment, dict) else ()
        self._reading.functions.append(
            FunctionTable(
                name=name,
                origin=self._origin(path),
                key=".".join(path),
                settings=settings,
                environment={key: self._setting(key, value, (*path, "environment", key)) for key, value in variables},
            )
        )

    def _setting(self, key: str, value: object, path: tuple[str, ...]) -> Setting:
        converted: SettingValue
        match value:
            case list() | tuple():
                converted = tuple(map(str, value))
            case bool():
                converted = "true" if value else "false"
            case _:
                converted = str(value)
        if key == "code_uri" and path[-2] != "environment":
            converted = self._path.parent / str(value)
        return Setting(value=converted, origin=self._origin(path), key=".".join(path))

    def _origin(self, path: tuple[str, ...]) -> Origin:
        return Origin(source=Source.PROJECT_FILE, file=self._file, line=line_of(path, self._lines))

    def _report(self, faults: list[schema.Fault], above: tuple[str, ...], name: str | None) -> None:
        for fault in faults:
            path = (*above, *fault.path)
            message, hint = _explain(fault, path)
            self._problem(message, hint, path, name)

    def _problem(self, message: str, hint: str, path: tuple[str, ...], name: str | None) -> None:
        self._reading.problems.append(
            Problem(
                message=message,
                hint=hint,
                severity=Severity.ERROR,
                file=self._file,
                line=line_of(path, self._lines),
                key=".".join(path),
                function=FunctionName(name) if name is not None else None,
            )
        )


def _valid(data: dict[str, object], shape: schema.Shape) -> tuple[dict[str, object], list[schema.Fault]]:
    """What of ``data`` has its shape, key by key, and what is wrong with the rest."""
    faults = list(shape(data, ()))
    refused = {fault.path[0] for fault in faults}
    return {key: value for key, value in data.items() if key not in refused}, faults


def _explain(fault: schema.Fault, path: tuple[str, ...]) -> tuple[str, str]:
    if fault.known is not None:
        known = [*fault.known, "functions"] if len(path) == 1 else list(fault.known)
        table = f"[{'.'.join(path[:-1])}]" if path[:-1] else "lambdatui.toml"
        return f"unknown key in {table}", did_you_mean(path[-1], known) or f"known keys: {', '.join(known)}"
    written = fault.written
    if "environment" in path[:-1]:
        return fault.message, f'write {path[-1]} = "…"'
    hint = "remove the quotes" if isinstance(written, str) and written.isdecimal() else "correct the value"
    return f"{fault.message}, not {written!r:.80}", hint
