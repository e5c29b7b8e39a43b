"""Which function is meant, and what is said when that cannot be told."""

from dataclasses import replace
from pathlib import Path

import pytest

from lambdatui.cli.failures import CommandFailed
from lambdatui.cli.projects import choose_function, tell_problems_of_invoke
from lambdatui.model.function import Problem, Project
from lambdatui.model.ids import FunctionName

BROKEN = Problem(
    message="must be a number", hint="write 128", file="template.yaml", line=7, key="MemorySize",
    function=FunctionName("broken"),
)  # fmt: skip


def test_a_projects_only_function_need_not_be_named() -> None:
    assert choose_function(None, ["api"], []) == "api"
    assert choose_function("api", ["api", "worker"], []) == "api"


@pytest.mark.parametrize(
    ("wanted", "names", "message", "hint"),
    [
        (None, ["api", "worker"], "which function?", "name one of: api, worker"),
        ("wroker", ["api", "worker"], "there is no function called 'wroker'", "did you mean 'worker'?"),
        ("x", ["api"], "there is no function called 'x'", "the project has: api"),
        (None, [], "the project has no function that can run", "`lambdatui ls`"),
        ("api", [], "the project has no function that can run", "`lambdatui ls`"),
    ],
)
def test_what_cannot_be_told_is_asked_with_the_names(
    wanted: str | None, names: list[str], message: str, hint: str
) -> None:
    with pytest.raises(CommandFailed) as failed:
        choose_function(wanted, names, [])
    assert failed.value.message == message
    assert hint in failed.value.hint


def test_a_broken_function_is_told_from_a_missing_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed, match="'broken' cannot run as it is configured"):
        choose_function("broken", ["api"], [BROKEN])
    said = capsys.readouterr().err
    assert said == "template.yaml:7: error: MemorySize: must be a number\n  write 128\n"


def test_an_invoke_is_not_told_what_only_matters_to_a_deployment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deprecated = replace(BROKEN, message="is no longer supported", when_deployed=True)
    project = Project(name="p", root=tmp_path, functions=(), problems=(deprecated, BROKEN))
    tell_problems_of_invoke(project, "broken")
    said = capsys.readouterr().err
    assert "must be a number" in said
    assert "is no longer supported" not in said
