"""Variables from ``.env`` and from an ``--env-vars`` file.

Unlike ``sam local`` neither is filtered by what the template declares: a variable that is written is a variable that
is set. Values are literal, as in Lambda: nothing is expanded.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.documents import parse_json, read_text
from lambdatui.project.located import Entry, Scalar, Table, Unreadable
from lambdatui.project.places import Places
from lambdatui.project.settings import Setting

RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_METADATA_API",
        "AWS_LAMBDA_METADATA_TOKEN",
    ]
)
"""Set by Lambda itself; CreateFunction refuses them."""

VARIABLE_NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+\Z")


@dataclass(slots=True, kw_only=True)
class Variables:
    """``for_all`` applies to every function, ``for_one`` to the function of that name or logical id."""

    for_all: dict[str, Setting] = field(default_factory=dict)
    for_one: dict[str, dict[str, Setting]] = field(default_factory=dict)
    table_lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, names: tuple[str, ...]) -> dict[str, Setting]:
        """The variables of the function that is known under ``names``, weakest name first."""
        merged = dict(self.for_all)
        for name in names:
            merged |= self.for_one.get(name, {})
        return merged


def read_dotenv(path: Path, places: Places) -> Variables:
    """Raises ``Unreadable``; single bad lines are problems."""
    from dotenv.parser import parse_stream  # 12 ms

    variables, file = Variables(), places.display(path)
    for binding in parse_stream(io.StringIO(read_text(path))):
        raw = binding.original.string
        line = binding.original.line + raw[: len(raw) - len(raw.lstrip())].count("\n")
        if binding.error:
            hint = "write NAME=value, and close the quotes"
            variables.problems.append(_problem("is not a variable", hint, file, line, raw.strip().split("\n")[0][:80]))
        elif binding.key is not None and binding.value is None:
            variables.problems.append(_problem("has no value", f"write {binding.key}=", file, line, binding.key))
        elif binding.key is not None:
            origin = Origin(source=Source.DOTENV, file=file, line=line)
            setting = Setting(value=binding.value or "", origin=origin, key=binding.key)
            _put(variables, variables.for_all, binding.key, setting)
    return variables


def read_env_vars_file(path: Path, places: Places) -> Variables:
    """What ``sam local --env-vars`` takes: ``{"Parameters": {…}}`` for all, ``{"NAME": {…}}`` for one function."""
    variables, file = Variables(), places.display(path)
    root, _ = parse_json(read_text(path))
    if not isinstance(root, Table):
        raise Unreadable("it must be an object", 'write {"FunctionName": {"NAME": "value"}}', root.line)
    for name, entry in root.entries.items():
        if not isinstance(entry.node, Table):
            hint = f'write {{"Parameters": {{"{name}": …}}}} for all functions, or a function\'s name and its variables'
            variables.problems.append(_problem("must be an object of variables", hint, file, entry.line, name))
            continue
        target = variables.for_all if name == "Parameters" else variables.for_one.setdefault(name, {})
        variables.table_lines[name] = entry.line
        for key, variable in entry.node.entries.items():
            _put_json(variables, target, f"{name}.{key}", key, variable, file)
    return variables


def unknown_functions(variables: Variables, known: Mapping[str, object], file: str) -> list[Problem]:
    """A warning for every function that an --env-vars file names and the project does not have."""
    return [
        _problem(
            f"there is no function called {name!r}",
            did_you_mean(name, known) or "use Parameters for variables of all functions",
            file,
            variables.table_lines.get(name),
            name,
        )
        for name in variables.for_one
        if name not in known
    ]


def _put_json(
    variables: Variables, target: dict[str, Setting], full_key: str, key: str, variable: Entry, file: str
) -> None:
    if not isinstance(variable.node, Scalar):
        hint = "write a nested value as one JSON text"
        variables.problems.append(_problem("must be a text", hint, file, variable.line, full_key))
        return
    origin = Origin(source=Source.ENV_VARS_FILE, file=file, line=variable.line)
    _put(variables, target, key, Setting(value=variable.node.text or "", origin=origin, key=full_key))


def _put(variables: Variables, target: dict[str, Setting], name: str, setting: Setting) -> None:
    """Keeps the variable, unless Lambda would not: these files serve every function, so it must not break them."""
    origin = setting.origin
    if name in RESERVED_VARIABLES:
        hint = "it is ignored; Lambda sets this one itself"
        variables.problems.append(_problem("is reserved by Lambda", hint, origin.file, origin.line, setting.key))
    elif not VARIABLE_NAME.match(name):
        hint = "it is ignored; names start with a letter and have two or more letters, digits or _"
        problem = _problem("is not a name that Lambda allows", hint, origin.file, origin.line, setting.key)
        variables.problems.append(problem)
    else:
        target[name] = setting


def _problem(message: str, hint: str, file: str | None, line: int | None, key: str) -> Problem:
    return Problem(message=message, hint=hint, severity=Severity.WARNING, file=file, line=line, key=key)
