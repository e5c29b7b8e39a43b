from pathlib import Path

from lambdatui.model.function import Problem
from lambdatui.project.syntax import check_syntax


def test_a_file_that_compiles_has_no_problem(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = '\\d'\n")  # an invalid escape is a warning, not an error

    assert check_syntax([tmp_path / "app.py"]) == ()


def test_a_syntax_error_is_told_with_its_line_and_text(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context)\n    return 1\n")

    assert check_syntax([tmp_path / "app.py"], tmp_path) == (
        Problem(
            message="syntax error: expected ':'",
            hint="the line reads: def handler(event, context)",
            file="app.py",
            line=1,
        ),
    )


def test_an_error_that_only_compiling_finds_is_told(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\nreturn x\n")

    (problem,) = check_syntax([tmp_path / "app.py"])

    assert (problem.message, problem.line) == ("syntax error: 'return' outside function", 2)


def test_bytes_that_are_no_source_are_told(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"x = 1\0\n")

    assert len(check_syntax([tmp_path / "app.py"])) == 1


def test_files_that_are_gone_or_not_python_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("(")

    assert check_syntax([tmp_path / "gone.py", tmp_path / "notes.txt"]) == ()
