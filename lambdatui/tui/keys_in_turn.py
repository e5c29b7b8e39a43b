"""One key after the other: the next one waits until all that the one before it does is done. Pure bookkeeping.

Textual hands a key to what has the focus when it comes. Under load several keys come at once, and those behind one that
moves the focus would still go to the old place: ``/h`` would open the filter and then the history.
"""

from collections import deque

from textual.events import Event, Key
from textual.message import Message

LAPS = 3
"""So often it is followed: what a list tells its pane, and the pane then the screen, is heard by the last lap."""


MOTIONS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})
"""Keys that move within what has the focus: one that is held down is not slowed."""


class KeyDone(Message):
    """Follows a key along its way through the widgets, and so comes back when they are done with it.

    ``turn`` is the number of the key.
    """

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class KeysInTurn:
    """Keys are numbered. One is under way at most; the others wait in the order in which they came."""

    def __init__(self) -> None:
        self._turn = 0
        self._laps = 0
        self._latest: Event | None = None
        self._waiting: deque[Event] = deque()

    @property
    def turn(self) -> int:
        """The number of the latest key that went."""
        return self._turn

    def came(self, event: Event, *, typing: bool = False) -> bool:
        """Whether it may go on at once; else it waits. ``typing``: what has the focus takes text."""
        if self._waiting or (self._laps and not self._same_place(event, typing=typing)):
            self._waiting.append(event)
            return False
        return True

    def went(self, event: Event) -> int:
        """A key is on its way. Returns its number."""
        self._turn += 1
        self._laps = LAPS
        self._latest = event
        return self._turn

    def _same_place(self, event: Event, *, typing: bool) -> bool:
        """Neither moves the focus, so both go to the same widget, which takes them in order."""
        latest = self._latest
        if not isinstance(latest, Key) or not isinstance(event, Key):
            return False
        return (_is_motion(latest) and _is_motion(event)) or (typing and latest.is_printable and event.is_printable)

    def came_round(self, turn: int) -> bool:
        """It was followed once. Whether to follow it again; what comes late, of a key that was given up, is not."""
        if turn == self._turn and self._laps:
            self._laps -= 1
            return self._laps > 0
        return False

    def lost(self, turn: int) -> None:
        """Give it up, if it is still under way."""
        if turn == self._turn:
            self._laps = 0

    def next(self) -> Event | None:
        """Who goes on now, if anybody may."""
        return None if self._laps or not self._waiting else self._waiting.popleft()


def _is_motion(event: Key) -> bool:
    return event.key in MOTIONS
