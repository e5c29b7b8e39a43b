"""Environments on standard output: a table, the sections of the screen without colours, or JSON."""

import time
from collections.abc import Mapping

from lambdatui.cli import output
from lambdatui.cli.trial_output import COLUMNS
from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.views import EnvironmentView
from lambdatui.telemetry.json_codec import encoder
from lambdatui.tui import environment_rows, extension_rows, figures, place_rows
from lambdatui.tui.spans import Line, flow, plain

HEADER = ("ID", "FUNCTION", "STATE", "FOR", "GENERATION", "INVOKES", "MEMORY", "REQUEST")
_ALL_COLUMNS = 100
_encode = encoder(EnvironmentDetail)


def row(view: EnvironmentView) -> tuple[str, ...]:
    """Frozen is not a phase, but what people want to know."""
    state = f"{view.phase} (frozen)" if view.frozen else view.phase.value
    memory = "-" if view.memory_used_mb is None else f"{view.memory_used_mb} MB"
    since = figures.age(time.time() - view.since_s)  # noqa: TID251 - for people who look now
    return (
        view.id,
        view.function,
        state,
        since,
        str(view.generation),
        str(view.invokes),
        memory,
        view.request_id or "-",
    )


def row_document(view: EnvironmentView) -> Mapping[str, object]:
    return {
        "id": view.id,
        "function": view.function,
        "phase": view.phase,
        "frozen": view.frozen,
        "since": view.since_s,
        "generation": view.generation,
        "invokes": view.invokes,
        "memoryUsedMB": view.memory_used_mb,
        "requestId": view.request_id,
        "reason": view.reason,
    }


def document(detail: EnvironmentDetail) -> str:
    return _encode(detail)


def show(detail: EnvironmentDetail) -> None:
    """Section by section; the last inputs at the end, where a terminal shows them."""
    output.line(f"Environment {detail.id} of {detail.function}")
    sections = (
        ("", environment_rows.machine(detail)),
        ("Extensions", extension_rows.extensions(detail, COLUMNS)),
        ("Processes", place_rows.processes(detail, _ALL_COLUMNS)),
        ("Variables", environment_rows.variables(detail)),
        ("Place", place_rows.place(detail, _ALL_COLUMNS)),
        ("Last inputs, newest first", environment_rows.inputs(detail, COLUMNS)),
    )
    for title, rows in sections:
        _section(title, rows)


def _section(title: str, rows: tuple[Line, ...]) -> None:
    output.line()
    if title:
        output.line(title)
    for line in rows:
        for part in flow((line,), COLUMNS) if output.is_terminal() else (line,):
            output.line(plain(part).rstrip())
