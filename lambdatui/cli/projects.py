"""The project a command is about: found, read, and its functions looked up, with failures in words for people."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lambdatui.cli import diagnostics
from lambdatui.cli.exit_codes import ExitCode
from lambdatui.cli.failures import CommandFailed
from lambdatui.model.function import Problem, Project, Severity
from lambdatui.project.places import ProjectNotFound, find_places


def project_root(path: Path) -> Path:
    """The directory whose engine serves ``path``; nothing is read yet."""
    try:
        return find_places(path).root
    except ProjectNotFound as error:
        raise CommandFailed(error.message, error.hint) from error


def read_project(
    path: Path, env_vars: Path | None = None, parameter_overrides: Mapping[str, str] | None = None
) -> Project:
    """Whatever the files contain comes back as functions and problems; only what is not there fails."""
    from lambdatui.project.load import load_project

    try:
        return load_project(path, env_vars_file=env_vars, parameter_overrides=parameter_overrides)
    except ProjectNotFound as error:
        raise CommandFailed(error.message, error.hint) from error


def tell_new_place(root: Path) -> None:
    """Say where the state is kept of a project that cannot be written to; once, before that place is made.

    Raises CommandFailed where it cannot be made either.
    """
    from lambdatui.cli.disk_failures import WRITE_ELSEWHERE
    from lambdatui.service.state_place import NAME, can_be_made, is_there, is_too_long, place_of

    place = place_of(root)
    if place != root / NAME and not is_there(place):
        if not can_be_made(place):
            message = f"neither {root} nor {place.parent} can be written to, and the history must be kept somewhere"
            raise CommandFailed(message, WRITE_ELSEWHERE, code=ExitCode.ENGINE)
        why = "the project's path is too long for a database" if is_too_long(root) else f"{root} cannot be written to"
        diagnostics.note(f"{why}; its history is kept in {place}")


def tell_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        diagnostics.problem(problem)


def tell_problems_of_invoke(project: Project, name: str) -> None:
    """Those of one function and of the whole project, without what only matters when it is deployed: ``ls``, ``serve``
    and the screen say that.
    """
    found = (each for each in project.problems if each.function in (name, None) and not each.when_deployed)
    tell_problems(found)


def tell_left_out(project: Project, name: str) -> None:
    """The function was not named because it is the only one that can run: why the others cannot."""
    errors = (each for each in project.problems if each.severity is Severity.ERROR)
    tell_problems(each for each in errors if each.function not in (name, None))


def refuse_unreadable(project: Project, named: Path) -> None:
    """A file that was named for this call must not be left out of it. Raises CommandFailed."""
    for problem in project.problems:
        is_it = problem.file is not None and (project.root / problem.file).absolute() == named.absolute()
        if is_it and problem.severity is Severity.ERROR:
            at = str(named) if problem.line is None else f"{named}:{problem.line}"
            raise CommandFailed(f"{at}: {problem.message}", problem.hint)


def has_errors(project: Project) -> bool:
    return any(problem.severity is Severity.ERROR for problem in project.problems)


def choose_function(wanted: str | None, names: Sequence[str], problems: Sequence[Problem]) -> str:
    """The name of the function to invoke; a project's only function need not be named."""
    if wanted is None:
        if len(names) == 1:
            return names[0]
        if not names:
            raise none_to_run(problems)
        raise CommandFailed("which function?", f"name one of: {', '.join(names)}")
    if wanted in names:
        return wanted
    broken = [problem for problem in problems if problem.function == wanted]
    if broken:
        tell_problems(broken)
        message = f"function '{wanted}' cannot run as it is configured"
        raise CommandFailed(message, "mend the line above, then try again")
    if not names:
        raise none_to_run(problems)
    raise CommandFailed(f"there is no function called '{wanted}'", _names_hint(wanted, names))


def check_known(path: Path, function: str) -> None:
    """Raises CommandFailed for a function that the project does not have; files with errors may hide some."""
    project = read_project(path)
    names = [each.name for each in project.functions]
    broken = [problem.function for problem in project.problems]
    if function not in (*names, *broken) and not has_errors(project):
        raise CommandFailed(f"there is no function called '{function}'", _names_hint(function, names))


def _names_hint(wanted: str, names: Sequence[str]) -> str:
    from lambdatui.project.close_match import did_you_mean

    guess = did_you_mean(wanted, names)
    listed = f"the project has: {', '.join(names)}"
    return f"{guess} {listed}" if guess else listed


def none_to_run(problems: Sequence[Problem]) -> CommandFailed:
    tell_problems(problems)
    return CommandFailed("the project has no function that can run", "`lambdatui ls` shows what was found")
