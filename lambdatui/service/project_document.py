"""A project as JSON and back: what ``lambdatui ls --json`` prints and the control API answers. Pure.

Names are those of ``lambdatui.toml``'s words with their units; every value that was not a default names its origin.
Secrets in environment variables are hidden, except from who asks for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lambdatui.model.function import (
    Function,
    LogFormat,
    LoggingConfig,
    Origin,
    Problem,
    Project,
    RuntimeClient,
    Severity,
    Source,
)
from lambdatui.model.ids import FunctionName
from lambdatui.telemetry.redaction import redacted

Json = Any  # what json.loads returns


class ProjectDocumentError(ValueError):
    """A document that is no project; the message says what is missing or wrong."""


def project_document(project: Project, *, show_secrets: bool = False) -> dict[str, Json]:
    """Everything but inline code's text and, unless ``show_secrets``, values that ``telemetry.redaction`` hides."""
    return {
        "project": project.name,
        "root": str(project.root),
        "functions": [function_document(function, show_secrets=show_secrets) for function in project.functions],
        "problems": [_problem_document(problem) for problem in project.problems],
    }


def function_document(function: Function, *, show_secrets: bool = False) -> dict[str, object]:
    environment = function.environment
    return {
        "name": function.name,
        "runtime": function.runtime,
        "handler": function.handler,
        "code_path": str(function.code_path),
        "logical_id": function.logical_id,
        "description": function.description,
        "timeout_s": function.timeout_s,
        "memory_mb": function.memory_mb,
        "ephemeral_storage_mb": function.ephemeral_storage_mb,
        "architectures": list(function.architectures),
        "environment": dict(environment) if show_secrets else redacted(environment),
        "reserved_concurrency": function.reserved_concurrency,
        "provisioned_concurrency": function.provisioned_concurrency,
        "layers": [str(layer) for layer in function.layers],
        "logging": asdict(function.logging),
        "active_tracing": function.active_tracing,
        "snap_start": function.snap_start,
        "network": function.network,
        "runtime_client": function.runtime_client,
        "events": list(function.events),
        "origins": {name: _origin_document(origin) for name, origin in function.origins.items()},
    }


def read_project(document: Json) -> Project:
    """The inverse of ``project_document``; what it hid stays hidden. Raises ProjectDocumentError."""
    try:
        return Project(
            name=document["project"],
            root=Path(document["root"]),
            functions=tuple(_function(each) for each in document["functions"]),
            problems=tuple(_problem(each) for each in document["problems"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProjectDocumentError(f"not a project as this version knows it: {error!r}") from error


def _function(document: Mapping[str, Json]) -> Function:
    readers: Mapping[str, Callable[[Json], Json]] = {
        "name": FunctionName,
        "code_path": Path,
        "architectures": tuple,
        "layers": lambda layers: tuple(map(Path, layers)),
        "logging": _logging,
        "runtime_client": RuntimeClient,
        "events": tuple,
        "origins": lambda origins: {name: _origin(each) for name, each in origins.items()},
    }
    known = {key: document[key] for key in _FUNCTION_KEYS if key in document}
    return Function(**{key: readers[key](value) if key in readers else value for key, value in known.items()})


def _logging(document: Mapping[str, Json]) -> LoggingConfig:
    return LoggingConfig(**{**document, "log_format": LogFormat(document["log_format"])})


_FUNCTION_KEYS = tuple(function_document(Function(name=FunctionName(""), runtime="", handler="", code_path=Path())))


def _origin_document(origin: Origin) -> dict[str, object]:
    return {"source": origin.source, "file": origin.file, "line": origin.line}


def _origin(document: Mapping[str, Json]) -> Origin:
    return Origin(source=Source(document["source"]), file=document["file"], line=document["line"])


def _problem_document(problem: Problem) -> dict[str, object]:
    return {
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "function": problem.function,
    }


def _problem(document: Mapping[str, Json]) -> Problem:
    return Problem(**{**document, "severity": Severity(document["severity"])})
