"""Doors and peers on both event loops; whatever a test opens is closed after it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
import uvloop

from lambdatui.net.limits import Limits, StreamedBodies
from lambdatui.net.listener import Listener, serve_tcp
from lambdatui.net.request import Handler
from tests.contract.net.peer import Peer


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The engine runs on uvloop, tests and one-shot commands may run on asyncio's own loop."""
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Listener]]]:
    listeners: list[Listener] = []

    async def start(handler: Handler, limits: Limits | None = None, streamed: StreamedBodies | None = None) -> Listener:
        listeners.append(await serve_tcp("127.0.0.1", 0, handler, limits, streamed=streamed))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[int], Awaitable[Peer]]]:
    peers: list[Peer] = []

    async def start(port: int) -> Peer:
        peers.append(await Peer.connect(port))
        return peers[-1]

    yield start
    for peer in peers:
        await peer.close()
