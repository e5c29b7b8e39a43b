"""Makes docs/keys.md and docs/images/*.svg: the workbench, attached to a real engine on the example project.

`python docs/screenshots.py` makes all of it, `python docs/screenshots.py keys` only the page of keys (a test demands
that it is not stale). Nothing in the pictures is drawn by hand or made up.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from textual.pilot import Pilot

from lambdatui.client import EngineClient
from lambdatui.tui import keys_page
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.screens.environment import EnvironmentScreen

DOCS = Path(__file__).resolve().parent
EXAMPLE = DOCS.parent / "examples" / "orders"
PATIENCE_S = 20.0


def write_keys() -> None:
    (DOCS / "keys.md").write_text(keys_page.markdown(), encoding="utf-8")


class Stage:
    """A running app and the few moves a picture needs."""

    def __init__(self, app: LambdatuiApp, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something to be on the screen; a picture without it would lie."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError("the example project did not do what the picture is about")
            await self.pilot.pause(0.05)
        await self.pilot.pause(0.2)

    async def invoke(self, times: int = 1, *, every_s: float = 0.0) -> None:
        for _ in range(times):
            await self.pilot.pause(every_s)
            reports = len(self.app.feed.views.reports)
            await self.pilot.press("ctrl+j")
            await self.until(lambda reports=reports: len(self.app.feed.views.reports) > reports)  # type: ignore[misc]  # bound per turn

    async def choose(self, sample: str) -> None:
        await self.pilot.press("ctrl+o")
        await self.pilot.pause(0.2)
        await self.pilot.press(*sample, "enter")
        await self.until(lambda: self.app.workbench.invoke.draft.sample == sample)

    def save(self, name: str) -> None:
        """Raises ValueError for a picture that tells where on this machine it was made."""
        folder = DOCS / "images"
        folder.mkdir(exist_ok=True)
        picture = self.app.export_screenshot(title="lambdatui")
        for place in (Path.home(), DOCS.parent):
            if str(place) in picture:
                raise ValueError(f"{name}.svg would show {place}")
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


@contextlib.asynccontextmanager
async def stage(url: str, size: tuple[int, int]) -> AsyncIterator[Stage]:
    async def connect() -> EngineClient:
        return EngineClient.tcp(url)

    app = LambdatuiApp(connect, wall=time.time)  # noqa: TID251  a picture shows the time it was made
    async with app.run_test(size=size) as pilot:
        running = Stage(app, pilot)
        await running.until(lambda: bool(app.workbench.invoke.draft.text))
        yield running


async def look_into_the_environment(scene: Stage) -> None:
    await scene.pilot.resize_terminal(160, 48)
    await scene.pilot.press("2", "enter")
    await scene.until(lambda: isinstance(scene.app.screen, EnvironmentScreen) and scene.app.screen.detail is not None)
    await scene.pilot.pause(0.5)
    scene.save("environment")
    await scene.pilot.press("escape", "1")
    await scene.pilot.resize_terminal(120, 40)


async def take_pictures(url: str, project: Path) -> None:
    async with stage(url, (120, 40)) as scene:
        scene.save("first-minute")
        await scene.pilot.press("down")
        await scene.until(lambda: bool(scene.app.workbench.invoke.draft.text))
        await scene.invoke(12, every_s=2.5)
        scene.save("workbench")
        await look_into_the_environment(scene)
        handler = project / "thumbnails" / "app.py"
        handler.write_text(handler.read_text() + "\n# saved in another window\n")
        await scene.until(lambda: any(view.reload for view in scene.app.feed.views.functions.values()))
        await scene.invoke()
        scene.save("reload")
        await scene.pilot.press("down")
        await scene.until(lambda: bool(scene.app.workbench.invoke.draft.text))
        await scene.choose("sqs-batch")
        await scene.invoke()
        await scene.pilot.press("4")
        scene.save("error")
        await scene.pilot.press("1", "b")
        await scene.pilot.pause(0.2)
        scene.save("sample-events")
    for size in ((80, 24), (200, 60)):
        async with stage(url, size) as scene:
            await scene.invoke(3)
            await scene.pilot.press("2")
            await scene.pilot.pause(0.2)
            scene.save(f"workbench-{size[0]}x{size[1]}")


def write_pictures() -> None:
    """In a home of its own, with this program installed below it: paths in the pictures begin with ``~``."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        project, installed = home / "orders", home / ".local" / "lib"
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns(".lambdatui"))
        shutil.copytree(DOCS.parent / "lambdatui", installed / "lambdatui")
        shutil.copytree(DOCS.parent / "sample_events", installed / "sample_events")
        os.environ |= {"HOME": str(home), "PYTHONPATH": str(installed)}
        command = [sys.executable, "-m", "lambdatui.cli", "serve", str(project), "--port", "0"]
        with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as engine:
            assert engine.stdout is not None
            try:
                ready = engine.stdout.readline().split()
                asyncio.run(take_pictures(ready[2], project))
            finally:
                engine.terminate()


if __name__ == "__main__":
    write_keys()
    if sys.argv[1:] != ["keys"]:
        write_pictures()
