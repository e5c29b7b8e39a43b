"""Every call of the API, damaged in every way: it is answered or its connection closed, and the next one is served."""

import random
from collections.abc import AsyncIterator

import pytest

from lambdatui.lifecycle import inputs
from lambdatui.lifecycle.inputs import Input
from lambdatui.runtime_api.runtime_api import RuntimeApi
from tests.contract.net.peer import Peer
from tests.contract.runtime_api.door import request

IDENTIFIER = b"Lambda-Extension-Identifier: 0f8fad5b-d9cb-469f-a165-70867728950e"
ERROR_TYPE = b"Lambda-Extension-Function-Error-Type: Extension.Mine"
SUBSCRIPTION = b'{"types":["platform"],"destination":{"protocol":"HTTP","URI":"http://sandbox:8080/"}}'
STREAM = (
    b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n3\r\none\r\n3\r\ntwo\r\n"
    b"0\r\nLambda-Runtime-Function-Error-Type: E\r\nLambda-Runtime-Function-Error-Body: e30=\r\n\r\n"
)
CALLS = (
    request("GET", "/2018-06-01/runtime/invocation/next"),
    request("POST", "/2018-06-01/runtime/invocation/r-1/response", b'{"a":1}', b"Content-Type: application/json"),
    request("POST", "/2018-06-01/runtime/invocation/r-1/error", b'{"errorType":"E"}'),
    request("POST", "/2018-06-01/runtime/init/error", b'{"errorType":"E"}'),
    request("GET", "/2018-06-01/runtime/restore/next"),
    STREAM,
    request("POST", "/2020-01-01/extension/register", b'{"events":["INVOKE"]}', b"Lambda-Extension-Name: mine"),
    request("GET", "/2020-01-01/extension/event/next", b"", IDENTIFIER),
    request("POST", "/2020-01-01/extension/init/error", b"", IDENTIFIER, ERROR_TYPE),
    request("PUT", "/2020-08-15/logs", SUBSCRIPTION, IDENTIFIER),
    request("GET", "/2021-04-23/credentials", b"", b"Authorization: x"),
    request("GET", "/2026-01-15/metadata/execution-environment", b"", b"Authorization: Bearer x"),
)
PING = request("GET", "/2018-06-01/ping")


def damaged(call: bytes, chance: random.Random) -> bytes:
    raw = bytearray(call)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw)) if raw else 0
        match chance.randrange(4):
            case 0:
                del raw[at:]
            case 1:
                raw[at : at + chance.randint(1, 9)] = b""
            case 2:
                raw[at:at] = bytes(chance.choices(b'\r\n:;%{}[]"\0\xff 019afA/-', k=chance.randint(1, 6)))
            case _:
                raw[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(raw)


class Agreeable:
    """An environment that accepts whatever it is asked for."""

    def __init__(self) -> None:
        self.seen = 0
        self.api = RuntimeApi(
            on_input=self._accept, stamp=lambda: 0.0, measure_memory=lambda _: None, generation=lambda: 1
        )

    def _accept(self, happened: Input) -> None:
        self.seen += 1
        if isinstance(happened, inputs.RuntimeBeganStreaming):
            self.api.read_stream(happened.token).collect()
        elif not isinstance(happened, inputs.RuntimeHungUp):
            self.api.accept(happened.token)  # type: ignore[attr-defined]


@pytest.fixture
async def environment() -> AsyncIterator[Agreeable]:
    ready = Agreeable()
    await ready.api.start()
    yield ready
    ready.api.close()


@pytest.mark.parametrize("seed", range(4))
async def test_damaged_calls_cost_a_connection_at_most(environment: Agreeable, seed: int) -> None:
    chance = random.Random(seed)
    port = int(environment.api.address.rpartition(":")[2])
    for number in range(200):
        peer = await Peer.connect(port)
        peer.write(damaged(chance.choice(CALLS), chance))
        if number % 4:
            peer.finish()
            await peer.rest()
        else:
            peer.reset()
        await peer.close()
    survivor = await Peer.connect(port)
    await survivor.send(PING)
    assert (await survivor.answer())[2] == b"pong"
    await survivor.close()
    assert environment.seen > 5
