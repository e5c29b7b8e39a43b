"""Reads a project: the one entry to everything the user wrote about functions.

Whatever the files hold ends up as functions or as problems; only a path that does not exist raises.
Precedence, strongest first: --env-vars, .env, lambdatui.toml, the template's function, its Globals, defaults;
--parameter-overrides are stronger than those of samconfig.toml, and these than the Default of a template's parameter.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lambdatui.model import limits
from lambdatui.model.function import Function, Origin, Problem, Project, Severity, Source
from lambdatui.model.ids import FunctionName
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.env_files import Variables, read_dotenv, read_env_vars_file, unknown_functions
from lambdatui.project.finish import Defaults, finish
from lambdatui.project.interpreter_version import project_runtime
from lambdatui.project.located import Unreadable
from lambdatui.project.places import PROJECT_FILE_NAME, Places, ProjectNotFound, find_places
from lambdatui.project.project_file import FunctionTable, ProjectFileReading, read_project_file
from lambdatui.project.settings import Draft

if TYPE_CHECKING:
    from lambdatui.project.template_values import Given

__all__ = ["ProjectNotFound", "load_project"]

T = TypeVar("T")

_FROM_CALLER = Origin(source=Source.PARAMETERS)


def load_project(
    path: Path,
    *,
    env_vars_file: Path | None = None,
    parameter_overrides: Mapping[str, str] | None = None,
    region: str = limits.DEFAULT_REGION,
    account_id: str = limits.ACCOUNT_ID,
) -> Project:
    """The project at ``path``: a directory, a template, a ``.toml`` project file or a Python module.

    ``parameter_overrides`` are values of the template's Parameters; ``region`` and ``account_id`` are what
    ``AWS::Region`` and ``AWS::AccountId`` stand for. Raises
    :class:`ProjectNotFound` when ``path`` or ``env_vars_file`` does not exist, and for nothing that a file contains.
    """
    places = find_places(path)
    if env_vars_file is not None and not os.path.isfile(env_vars_file):
        hint = 'create it, such as {"Parameters": {"STAGE": "local"}}, or leave --env-vars out'
        raise ProjectNotFound(f"there is no --env-vars file at {env_vars_file.absolute()}", hint)
    loading = _Loading(places, env_vars_file.absolute() if env_vars_file else None, parameter_overrides or {})
    return loading.load(region, account_id)


class _Loading:
    def __init__(self, places: Places, env_vars_file: Path | None, parameter_overrides: Mapping[str, str]) -> None:
        self._places, self._env_vars_file = places, env_vars_file
        self._parameter_overrides = parameter_overrides
        self._problems: list[Problem] = []
        self._nested: list[Path] = []

    def load(self, region: str, account_id: str) -> Project:
        written = self._read(self._places.project_file, read_project_file, ProjectFileReading())
        self._problems.extend(written.problems)
        given = self._samconfig()
        places = self._places
        name = written.project_name or places.root.name or "project"
        if places.template is not None and places.module is None:
            drafts = self._template_drafts(places.template, name, region, account_id, given)
        else:
            drafts = self._drafts(written)
        drafts = self._overridden(drafts, written.functions)
        drafts = self._with_variables(drafts)
        refused = {problem.function for problem in written.problems if problem.function}
        functions = self._finished([draft for draft in drafts if not {draft.id, draft.name} & refused], written)
        if not drafts and not self._problems:
            self._problems.append(_nothing_found(places))
        config_files = (
            places.template,
            places.samconfig,
            places.project_file,
            places.dotenv,
            self._env_vars_file,
            *self._nested,
        )
        return Project(
            name=name,
            root=places.root,
            functions=functions,
            problems=tuple(dict.fromkeys(self._problems)),
            config_files=tuple(dict.fromkeys(file for file in config_files if file is not None)),
        )

    # What a project without a template does not need is imported where it is used: every start would wait for it.

    def _samconfig(self) -> "Mapping[str, Given]":
        """What sam is told of the template's parameters; where nobody pointed at a template, also which it is."""
        if self._places.samconfig is None:
            return {}
        from lambdatui.project.samconfig import SamConfig, read_samconfig

        sam = self._read(self._places.samconfig, read_samconfig, SamConfig())
        if sam.template is not None and not self._places.template_named:
            self._places = replace(self._places, template=sam.template)
        self._problems.extend(sam.problems)
        return sam.parameters

    def _template_drafts(
        self, template: Path, name: str, region: str, account_id: str, given: "Mapping[str, Given]"
    ) -> list[Draft]:
        from lambdatui.project.template import Stack, TemplateReading, read_template
        from lambdatui.project.template_values import Given

        overrides = {key: Given(text=text, origin=_FROM_CALLER) for key, text in self._parameter_overrides.items()}
        stack = Stack(name=name, region=region, account_id=account_id, given={**given, **overrides})
        reading = self._read(template, lambda path, where: read_template(path, where, stack), TemplateReading())
        self._problems.extend(reading.problems)
        self._nested = reading.files
        if ".aws-sam" in template.parts:
            self._warn_about_build(template)
        return reading.drafts

    def _drafts(self, written: ProjectFileReading) -> list[Draft]:
        """Without a template: the functions of the source files, unless the project file has its own."""
        places = self._places
        if self._parameter_overrides:
            self._problems.append(_no_template_to_override(places))
        if places.unsuitable is not None:
            return []
        if places.module is None and any("handler" in table.settings for table in written.functions):
            return []
        from lambdatui.project.discover import discover

        discovery = discover(places)
        self._problems.extend(discovery.problems)
        return discovery.drafts

    def _overridden(self, drafts: list[Draft], tables: list[FunctionTable]) -> list[Draft]:
        overridden = list(drafts)
        for table in tables:
            matches = [index for index, draft in enumerate(overridden) if table.name in (draft.id, draft.name)]
            for index in matches:
                overridden[index] = _over(overridden[index], table)
            if matches or self._places.module is not None:
                continue
            if drafts and "handler" not in table.settings:
                self._problems.append(_unknown_override(table, drafts))
                continue
            draft = Draft(id=table.name, key=table.key, origin=table.origin)
            overridden.append(_over(draft, table))
        return overridden

    def _with_variables(self, drafts: list[Draft]) -> list[Draft]:
        dotenv = self._read(self._places.dotenv, read_dotenv, Variables())
        given = self._read(self._env_vars_file, read_env_vars_file, Variables())
        self._problems.extend((*dotenv.problems, *given.problems))
        if self._env_vars_file:
            known = {name: None for draft in drafts for name in (draft.id, draft.name)}
            self._problems.extend(unknown_functions(given, known, self._places.display(self._env_vars_file)))
        return [
            draft.overlaid({}, dotenv.of(()) | given.of(tuple(dict.fromkeys((draft.id, draft.name)))))
            for draft in drafts
        ]

    def _finished(self, drafts: list[Draft], written: ProjectFileReading) -> tuple[Function, ...]:
        runtime, origin = project_runtime(self._places.root)
        defaults = Defaults(runtime=runtime, runtime_origin=origin, code_path=self._places.root, layers=written.layers)
        functions: dict[FunctionName, Function] = {}
        for draft in drafts:
            finished = finish(draft, self._places, defaults)
            self._problems.extend(finished.problems)
            function = finished.function
            if function is None:
                continue
            if function.name in functions:
                self._problems.append(_duplicate(draft, function.name))
            else:
                functions[function.name] = function
        return tuple(functions.values())

    def _read(self, path: Path | None, reader: Callable[[Path, Places], T], empty: T) -> T:
        if path is None:
            return empty
        try:
            return reader(path, self._places)
        except Unreadable as error:
            file = self._places.display(path)
            self._problems.append(Problem(message=error.message, hint=error.hint, file=file, line=error.line))
            return empty

    def _warn_about_build(self, template: Path) -> None:
        message = "this is what sam build made: changes of your sources will not be seen"
        hint = f"open {template.parts[template.parts.index('.aws-sam') - 1]} instead"
        file = self._places.display(template)
        self._problems.append(Problem(message=message, hint=hint, severity=Severity.WARNING, file=file))


def _over(draft: Draft, table: FunctionTable) -> Draft:
    draft = draft.overlaid(table.settings, table.environment)
    return draft if table.layers is None else replace(draft, layers=table.layers)


def _unknown_override(table: FunctionTable, drafts: list[Draft]) -> Problem:
    known = [name for draft in drafts for name in (draft.id, draft.name)]
    hint = did_you_mean(table.name, known) or "give it a handler to make it a function of its own"
    message = f"there is no function called {table.name!r} to override"
    origin = table.origin
    return Problem(message=message, hint=hint, file=origin.file, line=origin.line, key=table.key)


def _no_template_to_override(places: Places) -> Problem:
    message = "--parameter-overrides has no effect: the project is not read from a template"
    hint = f"leave it out, or point at a template instead of {places.module or places.root}"
    return Problem(message=message, hint=hint, severity=Severity.WARNING)


def _duplicate(draft: Draft, name: FunctionName) -> Problem:
    setting = draft.settings.get("name")
    origin, key = (setting.origin, setting.key) if setting else (draft.origin, draft.key)
    message = f"Function already exist: {name}"
    return Problem(
        message=message, hint="give one of the two another name", file=origin.file, line=origin.line, key=key
    )


def _nothing_found(places: Places) -> Problem:
    if places.unsuitable is not None:
        message = "it is not a template, a lambdatui.toml or a Python file"
        return Problem(message=message, hint="give its directory instead", file=places.display(places.unsuitable))
    where = places.module or places.template or places.project_file
    message = f"no functions found in {where.name if where else places.root}"
    hint = f"write def lambda_handler(event, context) in a .py file, or a template.yaml, or a {PROJECT_FILE_NAME}"
    return Problem(message=message, hint=hint, file=places.display(where) if where else None)
