"""The Extensions API on the wire: what an extension sends becomes an input, and is answered to the letter."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from lambdatui.lifecycle import extension_inputs as inputs
from lambdatui.runtime_api.extension_answers import FunctionIdentity
from tests.contract.runtime_api.door import ApiDoor, request
from tests.contract.runtime_api.stage import invocation

ID = b"0f8fad5b-d9cb-469f-a165-70867728950e"
ORDERS = FunctionIdentity(name="orders", version="$LATEST", handler="app.<handler>")
REGISTER = request("POST", "/2020-01-01/extension/register", b'{"events":["INVOKE"]}', b"Lambda-Extension-Name: mine")
NEXT = request("GET", "/2020-01-01/extension/event/next", b"", b"Lambda-Extension-Identifier: " + ID)


@pytest.fixture
async def door() -> AsyncIterator[ApiDoor]:
    async with ApiDoor() as ready:
        yield ready


async def test_registering_is_an_input_and_its_answer_names_the_function(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(REGISTER)
    happened = await door.came(inputs.ExtensionRegistered)
    assert (happened.at, happened.generation, happened.name, happened.events) == (7.0, 1, "mine", ("INVOKE",))
    assert not happened.wants_account_id
    door.api.answer_register(happened.token, happened.extension_id, ORDERS, None)
    status, headers, body = await peer.answer()
    assert status == 200
    assert headers["lambda-extension-identifier"] == happened.extension_id
    assert headers["content-type"] == "application/json"
    assert body == b'{"functionName":"orders","functionVersion":"$LATEST","handler":"app.\\u003chandler\\u003e"}\n'


async def test_the_account_comes_first_where_it_is_told(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(REGISTER.replace(b"Host: x", b"Lambda-Extension-Accept-Feature: accountId"))
    happened = await door.came(inputs.ExtensionRegistered)
    assert happened.wants_account_id
    door.api.answer_register(happened.token, happened.extension_id, ORDERS, "123456789012")
    assert (await peer.answer())[2].startswith(b'{"accountId":"123456789012","functionName":"orders",')


async def test_every_registration_gets_an_identifier_of_its_own(door: ApiDoor) -> None:
    identifiers = set()
    for _ in range(3):
        await (await door.connect()).send(REGISTER)
        identifiers.add((await door.came(inputs.ExtensionRegistered)).extension_id)
    assert {len(identifier) for identifier in identifiers} == {36}
    assert len(identifiers) == 3


async def test_an_invoke_event_tells_of_the_invoke_without_its_payload(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(NEXT)
    happened = await door.came(inputs.ExtensionCalledNext)
    assert (happened.extension_id, happened.memory_used_mb) == (ID.decode(), 31)
    event = replace(invocation(), trace_id="Root=1-5;Parent=2;Sampled=1")
    door.api.send_invoke_event(happened.token, event, 676051)
    status, headers, body = await peer.answer()
    assert (status, headers["content-type"]) == (200, "application/json")
    assert len(headers["lambda-extension-event-identifier"]) == 36
    assert body == (
        b'{"eventType":"INVOKE","deadlineMs":676051,"requestId":"r-1",'
        b'"invokedFunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:orders",'
        b'"tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-5;Parent=2;Sampled=1"}}'
    )


async def test_an_invoke_without_a_trace_says_nothing_of_tracing(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(NEXT)
    door.api.send_invoke_event((await door.came(inputs.ExtensionCalledNext)).token, invocation(), 1)
    assert b"tracing" not in (await peer.answer())[2]


async def test_a_shutdown_event_has_its_reason_and_no_header_of_its_own(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(NEXT)
    door.api.send_shutdown_event((await door.came(inputs.ExtensionCalledNext)).token, 676051, "spindown")
    status, headers, body = await peer.answer()
    assert (status, headers) == (200, {"content-type": "text/plain; charset=utf-8", "content-length": "72"})
    assert body == b'{"eventType":"SHUTDOWN","deadlineMs":676051,"shutdownReason":"spindown"}'


@pytest.mark.parametrize(
    ("leaf", "kind"),
    [("init", inputs.ExtensionPostedInitError), ("exit", inputs.ExtensionPostedExitError)],
)
async def test_an_error_is_an_input_with_its_type_and_is_accepted(
    door: ApiDoor, leaf: str, kind: type[inputs.ExtensionPostedInitError | inputs.ExtensionPostedExitError]
) -> None:
    peer = await door.connect()
    headers = (b"Lambda-Extension-Identifier: " + ID, b"Lambda-Extension-Function-Error-Type: Extension.Mine")
    await peer.send(request("POST", f"/2020-01-01/extension/{leaf}/error", b"anything", *headers))
    happened = await door.came(kind)
    assert (happened.extension_id, happened.error_type) == (ID.decode(), "Extension.Mine")
    door.api.accept(happened.token)
    assert await peer.answer() == (
        202,
        {"content-type": "application/json", "content-length": "16"},
        b'{"status":"OK"}\n',
    )


@pytest.mark.parametrize(
    ("raw", "error_type"),
    [
        (request("POST", "/2020-01-01/extension/register", b"{}"), "Extension.InvalidExtensionName"),
        (REGISTER.replace(b'{"events":["INVOKE"]}', b'{"events":["INVOKE"},'), "InvalidRequestFormat"),
        (REGISTER.replace(b"INVOKE", b"IMVOKE"), "Extension.InvalidEventType"),
        (request("GET", "/2020-01-01/extension/event/next"), "Extension.MissingExtensionIdentifier"),
        (NEXT.replace(ID, b"1"), "Extension.InvalidExtensionIdentifier"),
        (request("POST", "/2020-01-01/extension/init/error"), "Extension.MissingExtensionIdentifier"),
        (
            request("POST", "/2020-01-01/extension/exit/error", b"", b"Lambda-Extension-Identifier: " + ID),
            "Extension.MissingHeader",
        ),
    ],
)
async def test_what_needs_no_state_is_refused_at_the_edge(door: ApiDoor, raw: bytes, error_type: str) -> None:
    status, headers, body = await door.ask(raw)
    assert (status, headers["content-type"]) == (403, "application/json")
    assert body.endswith(b',"errorType":"%b"}\n' % error_type.encode())
    assert door.quiet


async def test_a_refusal_by_the_machine_is_an_error_document(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(NEXT)
    token = (await door.came(inputs.ExtensionCalledNext)).token
    door.api.refuse(token, 403, "Extension.UnknownExtensionIdentifier", f"Unknown extension {ID.decode()}")
    assert (await peer.answer())[2] == (
        b'{"errorMessage":"Unknown extension %b","errorType":"Extension.UnknownExtensionIdentifier"}\n' % ID
    )


async def test_an_extension_that_goes_away_while_it_waits_is_told_of(door: ApiDoor) -> None:
    peer = await door.connect()
    await peer.send(NEXT)
    token = (await door.came(inputs.ExtensionCalledNext)).token
    peer.reset()
    assert (await door.came(inputs.ExtensionHungUp)).token == token
    door.api.send_shutdown_event(token, 1, "spindown")  # nobody is there


async def test_a_method_of_no_use_is_refused_by_name(door: ApiDoor) -> None:
    status, headers, _ = await door.ask(request("GET", "/2020-01-01/extension/register"))
    assert (status, headers["allow"]) == (405, "POST")
