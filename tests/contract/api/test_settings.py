"""The settings' routes over a real listener and the real client: what they take, answer and refuse."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.client import EngineClient, EngineRefused
from lambdatui.net.listener import serve_unix
from tests.contract.api.wire import exchange, request_bytes
from tests.support.running import running, write_project

SOURCE = "def handler(event, context):\n    return event\n"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[EngineClient]:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        api = ApiServer(run.engine)
        listener = await serve_unix(tmp_path / "s", api.handle, LIMITS)
        async with EngineClient.unix(tmp_path / "s") as client:
            yield client
        listener.close()
        await listener.wait_closed()
        api.close()


async def test_change_answers_with_the_settings_as_they_are_then(client: EngineClient) -> None:
    before = {row.key: row for row in await client.settings("shop")}
    after = {row.key: row for row in await client.change_settings("shop", {"memory_mb": "512"})}
    assert not before["memory_mb"].changed
    assert (after["memory_mb"].value, after["memory_mb"].given, after["memory_mb"].changed) == ("512", "128", True)
    assert (await client.functions()).functions[0].memory_mb == 512


async def test_some_or_all_changes_are_undone(client: EngineClient) -> None:
    await client.change_settings("shop", {"memory_mb": "512", "timeout_s": "9", "environment.STAGE": "1"})
    left = await client.undo_settings("shop", ["memory_mb", "environment.STAGE"])
    assert [row.key for row in left if row.changed] == ["timeout_s"]
    assert not any(row.changed for row in await client.undo_settings("shop"))


async def test_written_settings_are_named(client: EngineClient) -> None:
    await client.change_settings("shop", {"memory_mb": "512"})
    written = await client.write_settings("shop")
    assert (written.file, written.written, written.kept) == ("lambdatui.toml", ("memory_mb",), ())


async def test_function_that_does_not_exist_is_refused_as_lambda_would(client: EngineClient) -> None:
    with pytest.raises(EngineRefused, match="Function not found: arn:aws:lambda") as refused:
        await client.settings("nope")
    assert (refused.value.status_code, refused.value.error_type) == (404, "ResourceNotFoundException")


async def test_clock_and_following_are_changed_together(client: EngineClient) -> None:
    await client.change_engine(speed=60, reloading=True)
    engine = (await client.snapshot()).engine
    assert (engine.speed, engine.reloading) == (60, True)


@pytest.mark.parametrize("speed", [0, -1, 1e300, 1e-300, 10**400])
async def test_speed_that_is_none_is_refused(client: EngineClient, speed: float) -> None:
    with pytest.raises(EngineRefused, match=r"'speed' is a number from 0\.001 to 100,000"):
        await client.change_engine(speed=speed)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[1]", "The body is a JSON object"),
        (b"{", "The body is not JSON"),
        (b"[" * 100_000, "The body is not JSON"),
        (b'{"memory_mb": 1.5}', "'memory_mb' is a text, a whole number or null, not 1.5"),
        (b'{"memory_mb": true}', "not true"),
    ],
)
async def test_bodies_that_are_no_changes_are_refused(tmp_path: Path, body: bytes, said: str) -> None:
    from lambdatui.net.listener import serve_tcp

    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        api = ApiServer(run.engine)
        listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
        answer = await exchange(
            listener.port, request_bytes("PATCH", "/lambdatui/v1/functions/shop/settings", body=body)
        )
        listener.close()
        await listener.wait_closed()
        api.close()
    assert answer.status == 400
    assert said in answer.json["message"]
