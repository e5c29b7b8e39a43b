"""Which environment variables a function may have, and how many bytes of them."""

import json

import pytest

from lambdatui.project.env_files import RESERVED_VARIABLES
from lambdatui.project.load import load_project
from tests.unit.project.conftest import MakeProject


def toml(variables: dict[str, str]) -> str:
    lines = "\n".join(f'"{name}" = {json.dumps(value, ensure_ascii=False)}' for name, value in variables.items())
    return f'[functions.fn]\nhandler = "app.lambda_handler"\ncode_uri = "src"\n\n[functions.fn.environment]\n{lines}\n'


def of_size(size_bytes: int, letter: str = "x") -> dict[str, str]:
    """Variables that are this many bytes of compact JSON."""
    overhead = len('{"STAGE":"local","BIG":""}')
    repeats, rest = divmod(size_bytes - overhead, len(letter.encode()))
    return {"STAGE": "local", "BIG": letter * repeats + "x" * rest}


@pytest.mark.parametrize("letter", ["x", "é"])
def test_4096_bytes_of_compact_json_pass(make_project: MakeProject, letter: str) -> None:
    variables = of_size(4096, letter)

    project = load_project(make_project({"lambdatui.toml": toml(variables)}))

    assert project.problems == ()
    assert project.functions[0].environment == variables


@pytest.mark.parametrize("letter", ["x", "é"])
def test_4097_bytes_are_refused_in_the_services_words(make_project: MakeProject, letter: str) -> None:
    (problem,) = load_project(make_project({"lambdatui.toml": toml(of_size(4097, letter))})).problems

    assert problem.message.startswith(
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        f'exceeded the 4KB limit. String measured: {{"STAGE":"local","BIG":"{letter * 10}'
    )
    assert problem.hint == "4,097 bytes as JSON, 4,096 allowed; the largest is BIG"
    assert problem.key == "functions.fn.environment.BIG"


def test_a_secret_is_not_told_in_the_message_about_the_size(make_project: MakeProject) -> None:
    variables = {"API_TOKEN": "not for your eyes", **of_size(4096)}

    (problem,) = load_project(make_project({"lambdatui.toml": toml(variables)})).problems

    assert "not for your eyes" not in str(problem)
    assert '{"API_TOKEN":"********","STAGE":"local"' in problem.message


@pytest.mark.parametrize("name", sorted(RESERVED_VARIABLES))
def test_a_variable_that_lambda_sets_itself_is_refused(make_project: MakeProject, name: str) -> None:
    project = load_project(make_project({"lambdatui.toml": toml({name: "mine"})}))

    assert [
        problem.message.endswith(f"Reserved keys used in this request: {name}") for problem in project.problems
    ] == [True]
    assert project.functions == ()


@pytest.mark.parametrize("name", ["A", "1ST", "_PRIVATE", "MY-KEY", "MY.KEY", ""])
def test_a_name_that_lambda_does_not_allow_is_refused(make_project: MakeProject, name: str) -> None:
    project = load_project(make_project({"lambdatui.toml": toml({name: "x"})}))

    assert ["[a-zA-Z]([a-zA-Z0-9_])+" in problem.message for problem in project.problems] == [True]


def test_variables_that_change_how_a_runtime_starts_are_left_alone(make_project: MakeProject) -> None:
    variables = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper",
        "JAVA_TOOL_OPTIONS": "-Xss1m",
        "NODE_OPTIONS": "--enable-source-maps",
        "PYTHONPATH": "/opt/mine",
        "LANG": "de_DE.UTF-8",
        "TZ": "Europe/Berlin",
        "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
    }
    project = load_project(make_project({"lambdatui.toml": toml(variables)}))

    assert project.problems == ()
    assert project.functions[0].environment == variables
