"""The machine of one environment in rows, its last inputs, its variables and its /tmp. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lambdatui.model.environment_detail import (
    ArmedTimer,
    EnvironmentDetail,
    EnvironmentVariable,
    StepText,
)
from lambdatui.model.orders import EXPLAINED, Order
from lambdatui.model.phase import Phase
from lambdatui.model.records import ScratchFile
from lambdatui.model.views import EnvironmentView
from lambdatui.model.views import Span as PhaseSpan
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import EMPTY, Line, cells, left, right

_NAME = 12
_BAR = 12
_WIDE = 70
"""With fewer cells times are without the hour."""
_SHOWN_PHASES = 12
_TONES = {
    PhaseSpan.INIT: "init",
    PhaseSpan.INVOKE: "invoke",
    PhaseSpan.FROZEN: "frozen",
    PhaseSpan.RESET: "reset",
    PhaseSpan.KILLED: "killed",
}
_LED_TO = "   → "
_LONGEST_BAR_S = 10.0
"""A timer's bar is full at this or more: what is far away need not move."""


def machine(detail: EnvironmentDetail) -> tuple[Line, ...]:
    """Phase, what it waits for, timers, and which orders make sense."""
    found = detail.machine
    rows: list[Line] = [
        _fact("phase", f"{found.phase}: {found.stage}", "plain bold"),
        _fact("runtime", f"{found.runtime}, generation {found.generation}"),
    ]
    if found.request_id is not None and found.invoke_s is not None:
        rows.append(_fact("request", f"{clean(found.request_id)} for {figures.duration(found.invoke_s * 1000)}"))
    frozen = "no" if found.frozen_s is None else f"for {figures.age(found.frozen_s)}: nothing of it runs"
    rows.append(_fact("frozen", frozen, "frozen" if found.frozen_s is not None else "plain"))
    over = found.phase is Phase.DEAD
    if found.retiring:
        rows.append(_fact("ended" if over else "will end", clean(found.retiring), "warn"))
    unknown = "nobody measures it any more" if over else "not measured yet"
    known = f"{detail.memory_used_mb} of {detail.memory_mb} MB, the peak so far"
    rows.append(_fact("memory", unknown if detail.memory_used_mb is None else known))
    if found.dropped_inputs:
        rows.append(_fact("dropped", f"{found.dropped_inputs} inputs of what had ended already"))
    rows += [EMPTY, *_timers(detail.timers), EMPTY, *_orders(found.refusals), EMPTY]
    rows += [_fact("code", f"revision {detail.revision}"), _fact("log stream", clean(detail.log_stream))]
    return tuple(rows)


def phases(view: EnvironmentView, now_s: float) -> tuple[Line, ...]:
    """The last ones, newest first, and how long nothing of it ran."""
    frozen_ms = view.frozen_ms + ((now_s - view.since_s) * 1000 if view.frozen else 0)
    rows: list[Line] = [_fact("frozen", f"{figures.duration(frozen_ms)} in all: nothing ran in that time")]
    for segment in reversed(view.segments[-_SHOWN_PHASES:]):
        end_s = now_s if segment.end_s is None else segment.end_s
        rows.append(
            (
                (left(figures.clock(segment.start_s), 14), "dim"),
                (left(segment.span, 11), _TONES.get(segment.span, "plain")),
                (right(figures.duration((end_s - segment.start_s) * 1000), 9), "plain"),
                (f"   {figures.short_id(segment.request_id)}", "dim"),
            )
        )
    return tuple(rows)


def inputs(detail: EnvironmentDetail, room: int) -> tuple[Line, ...]:
    """The newest first; each with how long after the one before it, and the commands that it led to."""
    if not detail.steps:
        return ((("Nothing has happened to it yet.", "dim"),),)
    rows: list[Line] = []
    before: Sequence[StepText | None] = (None, *detail.steps[:-1])
    for step, earlier in reversed(tuple(zip(detail.steps, before, strict=True))):
        rows += _step(step, earlier, room)
    if (forgotten := detail.inputs - len(detail.steps)) > 0:
        rows.append(((f"{forgotten:,} earlier ones are forgotten", "faint"),))
    return tuple(rows)


def variables(detail: EnvironmentDetail) -> tuple[Line, ...]:
    """The function's own first."""
    if not detail.variables:
        return ((("None yet: it has no place.", "dim"),),)
    own = [_variable(each) for each in detail.variables if each.of_function]
    given = [_variable(each) for each in detail.variables if not each.of_function]
    return (*own, *((EMPTY,) if own else ()), *given)


def scratch(files: Iterable[ScratchFile], total_bytes: int) -> tuple[Line, ...]:
    """What is in its /tmp."""
    rows: list[Line] = [
        (
            (right("" if each.is_dir else figures.size(each.size_bytes), 9) + "  ", "dim"),
            (figures.day_time(each.modified_s) + "  ", "faint"),
            (clean(each.path) + ("/" if each.is_dir else ""), "info" if each.is_dir else "plain"),
        )
        for each in files
    ]
    return (*rows, ((f"{figures.size(total_bytes)} in all", "faint"),)) if rows else ((("Empty.", "dim"),),)


def _fact(name: str, value: str, tone: str = "plain") -> Line:
    return ((left(name, _NAME), "dim"), (value, tone))


def _timers(timers: Sequence[ArmedTimer]) -> Iterator[Line]:
    if not timers:
        yield _fact("timers", "none is armed", "dim")
    for timer in timers:
        filled = figures.bar(timer.remaining_s / _LONGEST_BAR_S, _BAR)
        left_s = f"{timer.remaining_s:.1f} s" if timer.remaining_s < 60 else figures.age(timer.remaining_s)
        yield ((left(timer.name, _NAME), "dim"), (filled, "info"), (f" {left_s} left", "plain"))


def _orders(refusals: Mapping[str, str]) -> Iterator[Line]:
    for order in Order:
        why = refusals.get(order, "")
        said = (f"not now: {clean(why)}", "faint") if why else (EXPLAINED[order], "dim")
        yield ((left(order, _NAME), "faint" if why else "accent"), said)


def _step(step: StepText, before: StepText | None, room: int) -> Iterator[Line]:
    name, _, rest = step.happened.partition(" ")
    since = "" if before is None else f"+{figures.duration((step.time_s - before.time_s) * 1000)}"
    yield (
        (figures.clock(step.time_s, short=room < _WIDE) + " ", "dim"),
        (right(since, 10) + "  ", "faint"),
        (clean(name), "accent" if name == "OrderGiven" else "plain bold"),
        (f" {clean(rest)}" if rest else "", "plain"),
    )
    said = ""
    for command in map(clean, step.commands):
        if said and cells(said) + cells(command) + len(_LED_TO) + 3 > room:
            yield ((_LED_TO, "faint"), (said, "dim"))
            said = ""
        said += f" · {command}" if said else command
    if said:
        yield ((_LED_TO, "faint"), (said, "dim"))


def _variable(variable: EnvironmentVariable) -> Line:
    shown = clean(variable.value) or '""'
    return (
        (clean(variable.name), "accent" if variable.of_function else "info"),
        ("=", "faint"),
        (shown, "warn" if variable.hidden else "plain"),
    )
