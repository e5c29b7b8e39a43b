"""Runs the screen until the user leaves. The only name of this package that the command line needs."""

from collections.abc import Callable
from time import time  # noqa: TID251  the screen runs no service clock: it only counts what people see
from typing import TYPE_CHECKING

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.ports import Connect

if TYPE_CHECKING:
    from lambdatui.tui.screens.demo import Demo


def run(connect: Connect, *, wall: Callable[[], float] = time, demo: "Demo | None" = None) -> int:
    """Block until the user quits; returns the exit code (0, or 3 when the screen itself failed).

    ``connect`` gives a client that is not entered yet; the screen enters and leaves it, and calls ``connect`` again
    after the engine was lost. It raises EngineUnreachable while there is none.
    ``demo``: with the guide of ``lambdatui demo`` under the workbench.
    """
    app = LambdatuiApp(connect, wall=wall, demo=demo)
    app.run()
    return 3 if app.return_code else 0
