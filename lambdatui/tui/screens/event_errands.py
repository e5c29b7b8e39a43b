"""What is done with an event besides sending it once: many times, saved as a sample, for a version or an alias."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from textual.screen import Screen

from lambdatui.model.experiments import Experiment
from lambdatui.model.sample_name import complaint_of_sample_name
from lambdatui.model.series import NoPlan, SeriesPlan, Shot, read_plan
from lambdatui.telemetry.payload_redaction import holds_hidden
from lambdatui.tui.calls import Refusal
from lambdatui.tui.draft import Draft
from lambdatui.tui.ports import EngineClient
from lambdatui.tui.spans import Line

T = TypeVar("T")
CONFLICT = "ResourceConflictException"

_PLAN_NOTES: tuple[Line, ...] = (
    (("100", "accent"), ("          one after the other", "dim")),
    (("100 x8", "accent"), ("       eight at once", "dim")),
    (("100 @20/s", "accent"), ("    begun at a rate, also @30/m", "dim")),
    (("100 @20/s x8", "accent"), (" at a rate, at most eight at once", "dim")),
)
_NAME_NOTES: tuple[Line, ...] = ((("events/NAME.json of the project, in the list of events from then on", "dim"),),)
_QUALIFIER_NOTES: tuple[Line, ...] = ((("a version's number or an alias; empty sends to $LATEST unqualified", "dim"),),)


class Asks(Protocol):
    """Whoever has a client: the answer, or the engine's refusal."""

    async def __call__(self, call: Callable[[EngineClient], Awaitable[T]]) -> T | Refusal: ...


async def ask_plan(screen: Screen[None], function: str, before: SeriesPlan | None) -> SeriesPlan | None:
    """How often, at which rate, how many at once; None where it was given up."""
    from lambdatui.tui.screens.ask import Ask

    text = str(before) if before is not None else "100"
    asked = Ask(f"Repeat · {function}", text, notes=_PLAN_NOTES, complaint=_complaint_of_plan)
    given = await screen.app.push_screen_wait(asked)
    return None if given is None else read_plan(given)


async def ask_qualifier(screen: Screen[None], function: str, before: str | None) -> str | None:
    """None where it was given up, empty for none."""
    from lambdatui.tui.screens.ask import Ask

    asked = Ask(f"Version or alias · {function}", before or "", placeholder="$LATEST", notes=_QUALIFIER_NOTES)
    given = await screen.app.push_screen_wait(asked)
    return None if given is None else given.strip()


async def save_event(screen: Screen[None], ask: Asks, suggestion: str, body: bytes) -> str | Refusal | None:
    """The name it was saved under; None where it was given up. Asks before it takes another one's place."""
    from lambdatui.tui.screens.ask import Ask
    from lambdatui.tui.screens.dialogs import Question

    asked = Ask("Save the event as", suggestion, notes=_NAME_NOTES, complaint=complaint_of_sample_name)
    name = await screen.app.push_screen_wait(asked)
    if name is None:
        return None
    saved = await ask(lambda client: client.save_sample(name, body))
    if isinstance(saved, Refusal) and saved.error_type == CONFLICT:
        question = Question(f"Replace events/{name}.json?", "The project has an event of that name.", "replace")
        if not await screen.app.push_screen_wait(question):
            return None
        saved = await ask(lambda client: client.save_sample(name, body, replace=True))
    if isinstance(saved, Refusal):
        return saved
    screen.notify(f"Saved as {saved}", timeout=3, markup=False)
    if holds_hidden(body):
        hidden = "It has ******** where the history hid secrets: put in what the function needs."
        screen.notify(hidden, title=saved, severity="warning", timeout=10, markup=False)
    return name


def invoking(client: EngineClient, function: str, draft: Draft) -> Callable[[], Awaitable[Shot]]:
    """One invocation of a series, with the draft as it was when the series began."""
    from lambdatui.client import EngineRefused
    from lambdatui.client.series import refused_shot, shot

    payload, now = draft.text.encode(), asyncio.get_running_loop().time

    async def invoke() -> Shot:
        began_s = now()
        try:
            answer = await client.invoke(
                function,
                payload,
                invocation_type=draft.mode,
                qualifier=draft.qualifier,
                sample=draft.sent_sample,
                experiment=Experiment.SERIES,
            )
        except EngineRefused as error:
            return refused_shot(error)
        return shot(answer.status_code, answer.payload, answer.function_error, (now() - began_s) * 1000)

    return invoke


def _complaint_of_plan(text: str) -> str:
    try:
        read_plan(text)
    except NoPlan as error:
        return str(error)
    return ""
