"""The settings of a session as rows of the screen: what is set, what the files say, and where. Pure."""

from lambdatui.model.settings import MEMORY_MB, RESERVED_CONCURRENCY, TIMEOUT_S, SettingView, variable_name, word_of
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, left, spread

SPEED = "engine.speed"
RELOADING = "engine.reloading"
_UNITS = {MEMORY_MB: " MB", TIMEOUT_S: " s"}
_HINTS = {
    MEMORY_MB: "MB, from 128 to 10240",
    TIMEOUT_S: "seconds, from 1 to 900",
    RESERVED_CONCURRENCY: "invokes at the same time; 0 throttles every one, empty reserves none",
    SPEED: "60 makes a minute of the service one second; timeouts and durations stay real",
}
_NAME_CELLS, _VALUE_CELLS = 24, 26


def setting_row(view: SettingView, room: int) -> Line:
    """What is the session's stands out, with what the files say beside it."""
    value_tone = "accent bold" if view.changed else "plain" if view.value is not None else "faint"
    name: Line = (
        ("● " if view.changed else "  ", "accent"),
        (left(clean(word_of(view.key)), _NAME_CELLS) + " ", "plain" if view.changed else "dim"),
        (left(_shown(view.key, view.value), _VALUE_CELLS) + " ", value_tone),
    )
    where = clean(view.origin)
    if not view.changed:
        return spread(name, ((where, "faint"),), room)
    if view.given is None and variable_name(view.key) is not None:
        return spread(name, (("not in the files", "dim"),), room)
    return spread(name, ((f"files: {_shown(view.key, view.given)}", "dim"), (f"  {where}", "faint")), room)


def engine_row(key: str, *, speed: float, reloading: bool) -> Line:
    if key == SPEED:
        value, tone = f"{speed:g}× real time", "plain" if speed == 1 else "accent bold"
    else:
        value, tone = ("on", "plain") if reloading else ("off", "accent bold")
    name = "clock" if key == SPEED else "reload on save"
    return (("  ", "plain"), (left(name, _NAME_CELLS) + " ", "dim"), (value, tone))


def hint(key: str) -> str:
    """What may be typed for a setting."""
    return _HINTS.get(key, "any text; 4 KB for all variables together")


def is_secret(view: SettingView) -> bool:
    """Its value is hidden, so it cannot be edited, only replaced."""
    return variable_name(view.key) is not None and "********" in (view.value or "", view.given or "")


def _shown(key: str, text: str | None) -> str:
    if text is None:
        return "–"
    return clean(text) + _UNITS.get(key, "") if text else '""'
