"""The workbench with a guide under it: prepares each step's function and event, and leaves the keys to the user."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatui.tui import actions
from lambdatui.tui.actions import Scope
from lambdatui.tui.demo_script import SAVE_STEP, STEPS, Step
from lambdatui.tui.feed import Feed
from lambdatui.tui.scene import Link
from lambdatui.tui.screens.workbench import Workbench
from lambdatui.tui.widgets.guide import Guide

if TYPE_CHECKING:
    from lambdatui.model.function import Problem
    from lambdatui.model.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """``save`` writes the handler of the reload step anew; ``place`` is its file, for people."""

    save: Callable[[], None]
    place: str


class DemoBench(Workbench):
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.DEMO)
    SCOPES: ClassVar[tuple[Scope, ...]] = (*Workbench.SCOPES, Scope.DEMO)

    def __init__(self, feed: Feed, wall: Callable[[], float], demo: Demo) -> None:
        super().__init__(feed, wall)
        self._demo = demo
        self._begun = False
        self.guide = Guide(demo.place)
        for step in STEPS:  # with an event of its own no function asks for the one that suits it best
            self.invoke.set_event(step.function, "{}", None)

    def compose(self) -> ComposeResult:
        *above, key_bar = super().compose()
        yield from above
        yield self.guide
        yield key_bar

    def show(self, views: "Views", link: Link, problems: "tuple[Problem, ...]" = ()) -> None:
        super().show(views, link, problems)
        if not self._begun and STEPS[0].function in views.functions:
            self._begun = True
            self._begin(number=0)
        elif self._begun and self.guide.look(views) and self.guide.step is not None:
            self._look_at(self.guide.step.looks[1])

    def action_next_step(self) -> None:
        """On, once the step is done; the step about saving is done by this key."""
        step = self.guide.step
        if step is None or not self._begun:
            return
        if self.guide.seen:
            self._begin()
        elif step is SAVE_STEP:
            self._demo.save()
        else:
            self.notify(f"press {step.press} first", timeout=2, markup=False)

    def _begin(self, *, number: int | None = None) -> None:
        self.guide.begin(self._feed.views, number=number)
        step = self.guide.step
        if step is not None:
            self.run_worker(self._prepare(step), name="demo", description="prepares a step of the demo")

    async def _prepare(self, step: Step) -> None:
        """Select its function, put its event in, and only then offer it."""
        if step.sample is None:
            self.invoke.set_event(step.function, step.event, None)
        else:
            await self.errands.take_sample(step.function, step.sample)
        self.stage(replace(self.scene, function=step.function))
        self.invoke.set_mode(step.mode)
        self._look_at(step.looks[0])
        self.guide.ready()

    def _look_at(self, pane: int) -> None:
        """A small screen shows one pane at a time: the one where it happens."""
        if self.has_class("-single"):
            self.action_pane(pane)
