import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from lambdatui.model.function import Function, Origin, Problem, Project, Severity, Source
from lambdatui.model.ids import FunctionName
from lambdatui.service.project_document import ProjectDocumentError, function_document, project_document, read_project
from lambdatui.telemetry.redaction import HIDDEN

FUNCTION = Function(
    name=FunctionName("orders"),
    runtime="python3.12",
    handler="app.handler",
    code_path=Path("/work/src"),
    logical_id="OrdersFunction",
    description="Takes orders",
    timeout_s=30,
    memory_mb=256,
    ephemeral_storage_mb=1024,
    architectures=("arm64",),
    environment={"TABLE": "orders"},
    reserved_concurrency=2,
    events=("HttpApi", "SQS"),
    origins={"timeout_s": Origin(source=Source.TEMPLATE, file="template.yaml", line=12)},
)
PROJECT = Project(
    name="shop",
    root=Path("/work"),
    functions=(FUNCTION, Function(name=FunctionName("bare"), runtime="", handler="", code_path=Path("x"))),
    problems=(
        Problem(message="no handler", hint="add Handler", file="template.yaml", line=3, key="Handler"),
        Problem(message="ignored", hint="", severity=Severity.WARNING, function=FunctionName("orders")),
    ),
)


def test_project_survives_the_way_through_json() -> None:
    assert read_project(json.loads(json.dumps(project_document(PROJECT)))) == PROJECT


def test_document_has_every_field_but_the_text_of_inline_code() -> None:
    assert set(function_document(FUNCTION)) == {field.name for field in fields(Function)} - {"inline_code"}


def test_field_of_a_newer_version_is_ignored() -> None:
    document = json.loads(json.dumps(project_document(PROJECT)))
    document["functions"][0]["colour"] = "red"
    assert read_project(document) == PROJECT


@pytest.mark.parametrize("document", [None, [], {}, {"project": "x", "root": "y", "functions": [1], "problems": []}])
def test_anything_else_is_refused(document: object) -> None:
    with pytest.raises(ProjectDocumentError, match="not a project"):
        read_project(document)


SECRETIVE = replace(
    FUNCTION, environment={"SECRET_KEY": "s3cret", "DB": "postgres://app:s3cret@db/1", "TABLE": "orders"}
)


def test_secrets_in_the_environment_are_hidden() -> None:
    document = project_document(replace(PROJECT, functions=(SECRETIVE,)))
    assert "s3cret" not in json.dumps(document)
    assert function_document(SECRETIVE)["environment"] == {
        "SECRET_KEY": HIDDEN,
        "DB": f"postgres://app:{HIDDEN}@db/1",
        "TABLE": "orders",
    }


def test_secrets_are_shown_to_who_asks_for_them() -> None:
    (document,) = project_document(replace(PROJECT, functions=(SECRETIVE,)), show_secrets=True)["functions"]
    assert document["environment"] == SECRETIVE.environment
