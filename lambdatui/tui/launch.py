"""Runs the screen until the user leaves. The only name of this package that the command line needs."""

import os
from collections.abc import Callable
from pathlib import Path
from time import time  # noqa: TID251  the screen runs no service clock: it only counts what people see
from typing import TYPE_CHECKING

from lambdatui.tui import actions, keymap
from lambdatui.tui.own_keys import own_keys
from lambdatui.tui.ports import Connect
from lambdatui.tui.preferences import Preferences

if TYPE_CHECKING:
    from lambdatui.tui.screens.demo import Demo


def run(connect: Connect, *, wall: Callable[[], float] = time, demo: "Demo | None" = None) -> int:
    """Block until the user quits; returns the exit code (0, or 3 when the screen itself failed).

    ``connect`` gives a client that is not entered yet; the screen enters and leaves it, and calls ``connect`` again
    after the engine was lost. It raises EngineUnreachable while there is none.
    ``demo``: with the guide of ``lambdatui demo`` under the workbench.
    """
    preferences = Preferences.of_user(os.environ, Path.home())
    mine = own_keys(preferences)
    actions.adopt(keymap.remapped(actions.ACTIONS, mine.keys), mine.complaints)

    from lambdatui.tui.app import LambdatuiApp  # its bindings are made from the table of keys as it is now

    app = LambdatuiApp(
        connect,
        wall=wall,
        demo=demo,
        preferences=preferences,
        complaints=mine.complaints,
        tour=demo is None and not os.environ.get("CI"),
    )
    app.run()
    return 3 if app.return_code else 0
