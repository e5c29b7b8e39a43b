"""What sam's own configuration file says of the template and its parameters."""

from pathlib import Path

import pytest

from lambdatui.model.function import Origin, Project, Severity, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, test, prod]}
  Count: {Type: Number, Default: 3, MaxValue: 900}
  Table: {Type: String, Default: orders, AllowedPattern: "[a-z]+"}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.lambda_handler
      CodeUri: src
      Timeout: !Ref Count
      Environment: {Variables: {STAGE: !Ref Stage, TABLE: !Ref Table}}
"""
SAMCONFIG = """\
version = 0.1

[default.deploy.parameters]
stack_name = "shop"
parameter_overrides = "Stage=\\"test\\" Count=30"
"""


def lines(project: Project) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in project.problems]


def test_its_parameters_are_stronger_than_defaults_and_are_named_as_the_origin(make_project: MakeProject) -> None:
    project = load_project(make_project({"template.yaml": TEMPLATE, "samconfig.toml": SAMCONFIG}))

    assert lines(project) == []
    (function,) = project.functions
    assert (function.timeout_s, function.environment["STAGE"]) == (30, "test")
    assert function.origins["timeout_s"] == Origin(source=Source.SAMCONFIG, file="samconfig.toml", line=5)
    assert function.origins["environment.TABLE"].source is Source.TEMPLATE


def test_parameter_overrides_are_stronger(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE, "samconfig.toml": SAMCONFIG})

    (function,) = load_project(root, parameter_overrides={"Count": "60"}).functions

    assert (function.timeout_s, function.environment["STAGE"]) == (60, "test")
    assert function.origins["timeout_s"].source is Source.PARAMETERS
    assert function.origins["environment.STAGE"].source is Source.SAMCONFIG


@pytest.mark.parametrize(
    "written",
    [
        '"Stage=test Count=30"',
        '["Stage=test", "Count=30"]',
        '"ParameterKey=Stage,ParameterValue=test ParameterKey=Count,ParameterValue=30"',
        '{Stage = "test", Count = 30}',
    ],
)
def test_every_form_that_sam_takes_is_understood(make_project: MakeProject, written: str) -> None:
    samconfig = f"[default.global.parameters]\nparameter_overrides = {written}\n"
    (function,) = load_project(make_project({"template.yaml": TEMPLATE, "samconfig.toml": samconfig})).functions

    assert (function.timeout_s, function.environment["STAGE"]) == (30, "test")


def test_what_is_said_of_running_locally_counts_before_what_is_said_of_deploying(make_project: MakeProject) -> None:
    local = '[default.local_invoke.parameters]\nparameter_overrides = "Stage=dev"\n'
    root = make_project({"template.yaml": TEMPLATE, "samconfig.toml": SAMCONFIG + local})

    (function,) = load_project(root).functions

    assert (function.timeout_s, function.environment["STAGE"]) == (30, "dev")


def test_its_template_file_is_opened_for_a_directory_but_not_instead_of_a_named_one(make_project: MakeProject) -> None:
    samconfig = '[default.build.parameters]\ntemplate_file = "infra/main.yaml"\n'
    other = TEMPLATE.replace("  Fn:", "  Other:").replace("CodeUri: src", "CodeUri: ../src")
    files = {"template.yaml": TEMPLATE, "infra/main.yaml": other, "samconfig.toml": samconfig}
    root = make_project(files)

    project = load_project(root)

    assert [function.name for function in project.functions] == ["Other"]
    assert project.functions[0].code_path == root / "src"
    assert project.config_files == (root / "infra" / "main.yaml", root / "samconfig.toml")
    assert [function.name for function in load_project(root / "template.yaml").functions] == ["Fn"]


def test_a_template_that_sam_built_is_not_taken_for_the_sources(make_project: MakeProject) -> None:
    samconfig = '[default.deploy.parameters]\ntemplate_file = ".aws-sam/build/template.yaml"\n'
    root = make_project(
        {"template.yaml": TEMPLATE, ".aws-sam/build/template.yaml": "Resources: {}", "samconfig.toml": samconfig}
    )

    assert load_project(root).config_files[0] == root / "template.yaml"


@pytest.mark.parametrize(
    ("samconfig", "problem"),
    [
        (
            '[default.deploy.parameters]\nparameter_overrides = "Stage"\n',
            (
                "warning samconfig.toml:2: default.deploy.parameters.parameter_overrides: takes KEY=VALUE, not 'Stage' "
                "(correct it; it is ignored)"
            ),
        ),
        (
            '[default.build.parameters]\ntemplate_file = "gone.yaml"\n',
            (
                "warning samconfig.toml:2: default.build.parameters.template_file: gone.yaml does not exist "
                "(correct it; it is ignored)"
            ),
        ),
        (
            "[default\n",
            (
                "error samconfig.toml:1: it is not TOML: Expected ']' at the end of a table declaration "
                "(sam would say so too)"
            ),
        ),
        (
            '[default.deploy.parameters]\nparameter_overrides = "Stag=dev"\n',
            (
                "warning template.yaml:1: Parameters: samconfig.toml: the template has no parameter Stag "
                "(did you mean 'Stage'?)"
            ),
        ),
        (
            '[default.deploy.parameters]\nparameter_overrides = "Stage=prd"\n',
            (
                "error samconfig.toml:2: Parameters.Stage: Parameter 'Stage' must be one of AllowedValues, not 'prd' "
                "(did you mean 'prod'? allowed: dev, test, prod)"
            ),
        ),
    ],
)
def test_what_is_wrong_in_it_is_named_with_its_line(make_project: MakeProject, samconfig: str, problem: str) -> None:
    project = load_project(make_project({"template.yaml": TEMPLATE, "samconfig.toml": samconfig}))

    assert lines(project) == [problem]
    assert len(project.functions) == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("Stage", "staging", "Parameter 'Stage' must be one of AllowedValues, not 'staging'"),
        ("Count", "many", "Parameter 'Count' must be a number, not 'many'"),
        ("Count", "901", "Parameter 'Count' must be a number not greater than 900"),
        ("Table", "Orders", "Parameter 'Table' must match pattern [a-z]+"),
    ],
)
def test_an_override_that_cloudformation_would_refuse_is_an_error(
    make_project: MakeProject, name: str, value: str, message: str
) -> None:
    project = load_project(make_project({"template.yaml": TEMPLATE}), parameter_overrides={name: value})

    problem = project.problems[0]
    assert (problem.severity, problem.message) == (Severity.ERROR, message)
    assert (problem.file, problem.key) == ("template.yaml", f"Parameters.{name}")


def test_a_constraint_is_described_as_the_template_does(make_project: MakeProject) -> None:
    template = TEMPLATE.replace(
        'AllowedPattern: "[a-z]+"', 'AllowedPattern: "[a-z]+", ConstraintDescription: lower case'
    )
    project = load_project(make_project({"template.yaml": template}), parameter_overrides={"Table": "Orders"})

    assert project.problems[0].message == "Parameter 'Table' failed to satisfy constraint: lower case"


def test_a_python_file_has_no_use_for_it(make_project: MakeProject) -> None:
    root = make_project({"samconfig.toml": SAMCONFIG})

    assert load_project(Path(root, "src", "app.py")).problems == ()
