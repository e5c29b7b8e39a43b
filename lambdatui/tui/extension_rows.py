"""The extensions of one environment in rows: who they are, and what each was doing when. Pure."""

from collections.abc import Iterator, Sequence

from lambdatui.model.environment_detail import EnvironmentDetail, ExtensionLine, StateSpan
from lambdatui.model.machine_picture import ExtensionPicture
from lambdatui.tui import figures
from lambdatui.tui.sanitise import clean
from lambdatui.tui.spans import Line, Span, left

_STATES = {"Started": ("░", "dim"), "Registered": ("▒", "init"), "Ready": ("·", "dim"), "Running": ("█", "invoke")}


def extensions(detail: EnvironmentDetail, room: int) -> tuple[Line, ...]:
    """Each with its state and what it was doing, over as long as inputs are remembered."""
    found = detail.machine.extensions
    if not found and not detail.extension_lines:
        return ((("None: a layer brings them in its directory extensions/, or the runtime registers some.", "dim"),),)
    lines = {line.name: line for line in detail.extension_lines}
    starts = [line.spans[0].start_s for line in detail.extension_lines if line.spans]
    start_s = min(starts, default=detail.as_of_s)
    rows: list[Line] = []
    for extension in found:
        rows.append(_extension(extension))
        line = lines.pop(extension.name, ExtensionLine(name=extension.name))
        rows += _extension_line(line, start_s, detail.as_of_s, room)
    for line in lines.values():
        rows += [(("○ ", "dim"), (f"{clean(line.name)} is gone", "dim"))]
        rows += _extension_line(line, start_s, detail.as_of_s, room)
    if starts:
        rows.append(
            ((f"the last {figures.age(detail.as_of_s - start_s)}: ░ starts ▒ registered · waits █ works", "faint"),)
        )
    return tuple(rows)


def _extension(extension: ExtensionPicture) -> Line:
    failed = extension.error_type is not None or not extension.alive
    listens = f"  {extension.subscribed_by} API" if extension.subscribed_by else ""
    kind = "external" if extension.external else "internal"
    return (
        ("✖ " if failed else "● ", "bad" if failed else "ok"),
        (left(clean(extension.name), 20) + " ", "plain"),
        (left(clean(extension.state), 11), "bad" if failed else "ok"),
        (f"{kind} [{clean(', '.join(extension.events))}]{listens}", "dim"),
        (f"  {clean(extension.error_type)}" if extension.error_type else "", "bad"),
    )


def _extension_line(line: ExtensionLine, start_s: float, end_s: float, room: int) -> Iterator[Line]:
    cells = max(10, room - 4)
    if not line.spans or end_s <= start_s:
        return
    cell_s = (end_s - start_s) / cells
    yield (("  ", "plain"), *(_cell(line.spans, start_s + cell_s * index, cell_s) for index in range(cells)))
    if line.spans:
        yield (("  ", "plain"), (", ".join(_span(each, end_s) for each in line.spans[-4:]), "dim"))


def _cell(spans: Sequence[StateSpan], from_s: float, cell_s: float) -> Span:
    """Work is never lost among waiting, however short it was."""
    here = [each for each in spans if each.start_s < from_s + cell_s and (each.end_s is None or each.end_s > from_s)]
    if not here:
        return (" ", "plain")
    shown = max(here, key=lambda each: (each.state == "Running", each.state != "Ready"))
    return _STATES.get(shown.state, ("✖", "bad"))


def _span(span: StateSpan, now_s: float) -> str:
    took = figures.duration(((now_s if span.end_s is None else span.end_s) - span.start_s) * 1000)
    return f"{clean(span.state)} {took}"
