"""The screen of a session's settings: what is changed stands out, is refused in words, undone, written."""

from pathlib import Path

import pytest
from textual.widgets import Input

from lambdatui.model.function import Function, Origin, Source
from lambdatui.model.ids import FunctionName
from lambdatui.tui.screens.settings import SettingsScreen
from lambdatui.tui.screens.workbench import Workbench
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import FakeClient

ORDERS = Function(
    name=FunctionName("orders-api"),
    runtime="python3.12",
    handler="app.handler",
    code_path=Path("/x"),
    memory_mb=256,
    environment={"STAGE": "prod", "API_TOKEN": "s3cret"},
    origins={"memory_mb": Origin(source=Source.TEMPLATE, file="template.yaml", line=12)},
)


def client() -> FakeClient:
    return FakeClient(views=pictures.idle(), shown_functions=(ORDERS,))


async def answer(bench: Desk, text: str) -> None:
    bench.app.screen.query_one(Input).value = text
    await bench.press("enter")


def row(bench: Desk, start: str) -> str:
    """Columns apart by one space."""
    rows = [" ".join(each.split()) for each in bench.rows("#setting-rows")]
    return next(each for each in rows if each.removeprefix("● ").startswith(start))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_settings_show_their_values_and_where_they_stand(size: tuple[int, int]) -> None:
    async with desk(client(), size) as bench:
        await bench.press("comma")
        assert row(bench, "memory") == "memory 256 MB template.yaml:12"
        assert row(bench, "timeout") == "timeout 3 s default"
        assert row(bench, "concurrency") == "concurrency – default"
        assert row(bench, "env.API_TOKEN").startswith("env.API_TOKEN ********")
        assert row(bench, "clock") == "clock 1× real time"
        assert row(bench, "reload") == "reload on save on"


async def test_changed_value_is_marked_with_what_the_files_say_and_undone() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "enter")
        await answer(bench, "512")
        assert row(bench, "memory") == "● memory 512 MB files: 256 MB template.yaml:12"
        assert fake.changed == {"memory_mb": "512"}
        await bench.press("u")
        assert row(bench, "memory") == "memory 256 MB template.yaml:12"


async def test_refused_value_is_told_in_lambdas_words_and_changes_nothing() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "enter")
        await answer(bench, "64")
        assert "Value '64' at 'memorySize' failed to satisfy constraint" in " ".join(bench.rows("#settings-said"))
        assert fake.changed == {}


async def test_variables_are_added_and_taken_away() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "n")
        await answer(bench, "LOG_LEVEL=DEBUG=1")
        assert row(bench, "env.LOG_LEVEL").startswith("● env.LOG_LEVEL DEBUG=1 not in the files")
        await bench.press("end", "up", "up", "x")
        assert fake.changed == {"environment.LOG_LEVEL": "DEBUG=1", "environment.STAGE": None}


async def test_what_is_no_variable_is_not_taken() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "n")
        await answer(bench, "LOG_LEVEL")
        assert "write NAME=value" in bench.text("#ask-notes")
        assert fake.changed == {}


async def test_secret_is_typed_anew_and_never_shown() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "down", "down", "down", "enter")
        field = bench.app.screen.query_one(Input)
        assert (field.value, field.password) == ("", True)
        await answer(bench, "other")
        assert fake.changed == {"environment.API_TOKEN": "other"}
        assert "other" not in bench.text("#setting-rows")


async def test_changes_are_written_and_named() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "enter")
        await answer(bench, "512")
        await bench.press("w")
        assert "✔ lambdatui.toml: memory written" in bench.text("#settings-said")
        await bench.press("w")
        assert "nothing to write" in bench.text("#settings-said")


async def test_secrets_are_not_written_and_it_is_said_where_they_belong() -> None:
    fake = client()
    fake.changed = {"memory_mb": "512", "environment.API_TOKEN": "other"}
    async with desk(fake) as bench:
        await bench.press("comma", "w")
        said = " ".join(bench.rows("#settings-said"))
        assert "env.API_TOKEN is secret: put it into .env" in said
        assert fake.changed == {"environment.API_TOKEN": "other"}


async def test_everything_is_undone_at_once() -> None:
    fake = client()
    fake.changed = {"memory_mb": "512", "environment.STAGE": "test"}
    async with desk(fake) as bench:
        await bench.press("comma", "U")
        assert fake.changed == {}
        assert "●" not in bench.text("#setting-rows")


async def test_clock_and_reload_are_the_engines() -> None:
    fake = client()
    async with desk(fake) as bench:
        await bench.press("comma", "end", "enter", "up", "enter")
        await answer(bench, "60")
        assert fake.engine_changes == [(None, False), (60.0, None)]


async def test_settings_are_left_by_escape() -> None:
    async with desk(client()) as bench:
        await bench.press("comma")
        assert isinstance(bench.app.screen, SettingsScreen)
        await bench.press("escape")
        assert isinstance(bench.app.screen, Workbench)
