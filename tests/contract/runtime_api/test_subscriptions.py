"""Subscriptions to telemetry on the wire, by either of the two APIs."""

from collections.abc import AsyncIterator

import pytest

from lambdatui.lifecycle.extension_inputs import ExtensionSubscribed, SubscriptionApi
from tests.contract.runtime_api.door import ApiDoor, request

ID = b"Lambda-Extension-Identifier: 0f8fad5b-d9cb-469f-a165-70867728950e"
DESTINATION = b'"destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080"}'
TELEMETRY = b'{"schemaVersion":"2022-12-13","types":["platform"],' + DESTINATION + b"}"
LOGS = b'{"types":["function","extension"],' + DESTINATION + b"}"


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor() as ready:
        yield ready


@pytest.mark.parametrize(
    ("path", "body", "api", "types"),
    [
        ("/2022-07-01/telemetry", TELEMETRY, SubscriptionApi.TELEMETRY, ("platform",)),
        ("/2020-08-15/logs", LOGS, SubscriptionApi.LOGS, ("function", "extension")),
    ],
)
async def test_a_subscription_is_an_input_and_its_answer_gives_what_was_asked_for(
    door: ApiDoor, path: str, body: bytes, api: SubscriptionApi, types: tuple[str, ...]
) -> None:
    peer = await door.connect()
    await peer.send(request("PUT", path, body, ID))
    happened = await door.came(ExtensionSubscribed)
    assert (happened.api, happened.types) == (api, types)
    spec = door.api.accept_subscription(happened.token)
    assert await peer.answer() == (200, {"content-type": "application/json", "content-length": "4"}, b'"OK"')
    assert spec is not None
    assert (spec.api, spec.types, spec.destination.port) == (api, types, 8080)


@pytest.mark.parametrize(
    ("raw", "status", "error_type"),
    [
        (request("PUT", "/2022-07-01/telemetry", TELEMETRY), 403, b"Extension.MissingExtensionIdentifier"),
        (request("PUT", "/2022-07-01/telemetry", b"{}", ID), 400, b"ValidationError"),
        (request("PUT", "/2020-08-15/logs", b"{}", ID), 400, b"Logs.ValidationError"),
    ],
)
async def test_a_wrong_subscription_is_refused_at_the_edge(
    door: ApiDoor, raw: bytes, status: int, error_type: bytes
) -> None:
    answered, _, body = await door.ask(raw)
    assert answered == status
    assert b'"errorType":"%b"' % error_type in body
    assert door.quiet


async def test_a_subscription_is_put_not_posted(door: ApiDoor) -> None:
    status, headers, _ = await door.ask(request("POST", "/2022-07-01/telemetry", TELEMETRY, ID))
    assert (status, headers["allow"]) == (405, "PUT")
