"""Pictures of the situations people meet, at the sizes they have. Pinned Textual; `--snapshot-update` after a look."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from lambdatui.model.function import Function, Origin, Source
from lambdatui.model.views import Views
from lambdatui.tui.app import LambdatuiApp
from lambdatui.tui.ports import EngineClient
from tests.tui.support import logs, pictures
from tests.tui.support.desk import make_app, settle
from tests.tui.support.details import DETAIL
from tests.tui.support.fake_client import NOW_S, FakeAnswer, FakeClient

Compare = Callable[..., bool]
Act = Callable[[Pilot[int]], Awaitable[None]]

ERROR = FakeAnswer(
    function_error="Unhandled",
    payload=b'{"errorMessage":"order 8813 has no items","errorType":"ValueError","stackTrace":'
    b'["  File \\"/var/task/app.py\\", line 41, in lambda_handler\\n    return create(order)\\n"]}',
)
ANSWER = FakeAnswer(
    payload=b'{"statusCode":200,"headers":{"content-type":"application/json"},'
    b'"body":"{\\"orders\\":[{\\"id\\":8812,\\"total\\":41.5}]}"}'
)


def acting(client: FakeClient, *keys: str, story: bool = True) -> Act:
    async def act(pilot: Pilot[int]) -> None:
        await settle(pilot, client)
        if story:
            client.say(*logs.story())
        await settle(pilot, client)
        for key in keys:
            await pilot.press(key)
        await settle(pilot, client)

    return act


def same(snap_compare: Compare, client: FakeClient, size: tuple[int, int], act: Act) -> bool:
    return snap_compare(make_app(client), terminal_size=size, run_before=act)


@pytest.mark.parametrize("size", [(120, 30), (120, 40), (200, 60)], ids=["120x30", "120x40", "200x60"])
def test_busy_morning(snap_compare: Compare, size: tuple[int, int]) -> None:
    client = FakeClient(views=pictures.busy(), answer=ANSWER)
    assert same(snap_compare, client, size, acting(client, "ctrl+j"))


@pytest.mark.parametrize("key", ["2", "4"], ids=["environments", "logs"])
def test_busy_morning_on_80x24(snap_compare: Compare, key: str) -> None:
    client = FakeClient(views=pictures.busy())
    assert same(snap_compare, client, (80, 24), acting(client, key))


def test_error_of_a_function_on_80x24(snap_compare: Compare) -> None:
    client = FakeClient(views=pictures.idle(), answer=ERROR)
    assert same(snap_compare, client, (80, 24), acting(client, "3", "ctrl+j"))


@pytest.mark.parametrize("views", [pictures.empty(), pictures.idle()], ids=["no_functions", "nothing_has_run"])
def test_first_minute(snap_compare: Compare, views: Views) -> None:
    client = FakeClient(views=views)
    assert same(snap_compare, client, (120, 40), acting(client, story=False))


def test_first_paint_before_the_engine_answers(snap_compare: Compare) -> None:
    async def connect() -> EngineClient:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def act(pilot: Pilot[int]) -> None:
        await pilot.pause()

    app = LambdatuiApp(connect, wall=lambda: NOW_S, frame_s=0)
    assert snap_compare(app, terminal_size=(120, 40), run_before=act)


@pytest.mark.parametrize(
    "views",
    [pictures.broken_save(), pictures.not_isolated()],
    ids=["save_does_not_compile", "machine_without_isolation"],
)
def test_trouble(snap_compare: Compare, views: Views) -> None:
    client = FakeClient(views=views)
    assert same(snap_compare, client, (120, 40), acting(client, "4"))


def test_functions_that_could_not_be_listed(snap_compare: Compare) -> None:
    client = FakeClient(views=pictures.some_broken(), problems=pictures.PROBLEMS)
    assert same(snap_compare, client, (120, 30), acting(client, story=False))


@pytest.mark.parametrize("keys", [("b",), ("2", "k")], ids=["sample_events", "kill_asks"])
def test_dialog(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    client = FakeClient(views=pictures.busy())
    assert same(snap_compare, client, (120, 40), acting(client, *keys))


def test_settings_of_a_session(snap_compare: Compare) -> None:
    orders = Function(
        name=pictures.API,
        runtime="python3.12",
        handler="app.handler",
        code_path=Path("/x"),
        environment={"API_TOKEN": "s3cret", "STAGE": "prod"},
        origins={"memory_mb": Origin(source=Source.TEMPLATE, file="template.yaml", line=12)},
    )
    changes = {"memory_mb": "512", "environment.LOG_LEVEL": "DEBUG"}
    client = FakeClient(views=pictures.idle(), shown_functions=(orders,), changed={**changes})
    assert same(snap_compare, client, (100, 24), acting(client, "comma", story=False))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_environment_with_the_lid_off(snap_compare: Compare, size: tuple[int, int]) -> None:
    client = FakeClient(views=pictures.busy(), details={"e1a": DETAIL})
    assert same(snap_compare, client, size, acting(client, "2", "home", "enter", story=False))


def test_moment_that_was_picked(snap_compare: Compare) -> None:
    client = FakeClient(views=pictures.busy())
    assert same(snap_compare, client, (120, 40), acting(client, "2", "left_square_bracket", "left_square_bracket"))


def test_help(snap_compare: Compare) -> None:
    client = FakeClient(views=pictures.busy())
    assert same(snap_compare, client, (120, 40), acting(client, "question_mark", *["down"] * 4))
