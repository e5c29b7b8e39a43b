"""Which directories and zip files a function's layers are, and why one of them is not there."""

import os.path
from collections.abc import Iterator, Mapping
from pathlib import Path

from lambdatui.model.function import Severity
from lambdatui.project import checks
from lambdatui.project.checked_settings import CheckedSettings
from lambdatui.project.places import PROJECT_FILE_NAME, Places
from lambdatui.project.settings import LayerChoice, Refused, Setting

MAX_LAYERS = 5

Known = Mapping[str, Setting | None]
"""``[layers]`` of the project file; None: run without that one."""


def layers(checked: CheckedSettings, places: Places, known: Known) -> tuple[Path, ...]:
    """In the order they are merged. What is not on this machine is a warning, and the function runs without it."""
    settings = checked.draft.layers
    if not settings:
        return ()
    checked.origins["layers"] = settings[-1].origin
    if len(settings) > MAX_LAYERS:
        hint = f"{len(settings)} are listed; merge some of them"
        checked.problem(settings[MAX_LAYERS], f"Cannot reference more than {MAX_LAYERS} layers.", hint)
    _refuse_repeated(checked, settings)
    return tuple(path for setting in settings for path in _located(checked, setting, places, known))


def _located(checked: CheckedSettings, setting: Setting, places: Places, known: Known) -> Iterator[Path]:
    choice = setting.value
    if isinstance(choice, Refused):
        checked.problem(setting, choice.message, choice.hint)
        return
    if not isinstance(choice, LayerChoice):
        checked.problem(setting, "must be the ARN of a layer version", "write a list of ARNs, or !Ref LAYER")
        return
    name = next((name for name in choice.names if name in known), None)
    path: Path | Refused | None = choice.path
    if name is not None:
        given = known[name]
        if given is None:
            return
        setting, path = given, given.value if isinstance(given.value, Path) else None
    if isinstance(path, Refused):
        checked.problem(setting, path.message, path.hint)
    elif path is None:
        _report_elsewhere(checked, setting, choice)
    else:
        normal = Path(os.path.normpath(path))
        found = checked.attempt(setting, lambda: checks.code_path(normal, places.display(normal)))
        if found is not None:
            yield found


def _report_elsewhere(checked: CheckedSettings, setting: Setting, choice: LayerChoice) -> None:
    if setting.unresolved:
        part = setting.unresolved[0]
        message = f"layer {part.expression} {part.reason}; the function runs without it"
        hint = (
            part.hint or f"list local ones: layers = [...] under [functions.{checked.draft.id}] in {PROJECT_FILE_NAME}"
        )
    else:
        message = f"layer {choice.arn} is not on this machine; the function runs without it"
        hint = (
            f'say where it lies: "{choice.arn}" = "path/to/layer" under [layers] in {PROJECT_FILE_NAME}, '
            "or = false to do without"
        )
    checked.problem(setting, message, hint, Severity.WARNING)


def _refuse_repeated(checked: CheckedSettings, settings: tuple[Setting, ...]) -> None:
    seen: dict[str, str] = {}
    for setting in settings:
        choice = setting.value
        if not isinstance(choice, LayerChoice) or setting.unresolved:
            continue
        if choice.layer in seen:
            message = (
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[choice.layer]} and {choice.arn} are versions of the same layer."
            )
            checked.problem(setting, message, "remove one of them")
        seen[choice.layer] = choice.arn
