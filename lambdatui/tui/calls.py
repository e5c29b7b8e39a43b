"""Asking the engine for something, with a refusal as a value that a pane can show."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why it was not done, and what to do about it."""

    message: str
    hint: str = ""
    error_type: str = ""
    """AWS's exception name, where it was the engine that refused."""


NOT_ATTACHED = Refusal(message="not attached to an engine yet", hint="wait for the header to say so, then try again")


async def attempt(call: Awaitable[T]) -> T | Refusal:
    """The answer, or the engine's refusal. Anything else is a bug and raises."""
    from lambdatui.client import EngineRefused, EngineUnreachable  # see Feed.run

    try:
        return await call
    except EngineRefused as error:
        return Refusal(message=str(error), error_type=error.error_type)
    except EngineUnreachable as error:
        return Refusal(message=str(error), hint=getattr(error, "hint", "") or "")
