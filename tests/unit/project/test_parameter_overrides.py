"""Values for a template's Parameters that are given from outside the files."""

import pytest

from lambdatui.model.function import Origin, Severity, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject

TEMPLATE = """\
Parameters:
  PythonRuntime: {Type: String, Default: python3.11}
  Stage: {Type: String}
  Hosts: {Type: CommaDelimitedList, Default: a}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: !Ref PythonRuntime
      Handler: app.lambda_handler
      CodeUri: src
      Timeout: !If [IsProd, 30, 3]
      Environment:
        Variables:
          TABLE: !Sub "${Stage}-orders"
          HOSTS: !Join ["|", !Ref Hosts]
          IMAGE: !Ref Image
"""
OVERRIDES = {"PythonRuntime": "python3.13", "Stage": "prod", "Hosts": "x, y", "Image": "app:1"}


def test_an_override_is_stronger_than_the_default_wherever_the_parameter_is_used(make_project: MakeProject) -> None:
    project = load_project(make_project({"template.yaml": TEMPLATE}), parameter_overrides=OVERRIDES)

    assert project.problems == ()
    (function,) = project.functions
    assert (function.runtime, function.timeout_s) == ("python3.13", 30)
    assert function.environment == {"TABLE": "prod-orders", "HOSTS": "x|y", "IMAGE": "app:1"}


def test_a_value_that_an_override_is_part_of_names_it_as_its_origin(make_project: MakeProject) -> None:
    project = load_project(make_project({"template.yaml": TEMPLATE}), parameter_overrides=OVERRIDES)

    origins = project.functions[0].origins
    assert origins["runtime"] == Origin(source=Source.PARAMETERS, file="template.yaml", line=12)
    assert origins["environment.TABLE"].source is Source.PARAMETERS
    assert origins["handler"].source is Source.TEMPLATE
    assert origins["timeout_s"].source is Source.TEMPLATE


def test_lambdatui_toml_is_stronger_than_an_override(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE, "lambdatui.toml": '[functions.Fn]\nruntime = "python3.12"\n'})

    project = load_project(root, parameter_overrides=OVERRIDES)

    assert project.functions[0].runtime == "python3.12"
    assert project.functions[0].origins["runtime"].source is Source.PROJECT_FILE


def test_a_parameter_that_the_template_does_not_have_is_a_warning_with_a_close_match(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE})

    project = load_project(root, parameter_overrides={**OVERRIDES, "Stag": "prod"})

    (problem,) = project.problems
    assert problem.severity is Severity.WARNING
    assert (problem.file, problem.line, problem.key) == ("template.yaml", 1, "Parameters")
    assert "no parameter Stag" in problem.message
    assert problem.hint == "did you mean 'Stage'?"
    assert len(project.functions) == 1


def test_a_parameter_without_default_and_override_says_how_to_give_one(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE})

    (problem, *_) = load_project(root, parameter_overrides={"Image": "app:1"}).problems

    assert "--parameter-overrides Stage=..." in problem.hint


@pytest.mark.parametrize("files", [{}, {"lambdatui.toml": '[functions.Fn]\nhandler = "app.lambda_handler"\n'}])
def test_overrides_without_a_template_are_a_warning(make_project: MakeProject, files: dict[str, str]) -> None:
    project = load_project(make_project(files), parameter_overrides={"Stage": "prod"})

    assert [problem.severity for problem in project.problems if "--parameter-overrides" in problem.message] == [
        Severity.WARNING
    ]
    assert len(project.functions) == 1
