"""Which file wins, and which functions a file is about."""

import json
from collections.abc import Callable
from pathlib import Path

from lambdatui.model.function import Origin, Source
from lambdatui.project.load import load_project

MakeProject = Callable[[dict[str, str]], Path]

TEMPLATE = """\
Globals:
  Function:
    Runtime: python3.12
    Handler: app.lambda_handler
    CodeUri: src
    Environment: {Variables: {FROM_GLOBALS: globals, FROM_TEMPLATE: globals, FROM_TOML: globals, FROM_DOTENV: globals}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: orders-api
      Environment: {Variables: {FROM_TEMPLATE: template, FROM_TOML: template, FROM_DOTENV: template}}
"""
PROJECT_FILE = """\
[project]
name = "Shop"

[functions.Orders]
timeout = 20

[functions.Orders.environment]
FROM_TOML = "toml"
FROM_DOTENV = "toml"
FROM_FILE = 3
"""


def test_the_strongest_source_of_each_variable_wins_and_is_named(make_project: MakeProject) -> None:
    root = make_project(
        {
            "template.yaml": TEMPLATE,
            "lambdatui.toml": PROJECT_FILE,
            ".env": "# secrets\nFROM_DOTENV='dotenv'\nFROM_FILE=dotenv\n",
            "vars.json": json.dumps({"Parameters": {"FROM_FILE": 1.5}}),
        }
    )

    project = load_project(root, env_vars_file=root / "vars.json")

    assert project.problems == ()
    (function,) = project.functions
    assert function.environment == {
        "FROM_GLOBALS": "globals",
        "FROM_TEMPLATE": "template",
        "FROM_TOML": "toml",
        "FROM_DOTENV": "dotenv",
        "FROM_FILE": "1.5",
    }
    assert {name: str(origin) for name, origin in function.origins.items() if "FROM" in name} == {
        "environment.FROM_GLOBALS": "template.yaml:6",
        "environment.FROM_TEMPLATE": "template.yaml:12",
        "environment.FROM_TOML": "lambdatui.toml:8",
        "environment.FROM_DOTENV": ".env:2",
        "environment.FROM_FILE": "vars.json:1",
    }
    assert function.origins["timeout_s"] == Origin(source=Source.PROJECT_FILE, file="lambdatui.toml", line=5)
    assert function.origins["environment.FROM_FILE"].source is Source.ENV_VARS_FILE


def test_every_file_that_was_read_is_a_configuration_file(make_project: MakeProject) -> None:
    files = {"template.yaml": TEMPLATE, "lambdatui.toml": PROJECT_FILE, ".env": "", "vars.json": "{}"}
    root = make_project(files)

    project = load_project(root, env_vars_file=root / "vars.json")

    assert {path.name for path in project.config_files} == set(files)


def test_a_variable_of_dotenv_reaches_functions_that_never_declared_it(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE, ".env": "NEVER_DECLARED=$HOME ${X} # comment\n"})

    assert load_project(root).functions[0].environment["NEVER_DECLARED"] == "$HOME ${X}"


def test_an_env_vars_file_finds_a_function_by_name_and_by_logical_id(make_project: MakeProject) -> None:
    text = json.dumps({"Orders": {"BY_ID": None}, "orders-api": {"BY_NAME": True}})
    root = make_project({"template.yaml": TEMPLATE, "vars.json": text})

    project = load_project(root, env_vars_file=root / "vars.json")

    environment = project.functions[0].environment
    assert (environment["BY_ID"], environment["BY_NAME"]) == ("", "true")
    assert project.problems == ()


def test_an_override_in_the_project_file_silences_the_placeholder_warning(make_project: MakeProject) -> None:
    template = """\
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.lambda_handler
      CodeUri: s3://bucket/code.zip
      Environment: {Variables: {TABLE: !Ref Table}}
"""
    toml = '[functions.Fn]\ncode_uri = "src"\nenvironment = { TABLE = "local-table" }\n'

    project = load_project(make_project({"template.yaml": template, "lambdatui.toml": toml}))

    assert project.problems == ()
    assert project.functions[0].environment == {"TABLE": "local-table"}


def test_functions_of_the_project_file_alone_need_no_template(make_project: MakeProject) -> None:
    toml = """\
[functions.api]
handler = "app.lambda_handler"
code_uri = "src"
runtime = "python3.13"
memory_size = 512
ephemeral_storage = 600
architectures = ["arm64"]
reserved_concurrent_executions = 0
description = "Answers"
environment = { DEBUG = true, RATIO = 0.5 }
"""
    root = make_project({"lambdatui.toml": toml})

    project = load_project(root / "lambdatui.toml")

    assert project.problems == ()
    (function,) = project.functions
    assert (function.name, function.logical_id) == ("api", "")
    assert (function.runtime, function.memory_mb, function.ephemeral_storage_mb) == ("python3.13", 512, 600)
    assert (function.architectures, function.reserved_concurrency) == (("arm64",), 0)
    assert function.code_path == root / "src"
    assert function.environment == {"DEBUG": "true", "RATIO": "0.5"}
    assert str(function.origins["environment.RATIO"]) == "lambdatui.toml:10"


def test_the_project_file_can_add_a_function_to_a_template(make_project: MakeProject) -> None:
    toml = '[functions.extra]\nhandler = "app.lambda_handler"\ncode_uri = "src"\n'

    project = load_project(make_project({"template.yaml": TEMPLATE, "lambdatui.toml": toml}))

    assert [function.name for function in project.functions] == ["orders-api", "extra"]


def test_the_project_file_can_override_a_discovered_function(make_project: MakeProject) -> None:
    project = load_project(make_project({"lambdatui.toml": "[functions.src]\ntimeout = 60\n"}))

    assert project.problems == ()
    assert [(function.name, function.timeout_s) for function in project.functions] == [("src", 60)]


def test_the_project_is_called_what_its_file_says_else_what_its_directory_is_called(make_project: MakeProject) -> None:
    root = make_project({"template.yaml": TEMPLATE})
    assert load_project(root).name == "shop"

    (root / "lambdatui.toml").write_text('[project]\nname = "Another"\n')
    assert load_project(root).name == "Another"


def test_a_template_that_cannot_be_read_leaves_the_functions_of_the_project_file(make_project: MakeProject) -> None:
    toml = '[functions.extra]\nhandler = "app.lambda_handler"\ncode_uri = "src"\n'

    project = load_project(make_project({"template.yaml": "a: [", "lambdatui.toml": toml}))

    assert [function.name for function in project.functions] == ["extra"]
    assert len(project.problems) == 1
