"""Functions of templates that a template nests."""

from lambdatui.model.function import Project, Severity, Source
from lambdatui.project.load import load_project
from tests.unit.project.conftest import HANDLER, MakeProject

PARENT = """\
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Common: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/common}}
  Front: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.lambda_handler, CodeUri: src}}
  Orders:
    Type: AWS::Serverless::Application
    Properties:
      Location: orders/template.yaml
      Parameters: {Stage: !Ref Stage, Table: !Ref Table, Layer: !Ref Common}
"""
CHILD = """\
Parameters:
  Stage: {Type: String}
  Table: {Type: String}
  Layer: {Type: String}
Globals:
  Function: {Runtime: python3.13, CodeUri: code}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.lambda_handler
      Layers: [!Ref Layer]
      Environment: {Variables: {STAGE: !Ref Stage, STACK: !Ref AWS::StackName}}
"""
FILES = {
    "template.yaml": PARENT,
    "orders/template.yaml": CHILD,
    "orders/code/app.py": HANDLER,
    "layers/common/bin/x": "",
}


def lines(project: Project) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in project.problems]


def test_a_nested_templates_functions_are_read_with_its_own_globals_paths_and_parameters(
    make_project: MakeProject,
) -> None:
    root = make_project(FILES)

    project = load_project(root)

    assert lines(project) == []
    front, worker = project.functions
    assert (front.name, worker.name, worker.logical_id) == ("Front", "Worker", "Worker")
    assert (worker.runtime, worker.code_path) == ("python3.13", root / "orders" / "code")
    assert worker.environment == {"STAGE": "dev", "STACK": "shop-Orders"}
    assert str(worker.origins["handler"]) == "orders/template.yaml:11"
    assert root / "orders" / "template.yaml" in project.config_files


def test_a_layer_of_the_parent_is_handed_down_as_a_parameter(make_project: MakeProject) -> None:
    root = make_project(FILES)

    assert load_project(root).functions[1].layers == (root / "layers" / "common",)


def test_an_override_of_the_parent_reaches_the_nested_template_and_stays_the_origin(make_project: MakeProject) -> None:
    worker = load_project(make_project(FILES), parameter_overrides={"Stage": "prod"}).functions[1]

    assert worker.environment["STAGE"] == "prod"
    assert worker.origins["environment.STAGE"].source is Source.PARAMETERS


def test_what_the_parent_does_not_know_is_not_known_to_the_nested_template(make_project: MakeProject) -> None:
    child = CHILD.replace("STAGE: !Ref Stage", "TABLE: !Ref Table")
    project = load_project(make_project({**FILES, "orders/template.yaml": child}))

    (problem,) = project.problems
    assert problem.severity is Severity.WARNING
    assert problem.message == ("!Ref Table is known only after a deployment; the function sees '{Ref Table}'")
    assert (problem.file, problem.line) == ("orders/template.yaml", 13)


def test_functions_of_one_name_are_told_apart_by_their_stacks(make_project: MakeProject) -> None:
    parent = """\
Resources:
  A: {Type: AWS::Serverless::Application, Properties: {Location: orders/template.yaml, Parameters: &P {Stage: a, Table: t, Layer: l}}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./orders/template.yaml, Parameters: *P}}
"""  # noqa: E501
    toml = "[functions.B-Worker]\ntimeout = 9\n\n[layers]\nl = false\n"
    project = load_project(make_project({**FILES, "template.yaml": parent, "lambdatui.toml": toml}))

    assert lines(project) == []
    assert [(function.name, function.timeout_s) for function in project.functions] == [("A-Worker", 3), ("B-Worker", 9)]


def test_a_template_nested_in_itself_ends(make_project: MakeProject) -> None:
    parent = "Resources:\n  Again:\n    Type: AWS::Serverless::Application\n    Properties: {Location: template.yaml}\n"
    project = load_project(make_project({"template.yaml": parent}))

    assert lines(project) == [
        (
            "warning template.yaml:4: Resources.Again.Properties.Location: the template is nested in itself "
            "(correct the path; it is left out)"
        )
    ]


def test_a_nested_template_that_does_not_exist_is_named(make_project: MakeProject) -> None:
    parent = PARENT.replace("orders/template.yaml", "orders/templat.yaml")
    project = load_project(make_project({**FILES, "template.yaml": parent}))

    assert lines(project) == [
        (
            "error template.yaml:10: Resources.Orders.Properties.Location: orders/templat.yaml does not exist "
            "(did you mean 'template.yaml'?)"
        )
    ]
    assert [function.name for function in project.functions] == ["Front"]


def test_a_nested_template_that_is_no_yaml_is_named_with_its_own_line(make_project: MakeProject) -> None:
    project = load_project(make_project({**FILES, "orders/template.yaml": "Resources:\n\t- x\n"}))

    (problem,) = project.problems
    assert (problem.file, problem.line) == ("orders/template.yaml", 2)
    assert [function.name for function in project.functions] == ["Front"]


def test_an_application_of_the_repository_is_left_out_with_a_warning(make_project: MakeProject) -> None:
    parent = PARENT.replace("Location: orders/template.yaml", "Location: {ApplicationId: arn, SemanticVersion: 1.0.0}")
    project = load_project(make_project({**FILES, "template.yaml": parent}))

    assert lines(project) == [
        (
            "warning template.yaml:10: Resources.Orders.Properties.Location: Orders is not on this machine: "
            "its functions are left out (open it by itself)"
        )
    ]


def test_a_nested_template_whose_condition_is_false_is_not_read(make_project: MakeProject) -> None:
    kind = "    Type: AWS::Serverless::Application\n"
    parent = PARENT.replace(kind, f"    Condition: Never\n{kind}") + "Conditions: {Never: !Equals [a, b]}\n"
    project = load_project(make_project({**FILES, "template.yaml": parent}))

    assert [function.name for function in project.functions] == ["Front"]


def test_templates_that_multiply_are_given_up(make_project: MakeProject) -> None:
    nested = "Type: AWS::Serverless::Application, Properties: {Location: LEVEL.yaml}"
    resources = "\n".join(f"  N{number}: {{{nested}}}" for number in range(9))
    files = {f"{level}.yaml": f"Resources:\n{resources}\n".replace("LEVEL", str(level + 1)) for level in range(8)}
    last = "Resources: {Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: app.x}}}\n"

    project = load_project(make_project({**files, "8.yaml": last}) / "0.yaml")

    assert "more than 200 nested templates: the rest is left out" in {problem.message for problem in project.problems}
