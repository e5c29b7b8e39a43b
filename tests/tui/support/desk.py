"""A workbench that runs against the scripted client, and the few things a test does with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widget import Widget

from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.workbench import Workbench
from lambdatui.tui.spans import plain
from lambdatui.tui.widgets.line_view import LineView
from tests.tui.support.fake_client import NOW_S, FakeClient


def make_app(client: FakeClient) -> LambdatuiApp:
    async def connect() -> FakeClient:
        await client.reachable.wait()
        return client

    return LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0)


async def settle(pilot: Pilot[int], client: FakeClient) -> None:
    """Wait until the screen heard everything, ran every errand that can end, and has nothing left to handle."""
    await client.heard()
    await pilot.pause()
    ending = ("sample:", "order:", "file:", "source", "older lines", "history", "environment:", "past invoke") + (
        () if client.gate is not None else ("invoke:",)
    )
    ending += ("experiment",) if client.try_out is not None else ()
    looking = CommandPalette._GATHER_COMMANDS_GROUP  # it goes through what it finds at a pace of its own
    errands = [each for each in pilot.app.workers if each.name.startswith(ending) or each.group == looking]
    if errands:
        await pilot.app.workers.wait_for_complete(errands)
    await pilot.pause()


@dataclass
class Desk:
    app: LambdatuiApp
    pilot: Pilot[int]
    client: FakeClient

    @property
    def bench(self) -> Workbench:
        return self.app.workbench

    async def settle(self) -> None:
        await settle(self.pilot, self.client)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Keys one after the other, as fast as they come."""
        await self.pilot.press(*text)
        await self.settle()

    def rows(self, where: str) -> list[str]:
        """What a view shows, row by row, without colours; ``where`` is its id."""
        view = self.app.screen.query_one(where, LineView)
        return [plain(view.row(index, view.room)).rstrip() for index in range(view.extent)]

    def text(self, where: str) -> str:
        return "\n".join(self.rows(where))

    def title(self, where: str) -> str:
        return str(self.app.screen.query_one(where, Widget).border_title)

    def subtitle(self, where: str) -> str:
        return str(self.app.screen.query_one(where, Widget).border_subtitle)

    @property
    def focused(self) -> str | None:
        return None if self.app.focused is None else self.app.focused.id


@asynccontextmanager
async def desk(client: FakeClient, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Desk]:
    app = make_app(client)
    async with app.run_test(size=size) as pilot:
        running = Desk(app, pilot, client)
        await running.settle()
        yield running
