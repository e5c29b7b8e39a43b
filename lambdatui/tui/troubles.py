"""What is wrong with the project and this machine, the worst first: notice, pane 1 and the list of problems. Pure.

The stream has the sentences; how bad each is, and which function it breaks, is known from the control API's problems.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.function import Problem, Severity
from lambdatui.model.ids import FunctionName
from lambdatui.model.views import EngineView
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.scene import Scene
from lambdatui.tui.spans import EMPTY, Line

_ISOLATION = (Capability.OWN_TMP, Capability.READ_ONLY_CODE, Capability.OWN_PROCESSES, Capability.KILL_TREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """``sentence`` says all of it; ``hint`` is what to do where that is known apart. An error stops a function."""

    sentence: str
    error: bool
    hint: str = ""
    function: FunctionName | None = None

    @property
    def tone(self) -> str:
        return "bad" if self.error else "warn"

    @property
    def glyph(self) -> str:
        return "✖ " if self.error else "⚠ "

    @property
    def line(self) -> Line:
        """All of it in one row."""
        text = " ".join(clean_rows(self.sentence + (f" ({self.hint})" if self.hint else "")))
        return ((self.glyph, f"{self.tone} bold"), (text, self.tone))


def troubles(scene: Scene) -> tuple[Trouble, ...]:
    """Errors before warnings, what is wrong with the selected function's last save before everything."""
    found = [*_broken_saves(scene), *_problems(scene), *_machine(scene.views.engine)]
    return tuple(sorted(found, key=lambda trouble: not trouble.error))


def first_error(scene: Scene) -> Trouble | None:
    """Why the selected function cannot run, where it cannot: what a broken save leaves standing is not meant."""
    if scene.all_functions or scene.function is None:
        return None
    return next((one for one in _problems(scene) if one.error and one.function == scene.function), None)


def unlisted(scene: Scene) -> tuple[Trouble, ...]:
    """Errors for which a function is missing from the list, once per function that is known by name."""
    first: dict[str, Trouble] = {}
    for trouble in _problems(scene):
        if trouble.error and trouble.function not in scene.views.functions:
            first.setdefault(trouble.function or trouble.sentence, trouble)
    return tuple(first.values())


def rows(found: Sequence[Trouble]) -> tuple[Line, ...]:
    """The whole list, to be scrolled."""
    made: list[Line] = []
    for trouble in found:
        name: Line = ((f"{clean(trouble.function)}  ", "plain bold"),) if trouble.function else ()
        first, *rest = clean_rows(trouble.sentence) or [""]
        made.append(((trouble.glyph, f"{trouble.tone} bold"), *name, (first, trouble.tone)))
        made += [(("  " + row, trouble.tone),) for row in rest]
        made += [(("  " + row, "dim"),) for row in clean_rows(trouble.hint)] if trouble.hint else []
        made.append(EMPTY)
    return tuple(made) or ((("Nothing is wrong.", "dim"),),)


def count(found: Sequence[Trouble]) -> str:
    """``1 problem``, ``4 problems``."""
    return "1 problem" if len(found) == 1 else f"{len(found)} problems"


def not_isolated(engine: EngineView) -> tuple[CapabilityReport, ...]:
    """What keeps environments apart on other machines, and does not on this one."""
    return tuple(report for report in engine.capabilities
                 if report.capability in _ISOLATION and report.enforcement is Enforcement.MISSING)  # fmt: skip


def _broken_saves(scene: Scene) -> Iterator[Trouble]:
    for view in sorted(scene.views.functions.values(), key=lambda view: view.name != scene.function):
        if view.reload is not None and view.reload.broken:
            yield Trouble(
                sentence=view.reload.broken,
                hint="the next invoke fails on it",
                error=True,
                function=view.name,
            )


def _problems(scene: Scene) -> Iterator[Trouble]:
    known = {str(problem): problem for problem in scene.problems}
    for sentence in scene.views.engine.problems:
        yield _trouble(sentence, known.get(sentence), None)
    for view in scene.views.functions.values():
        for sentence in view.problems:
            yield _trouble(sentence, known.get(sentence), view.name)


def _trouble(sentence: str, problem: Problem | None, function: FunctionName | None) -> Trouble:
    """Of a sentence that nothing is known about the worst is assumed."""
    if problem is None:
        return Trouble(sentence=sentence, error=True, function=function)
    return Trouble(
        sentence=sentence.removesuffix(f" ({problem.hint})"),
        hint=problem.hint,
        error=problem.severity is Severity.ERROR,
        function=problem.function or function,
    )


def _machine(engine: EngineView) -> Iterator[Trouble]:
    missing = not_isolated(engine)
    if missing:
        names = ", ".join(report.capability.value for report in missing)
        yield Trouble(sentence=f"not isolated: {names}", hint=missing[0].how, error=False)
