"""Options that are for an engine of a command's own: every command that may make one takes them, or says it did not."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import RUNTIME
from tests.e2e.support.program import run, serving

TEMPLATE = f"""
Parameters:
  Stage: {{Type: String, Default: none}}
Resources:
  App:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {RUNTIME}
      Handler: app.handler
      Environment: {{Variables: {{STAGE: !Ref Stage}}}}
"""
CODE = "import os\ndef handler(event, context):\n    return {'prod': 1}[os.environ['STAGE']]\n"
COMMANDS = (
    ("invoke",),
    ("invoke", "--repeat", "1"),
    ("starts", "-n", "1"),
    ("tune", "-n", "1", "--sizes", "128"),
    ("replay", "event.json", "--function", "App"),
)


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A project whose function succeeds in one stage only, which is not that of its template."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "app.py").write_text(CODE)
    (tmp_path / "event.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_command_with_an_engine_of_its_own_takes_parameters_of_the_template(
    staged: Path, command: tuple[str, ...]
) -> None:
    assert run(*command, "--parameter-overrides", "Stage=prod", cwd=staged).code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_command_says_that_its_options_do_not_reach_an_engine_that_runs(staged: Path, command: tuple[str, ...]) -> None:
    with serving(staged):
        ran = run(*command, "--parameter-overrides", "Stage=prod", cwd=staged)
    assert ran.code == 1
    assert "--parameter-overrides has no effect: the project's engine runs already, with its own" in ran.err


def test_doctor_looks_for_the_runtimes_that_overridden_parameters_ask_for(orders: Path) -> None:
    other = "python3.13" if RUNTIME != "python3.13" else "python3.12"
    ran = run("doctor", "--json", "--parameter-overrides", f"PythonRuntime={other}", cwd=orders)
    used_by = {each["runtime"]: each["usedBy"] for each in json.loads(ran.out)["interpreters"]}
    assert used_by[other] == ["orders-api", "thumbnailer", "order-worker"]
