"""Programs of other people against the parts of the API beside /next and /response, unmodified."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aws_lambda_powertools.utilities.metadata import get_lambda_metadata
from aws_lambda_powertools.utilities.metadata.lambda_metadata import clear_metadata_cache
from botocore.credentials import ContainerProvider

from lambdatui.lifecycle import inputs
from tests.contract.runtime_api.door import ApiDoor

HANDLERS = """
from snapshot_restore_py import register_after_restore, register_before_snapshot

@register_before_snapshot
def before():
    print("before", flush=True)

@register_after_restore
def after():
    print("after", flush=True)

def handler(event, context):
    return event
"""
FAILS = HANDLERS.replace('print("after", flush=True)', 'raise ValueError("no way back")')

Start = Callable[[str], Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor(snap_start=True) as ready:
        yield ready


@pytest.fixture
async def start(door: ApiDoor, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts AWS's own runtime client for Python as SnapStart does."""
    started: list[asyncio.subprocess.Process] = []

    async def run(code: str) -> asyncio.subprocess.Process:
        (tmp_path / "app.py").write_text(code)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "awslambdaric",
            "app.handler",
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(tmp_path),
                "LAMBDA_TASK_ROOT": str(tmp_path),
                "AWS_LAMBDA_RUNTIME_API": door.api.address,
                "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_awslambdaric_is_restored_and_then_asks_for_its_first_event(door: ApiDoor, start: Start) -> None:
    process = await start(HANDLERS)
    assert process.stdout is not None
    asked = await door.came(inputs.RuntimeCalledRestoreNext)
    assert await process.stdout.readline() == b"before\n"
    door.api.answer_restore_next(asked.token)
    await door.came(inputs.RuntimeCalledNext)
    assert await process.stdout.readline() == b"after\n"


async def test_awslambdaric_reports_a_hook_that_fails_after_restore_and_ends(door: ApiDoor, start: Start) -> None:
    process = await start(FAILS)
    door.api.answer_restore_next((await door.came(inputs.RuntimeCalledRestoreNext)).token)
    error = await door.came(inputs.RuntimePostedRestoreError)
    assert error.error_type == "Runtime.AfterRestoreError"
    assert b"no way back" in error.payload
    door.api.accept(error.token)
    await process.communicate()
    assert process.returncode == 65


async def test_boto_finds_the_credentials(door: ApiDoor) -> None:
    provider = ContainerProvider(
        environ={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": door.api.credentials_uri,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": door.api.tokens.credentials,
        }
    )
    found = await asyncio.to_thread(lambda: provider.load().get_frozen_credentials())
    assert (found.access_key, found.secret_key, found.token) == ("ASIA", "s<cret", "t")


async def test_powertools_finds_the_zone(door: ApiDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    monkeypatch.setenv("AWS_LAMBDA_METADATA_API", door.api.address)
    monkeypatch.setenv("AWS_LAMBDA_METADATA_TOKEN", door.api.tokens.metadata)
    clear_metadata_cache()
    try:
        found = await asyncio.to_thread(get_lambda_metadata)
    finally:
        clear_metadata_cache()
    assert found.availability_zone_id == "use1-az1"
