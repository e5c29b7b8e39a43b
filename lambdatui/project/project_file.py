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
from lambdatui.project.layer_names import layer_names
from lambdatui.project.located import Unreadable
from lambdatui.project.places import Places
from lambdatui.project.settings import LayerChoice, Setting, SettingValue
from lambdatui.project.toml_lines import key_lines, line_of

FIELDS = {
    "handler": "handler",
    "runtime": "runtime",
    "description": "description",
    "timeout": "timeout_s",
    "memory_size": "memory_mb",
    "ephemeral_storage": "ephemeral_storage_mb",
    "architectures": "architectures",
    "reserved_concurrent_executions": "reserved_concurrency",
    "provisioned_concurrency": "provisioned_concurrency",
    "tracing": "tracing",
    "snap_start": "snap_start",
    "network": "network",
    "runtime_client": "runtime_client",
}
"""Key of a function's table to the setting it decides, where that is all there is to it."""

_TOML_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTable:
    """One ``[functions.NAME]``, with the line of its header. ``layers`` None: it says nothing of them."""

    name: str
    origin: Origin
    key: str
    settings: Mapping[str, Setting]
    environment: Mapping[str, Setting]
    layers: tuple[Setting, ...] | None = None


@dataclass(slots=True, kw_only=True)
class ProjectFileReading:
    """``layers`` are the paths of ``[layers]``; None where the file says to run without that one."""

    project_name: str | None = None
    layers: dict[str, Setting | None] = field(default_factory=dict)
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
        for name, path in _items(top.get("layers")):
            self._reading.layers[name] = None if path is False else self._beside("layers", name, str(path))
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
        settings = {FIELDS[key]: self._setting(value, (*path, key)) for key, value in valid.items() if key in FIELDS}
        if "code_uri" in valid:
            settings["code_path"] = self._beside(*path, "code_uri", str(valid["code_uri"]))
        for key, value in _items(valid.get("logging_config")):
            settings[key] = self._setting(value, (*path, "logging_config", key))
        variables = _items(valid.get("environment"))
        self._reading.functions.append(
            FunctionTable(
                name=name,
                origin=self._origin(path),
                key=".".join(path),
                settings=settings,
                environment={key: self._setting(value, (*path, "environment", key)) for key, value in variables},
                layers=self._layers(valid["layers"], (*path, "layers")) if "layers" in valid else None,
            )
        )

    def _setting(self, value: object, path: tuple[str, ...]) -> Setting:
        converted: SettingValue
        match value:
            case list() | tuple():
                converted = tuple(map(str, value))
            case bool():
                converted = "true" if value else "false"
            case _:
                converted = str(value)
        return self._at(converted, path)

    def _layers(self, written: object, path: tuple[str, ...]) -> tuple[Setting, ...]:
        entries = [str(entry) for entry in written] if isinstance(written, list) else []
        return tuple(self._at(self._layer(entry), path) for entry in entries)

    def _layer(self, entry: str) -> LayerChoice:
        if entry in self._reading.layers or entry.startswith("arn:"):
            return LayerChoice(arn=entry, names=layer_names(entry))
        return LayerChoice(arn=entry, names=(entry,), path=self._path.parent / entry)

    def _beside(self, *path: str) -> Setting:
        """The setting of a path (the last word), which is relative to this file."""
        return self._at(self._path.parent / path[-1], path[:-1])

    def _at(self, value: SettingValue, path: tuple[str, ...]) -> Setting:
        return Setting(value=value, origin=self._origin(path), key=".".join(path))

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


def _items(table: object) -> list[tuple[str, object]]:
    return list(table.items()) if isinstance(table, dict) else []


def _explain(fault: schema.Fault, path: tuple[str, ...]) -> tuple[str, str]:
    if fault.known is not None:
        known = [*fault.known, "functions"] if len(path) == 1 else list(fault.known)
        table = f"[{'.'.join(path[:-1])}]" if path[:-1] else "lambdatui.toml"
        return f"unknown key in {table}", did_you_mean(path[-1], known) or f"known keys: {', '.join(known)}"
    written = fault.written
    if "environment" in path[:-1]:
        return fault.message, f'write {path[-1]} = "…"'
    quoted = isinstance(written, str) and (written.isdecimal() or written in ("true", "false"))
    hint = "remove the quotes" if quoted else "correct the value"
    return f"{fault.message}, not {written!r:.80}", hint
