"""The frame around a pane: number, name and live state in the title; keys in the lower border."""

from typing import ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from lambdatui.tui import key_hints
from lambdatui.tui.actions import Scope
from lambdatui.tui.sanitise import clean
from lambdatui.tui.scene import Scene

BORDER_CELLS = 6


class Pane(Vertical):
    """``scene`` comes down from the screen; a subclass draws it and never asks a sibling."""

    NUMBER: ClassVar[int]
    TITLE: ClassVar[str]
    SCOPE: ClassVar[Scope]
    scene: reactive[Scene] = reactive(Scene, init=False, repaint=False)
    _titled: tuple[tuple[str, ...], str] | None = None

    def on_mount(self) -> None:
        self.add_class("pane")
        self.entitle()
        self.hint_keys()
        self.draw(self.scene)

    def on_resize(self) -> None:
        self.hint_keys()

    def hint_keys(self) -> None:
        """Name the pane's keys in its lower border."""
        self.border_subtitle = Content(key_hints.hint(self.SCOPE, self.hint_room))

    @property
    def hint_room(self) -> int:
        """Cells of the lower border that keys may take: without corners and the spaces around them."""
        return self.outer_size.width - BORDER_CELLS

    def watch_scene(self, scene: Scene) -> None:
        if self.is_mounted:
            self.draw(scene)

    def draw(self, scene: Scene) -> None:
        """Show this scene."""
        raise NotImplementedError

    def copy(self) -> str:
        """What the copy key takes from this pane; empty when there is nothing."""
        return ""

    def entitle(self, *state: str, tone: str = "$secondary") -> None:
        """Show ``state`` after the name: what this pane is about right now."""
        if (state, tone) == self._titled:
            return  # setting a title draws the whole pane anew
        self._titled = (state, tone)
        said = [(f" · {clean(part)}", tone) for part in state if part]
        self.border_title = Content.assemble(f"{self.NUMBER} {self.TITLE}", *said)

    def take_focus(self) -> None:
        """Focus the part of the pane that keys are for."""
        target = next((child for child in self.query("*") if child.focusable and child.display), None)
        if target is not None:
            # Not target.focus(), which happens later: the next key may have been typed already.
            self.screen.set_focus(target)
