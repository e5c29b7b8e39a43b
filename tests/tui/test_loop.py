"""Nothing that a key does may keep the screen's loop waiting: for a file, a process or a socket."""

import os
from pathlib import Path

import pytest

from lambdatui.tui.actions import Scope, of
from tests.tui.support import logs, pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient
from tests.tui.support.loop_watch import waiting_calls

HANDS_OVER = {"quit", "edit"}
"""End the program, or give the terminal to another one."""
PANES = (Scope.FUNCTIONS, Scope.ENVIRONMENTS, Scope.INVOKE, Scope.LOGS, Scope.REPORTS, Scope.SCRATCH)


@pytest.mark.parametrize("scope", [*PANES, Scope.WORKBENCH])
async def test_no_key_of_the_workbench_makes_the_screen_wait(scope: Scope) -> None:
    client = FakeClient(views=pictures.busy())
    async with desk(client) as bench:
        client.say(*logs.story())
        await bench.settle()
        with waiting_calls() as heard:
            for action in of(scope):
                if action.id in HANDS_OVER or not action.keys:
                    continue
                if scope in PANES:
                    await bench.pilot.press(str(PANES.index(scope) + 1))
                await bench.pilot.press(action.keys[0])
                while len(bench.app.screen_stack) > 1:
                    await bench.pilot.press("escape")
            await bench.settle()
        assert heard == []


async def test_a_flood_of_lines_makes_the_screen_wait_for_nothing() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        with waiting_calls() as heard:
            client.say(*logs.many(5_000))
            await bench.settle()
            await bench.press("4", "g", "G", "slash")
            await bench.type("line")
        assert heard == []


async def test_the_watch_hears_what_would_wait(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with waiting_calls() as heard:
        (tmp_path / "x").read_bytes()
        os.listdir(tmp_path)
    assert heard == [f"open {tmp_path / 'x'}", f"os.listdir {tmp_path}"]
