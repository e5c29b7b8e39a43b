"""What a session changed, put over the functions as the files have them: checked as UpdateFunctionConfiguration would.

Pure. ``origins`` of a changed value say ``session``.
"""

from collections.abc import Mapping
from dataclasses import replace

from lambdatui.model.function import Function, Origin, Source
from lambdatui.model.settings import NUMBERS, RESERVED_CONCURRENCY, Changes, SettingView, variable_key, variable_name
from lambdatui.project import checks
from lambdatui.project.checks import Refusal
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.settings import Setting
from lambdatui.telemetry.redaction import redacted

_ORIGIN = Origin(source=Source.SESSION)


def check(function: Function, changes: Changes) -> None:
    """Raise Refusal for what Lambda would not take, in its words. ``function`` is as the files have it."""
    for key, text in changes.items():
        if key in NUMBERS:
            if text is not None:
                checks.number_check(key)(text)
            elif key != RESERVED_CONCURRENCY:
                raise Refusal(f"{key} cannot be taken away", "give it a number, or undo the change")
        elif not variable_name(key):
            known = [*NUMBERS, variable_key("NAME")]
            raise Refusal(f"there is no setting called {key!r}", did_you_mean(key, known) or f"use {', '.join(known)}")
    variables = over(function, changes).environment
    settings = {name: Setting(value=text, origin=_ORIGIN, key=name) for name, text in variables.items()}
    mine = {name for key in changes if (name := variable_name(key))}
    for problem in checks.environment(settings, function.name):
        if problem.key in mine or "4KB" in problem.message:
            raise Refusal(problem.message, problem.hint)


def over(function: Function, changes: Changes) -> Function:
    """The function with changes that were checked."""
    if not changes:
        return function
    numbers = {key: None if text is None else int(text) for key, text in changes.items() if key in NUMBERS}
    variables = {name: text for key, text in changes.items() if (name := variable_name(key))}
    environment = {**function.environment, **variables}
    return replace(
        function,
        **numbers,  # type: ignore[arg-type]
        environment={name: text for name, text in environment.items() if text is not None},
        origins={**function.origins, **dict.fromkeys(changes, _ORIGIN)},
    )


def text_of(function: Function, key: str) -> str | None:
    """The value of a setting; None where it is not set."""
    name = variable_name(key)
    if name is not None:
        return function.environment.get(name)
    number = getattr(function, key)
    return None if number is None else str(number)


def differing(function: Function, changes: Changes) -> Changes:
    """Those that say something else than the files."""
    return {key: text for key, text in changes.items() if text_of(function, key) != text}


def secrets(function: Function, changes: Changes) -> tuple[str, ...]:
    """Keys of values that are hidden wherever they are shown: they go into the project's file only for who asks, or
    where it has the variable in plain already. To take one away tells nothing.
    """
    return tuple(
        key
        for key, text in changes.items()
        if _shown(key, text) != text and not _stands_in_the_project_file(function, key)
    )


def _stands_in_the_project_file(function: Function, key: str) -> bool:
    origin = function.origins.get(key)
    return origin is not None and origin.source is Source.PROJECT_FILE


def rows(function: Function, changes: Changes) -> tuple[SettingView, ...]:
    """Every setting: numbers first, then the variables by their names, those that were taken away included."""
    changed = over(function, changes)
    names = sorted({*function.environment, *changed.environment})
    return tuple(_row(function, changed, key, changes) for key in (*NUMBERS, *map(variable_key, names)))


def _row(function: Function, changed: Function, key: str, changes: Mapping[str, str | None]) -> SettingView:
    origin = function.origins.get(key)
    return SettingView(
        key=key,
        value=_shown(key, text_of(changed, key)),
        given=_shown(key, text_of(function, key)),
        origin=str(origin or Source.DEFAULT),
        changed=key in changes,
    )


def _shown(key: str, text: str | None) -> str | None:
    name = variable_name(key)
    return text if name is None or text is None else redacted({name: text})[name]
