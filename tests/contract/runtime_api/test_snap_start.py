"""Restore, credentials and metadata: the parts of the API that tell a process of its environment."""

import json
from collections.abc import AsyncIterator

import pytest

from lambdatui.lifecycle import inputs
from tests.contract.runtime_api.door import ApiDoor, request

RESTORE_NEXT = request("GET", "/2018-06-01/runtime/restore/next")
RESTORE_ERROR = request(
    "POST",
    "/2018-06-01/runtime/restore/error",
    b'{"errorType":"X"}',
    b"Lambda-Runtime-Function-Error-Type: Runtime.AfterRestoreError",
)
CREDENTIALS = "/2021-04-23/credentials"
METADATA = "/2026-01-15/metadata/execution-environment"


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor(snap_start=True) as ready:
        yield ready


@pytest.fixture
async def plain_door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor() as ready:
        yield ready


async def test_restore_next_waits_and_is_answered_without_a_body(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(RESTORE_NEXT)
    happened = await door.came(inputs.RuntimeCalledRestoreNext)
    door.api.answer_restore_next(happened.token)
    assert await peer.answer() == (200, {"content-length": "0"}, b"")


async def test_a_restore_error_is_an_input_with_its_document(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(RESTORE_ERROR)
    happened = await door.came(inputs.RuntimePostedRestoreError)
    assert (happened.error_type, happened.payload) == ("Runtime.AfterRestoreError", b'{"errorType":"X"}')
    door.api.accept(happened.token)
    assert (await peer.answer())[0] == 202


@pytest.mark.parametrize(
    "raw", [RESTORE_NEXT, RESTORE_ERROR, request("GET", CREDENTIALS), request("POST", CREDENTIALS)]
)
async def test_without_snap_start_there_is_no_such_path(plain_door: ApiDoor, raw: bytes) -> None:
    status, _, body = await plain_door.ask(raw)
    assert (status, body) == (404, b"404 page not found\n")
    assert plain_door.quiet


async def test_credentials_are_given_for_their_token(door: ApiDoor) -> None:
    token = b"Authorization: " + door.api.tokens.credentials.encode()
    status, _, body = await door.ask(request("GET", CREDENTIALS, b"", token))
    assert status == 200
    assert json.loads(body) == {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "s<cret",
        "Token": "t",
        "Expiration": "2030-01-01T00:00:00Z",
    }
    assert door.api.credentials_uri == f"http://{door.api.address}{CREDENTIALS}"


@pytest.mark.parametrize("headers", [(), (b"Authorization: other",)])
async def test_credentials_are_not_found_without_their_token(door: ApiDoor, headers: tuple[bytes, ...]) -> None:
    status, told, body = await door.ask(request("GET", CREDENTIALS, b"", *headers))
    assert (status, body) == (404, b"cannot get credentials for the provided token\n")
    assert told["content-type"] == "text/plain; charset=utf-8"


async def test_the_metadata_of_every_environment_name_its_zone(plain_door: ApiDoor) -> None:
    token = b"Authorization: Bearer " + plain_door.api.tokens.metadata.encode()
    status, headers, body = await plain_door.ask(request("GET", METADATA, b"", token))
    assert (status, body) == (200, b'{"AvailabilityZoneID":"use1-az1"}')
    assert headers["cache-control"] == "private, max-age=43200, immutable"


async def test_metadata_are_not_given_without_their_token(plain_door: ApiDoor) -> None:
    assert (await plain_door.ask(request("GET", METADATA)))[0] == 401
    assert (await plain_door.ask(request("POST", METADATA)))[0] == 405
