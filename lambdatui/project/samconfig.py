"""What ``samconfig.toml`` says about the template and its parameters, so that ``sam``'s own settings hold here too."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.project.documents import read_text
from lambdatui.project.located import Unreadable
from lambdatui.project.parameters import parse_overrides
from lambdatui.project.places import Places
from lambdatui.project.template_values import Given
from lambdatui.project.toml_lines import key_lines, line_of

ENVIRONMENT = "default"
"""The one of the file's environments that is read, as ``sam`` does without --config-env."""

_COMMANDS = ("local_invoke", "local_start_lambda", "local_start_api", "deploy", "build", "validate", "global")
"""Whose parameters are read, strongest first: what is said of running here counts before what is said of deploying."""
_TOML_LINE = re.compile(r"\(at line (\d+)")


@dataclass(slots=True, kw_only=True)
class SamConfig:
    """``template`` is the path of ``template_file``, with where it is written."""

    template: Path | None = None
    template_origin: Origin | None = None
    parameters: dict[str, Given] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_samconfig(path: Path, places: Places) -> SamConfig:
    """Raises ``Unreadable`` when it is not TOML. A template that ``sam`` itself built or packaged is not taken."""
    import tomllib

    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else None
        raise Unreadable(f"it is not TOML: {str(error).split(' (at ')[0]}", "sam would say so too", line) from error
    return _Reader(path, places.display(path), key_lines(text)).read(data)


class _Reader:
    def __init__(self, path: Path, file: str, lines: dict[tuple[str, ...], int]) -> None:
        self._path, self._file, self._lines = path, file, lines
        self._config = SamConfig()

    def read(self, data: Mapping[str, object]) -> SamConfig:
        environment = data.get(ENVIRONMENT)
        if isinstance(environment, dict):
            for command in _COMMANDS:
                section = environment.get(command)
                parameters = section.get("parameters") if isinstance(section, dict) else None
                if isinstance(parameters, dict):
                    self._section((ENVIRONMENT, command, "parameters"), parameters)
        return self._config

    def _section(self, path: tuple[str, ...], parameters: Mapping[str, object]) -> None:
        for key in ("template_file", "template"):
            self._template((*path, key), parameters.get(key))
        key_path = (*path, "parameter_overrides")
        written = parameters.get("parameter_overrides")
        for text in _texts(written):
            try:
                pairs = parse_overrides(text) if text.strip() else {}
            except ValueError as error:
                self._problem(f"takes KEY=VALUE, not {str(error)[:80]!r}", key_path)
                continue
            for name, value in pairs.items():
                self._config.parameters.setdefault(name, Given(text=value, origin=self._origin(key_path)))

    def _template(self, path: tuple[str, ...], written: object) -> None:
        if not isinstance(written, str) or self._config.template is not None:
            return
        template = self._path.parent / written
        if ".aws-sam" in template.parts or template.name.startswith("packaged") or "://" in written:
            return
        if not os.path.isfile(template):
            self._problem(f"{written} does not exist", path)
            return
        self._config.template, self._config.template_origin = template, self._origin(path)

    def _origin(self, path: tuple[str, ...]) -> Origin:
        return Origin(source=Source.SAMCONFIG, file=self._file, line=line_of(path, self._lines))

    def _problem(self, message: str, path: tuple[str, ...]) -> None:
        line = line_of(path, self._lines)
        hint = "correct it; it is ignored"
        problem = Problem(
            message=message, hint=hint, severity=Severity.WARNING, file=self._file, line=line, key=".".join(path)
        )
        self._config.problems.append(problem)


def _texts(written: object) -> Iterator[str]:
    """The forms that ``sam`` takes: one text, a list of texts, a table."""
    match written:
        case str():
            yield written
        case list():
            yield from (each for each in written if isinstance(each, str))
        case dict():
            for name, value in written.items():
                escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
                yield f'{name}="{escaped}"'
