"""Projects without any configuration: handlers found in the syntax tree."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.model.function import Origin, Project, Severity, Source
from lambdatui.project.load import load_project

MakeProject = Callable[[dict[str, str]], Path]

HANDLER = "def handler(event, context):\n    return 1\n"


def found(project: Project) -> dict[str, tuple[str, str]]:
    return {
        function.name: (function.code_path.relative_to(project.root).as_posix(), function.handler)
        for function in project.functions
    }


def test_handlers_of_every_directory_are_found_and_named_after_their_files(make_project: MakeProject) -> None:
    files = {
        "src/app.py": "",
        "orders/app.py": "import json\n\ndef lambda_handler(event, context):\n    pass\n",
        "api/create.py": HANDLER,
        "api/delete.py": HANDLER,
        "api/shared.py": "def helper(): pass\n",
    }
    project = load_project(make_project(files))

    assert project.problems == ()
    assert found(project) == {
        "create": ("api", "create.handler"),
        "delete": ("api", "delete.handler"),
        "orders": ("orders", "app.lambda_handler"),
    }


def test_the_line_of_the_handler_is_where_the_function_comes_from(make_project: MakeProject) -> None:
    (function,) = load_project(make_project({"src/app.py": f"import json\n\n{HANDLER}"})).functions

    assert function.origins["handler"] == Origin(source=Source.DISCOVERED, file="src/app.py", line=3)


def test_nothing_is_imported_or_run(make_project: MakeProject) -> None:
    files = {"src/app.py": f"raise SystemExit(3)\n{HANDLER}"}

    assert [function.name for function in load_project(make_project(files)).functions] == ["src"]


@pytest.mark.parametrize(
    "directory", [".venv/lib", "node_modules/x", ".git", ".aws-sam/build/Fn", "__pycache__", "tests", "build", "env"]
)
def test_directories_that_are_not_the_product_are_passed_over(make_project: MakeProject, directory: str) -> None:
    project = load_project(make_project({"src/app.py": HANDLER, f"{directory}/other.py": HANDLER}))

    assert [function.name for function in project.functions] == ["src"]


def test_a_virtual_environment_of_any_name_is_passed_over(make_project: MakeProject) -> None:
    files = {"src/app.py": HANDLER, "mine/pyvenv.cfg": "", "mine/lib/other.py": HANDLER}

    assert [function.name for function in load_project(make_project(files)).functions] == ["src"]


def test_a_module_with_both_names_is_one_function_with_the_better(make_project: MakeProject) -> None:
    text = f"{HANDLER}\n\ndef lambda_handler(event, context): pass\n"

    assert load_project(make_project({"src/app.py": text})).functions[0].handler == "app.lambda_handler"


@pytest.mark.parametrize(
    "text",
    [
        "def handler(request): pass\n",
        "class A:\n    def handler(self, event): pass\n",
        "handler = logging.StreamHandler()\n",
        "def handler(one, two, three): pass\n",
        "# def handler(event, context)\n",
    ],
)
def test_what_only_looks_like_a_handler_is_not_one(make_project: MakeProject, text: str) -> None:
    assert load_project(make_project({"src/app.py": text})).functions == ()


def test_an_adapter_of_a_web_framework_is_a_handler(make_project: MakeProject) -> None:
    project = load_project(make_project({"src/app.py": "handler = Mangum(app)\n"}))

    assert project.functions[0].handler == "app.handler"


def test_an_async_handler_is_listed_with_a_warning(make_project: MakeProject) -> None:
    project = load_project(make_project({"src/app.py": f"async {HANDLER}"}))

    assert [function.name for function in project.functions] == ["src"]
    assert [f"{problem.severity} {problem}" for problem in project.problems] == [
        (
            "warning src/app.py:1: def handler: the handler is async; Lambda's Python runtime calls it without "
            "awaiting it "
            "(make it a plain def that calls asyncio.run(...))"
        )
    ]


def test_a_module_with_a_syntax_error_is_listed_and_told(make_project: MakeProject) -> None:
    project = load_project(make_project({"src/app.py": f"{HANDLER}\nx = (1,\n"}))

    assert [function.name for function in project.functions] == ["src"]
    assert [str(problem) for problem in project.problems] == [
        "src/app.py:4: syntax error: '(' was never closed (the line reads: x = (1,)"
    ]


def test_files_of_one_name_get_different_names(make_project: MakeProject) -> None:
    files = {"src/app.py": "", "a/orders/app.py": HANDLER, "b/orders/app.py": HANDLER, "b/orders/index.py": HANDLER}

    assert sorted(found(load_project(make_project(files)))) == ["b-orders", "orders", "shop-b-orders"]


def test_the_code_directory_is_the_one_that_the_imports_need(make_project: MakeProject) -> None:
    files = {
        "src/app.py": "",
        "common/db.py": "",
        "handlers/create.py": f"from common import db\n{HANDLER}",
        "package/__init__.py": "",
        "package/entry.py": HANDLER,
    }

    assert found(load_project(make_project(files))) == {
        "create": (".", "handlers.create.handler"),
        "entry": (".", "package.entry.handler"),
    }


def test_one_file_is_a_project_of_one_function(make_project: MakeProject) -> None:
    root = make_project({"src/app.py": HANDLER, "src/other.py": HANDLER, "src/template.yaml": "Resources: {}"})

    project = load_project(root / "src" / "app.py")

    assert found(project) == {"src": (".", "app.handler")}
    assert project.problems == ()


def test_one_file_without_a_handler_says_what_to_write(make_project: MakeProject) -> None:
    project = load_project(make_project({"src/app.py": "x = 1\n"}) / "src" / "app.py")

    assert [str(problem) for problem in project.problems] == [
        (
            "app.py: no functions found in app.py "
            "(write def lambda_handler(event, context) in a .py file, or a template.yaml, or a lambdatui.toml)"
        )
    ]


def test_the_runtime_is_that_of_the_projects_virtual_environment(make_project: MakeProject) -> None:
    files = {"src/app.py": HANDLER, ".venv/pyvenv.cfg": "home = /usr\nversion_info = 3.13.2\n", ".git/HEAD": ""}
    root = make_project(files)

    (function,) = load_project(root / "src").functions

    assert function.runtime == "python3.13"
    assert function.origins["runtime"] == Origin(
        source=Source.DISCOVERED, file=str(root / ".venv" / "pyvenv.cfg"), line=2
    )


def test_without_a_virtual_environment_the_runtime_is_the_running_interpreters(make_project: MakeProject) -> None:
    (function,) = load_project(make_project({"src/app.py": HANDLER, ".git/HEAD": ""})).functions

    assert function.runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert function.origins["runtime"] == Origin(source=Source.DEFAULT)


SAM = "Resources:\n  Orders:\n    Type: AWS::Serverless::Function\n"


def test_projects_below_the_directory_are_named_because_their_files_are_not_read(make_project: MakeProject) -> None:
    root = make_project(
        {"a/lambdatui.toml": "", "b/template.yaml": SAM, "b/app.py": HANDLER, "c/template.yml": "x: 1\n"}
    )
    (problem,) = load_project(root).problems

    assert problem.message == "a/lambdatui.toml and b/template.yaml belong to projects of their own, and are not read"
    assert problem.hint == f"give a project's directory instead, such as {root / 'a'}"
    assert problem.severity is Severity.WARNING


def test_many_projects_below_the_directory_are_counted(make_project: MakeProject) -> None:
    root = make_project({f"{name}/template.yaml": SAM for name in "abcd"})
    (problem,) = load_project(root).problems

    assert problem.message == "a/template.yaml and 3 more belong to projects of their own, and are not read"
