"""Sends one subscribed extension its telemetry, to a listener inside the environment: HTTP or TCP, with retries.

Knows nothing of the stream: it is given finished events, and told when the environment freezes and thaws. While it is
frozen nothing is sent, and what is due goes out with the thaw.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from lambdatui.net.client import HttpClient
from lambdatui.runtime_api.telemetry_batching import DROPPED_REASON, Batching, Dropped
from lambdatui.runtime_api.telemetry_subscription import Destination, SubscriptionSpec
from lambdatui.runtime_api.telemetry_subscription import Protocol as Wire

HOST = "127.0.0.1"
"""What sandbox.localdomain is where an environment has no network of its own."""
RETRY_DELAYS_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Waits between the attempts for one payload; after the last one it is dropped."""
_ANSWER_BYTES = 64 * 1024
"""Nobody wants to know more of what a listener answers."""
_NEWS_OF_LOSS = b'"type":"platform.logsDropped"'


class Undeliverable(Exception):
    """An attempt failed; the message says how."""


class Sender(Protocol):
    async def send(self, events: list[bytes]) -> None:
        """One attempt. Raises OSError or Undeliverable."""

    def close(self) -> None: ...


class HttpSender:
    """A JSON array by POST, or by PUT where the Logs API was asked to."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._client = HttpClient.tcp(HOST, destination.port)

    async def send(self, events: list[bytes]) -> None:
        to = self._destination
        headers = b"Content-Type: application/json\r\n"
        body = b"[" + b",".join(events) + b"]"
        async with self._client.stream(to.method, to.target, headers, body) as answer:
            if answer.status >= 400:
                raise Undeliverable(f"HTTP request failed with status {answer.status}")
            size = 0
            async for piece in answer.chunks():
                size += len(piece)
                if size > _ANSWER_BYTES:
                    return

    def close(self) -> None:
        self._client.close()


class TcpSender:
    """One JSON text per line, over one connection as long as that lasts."""

    def __init__(self, destination: Destination) -> None:
        self._port = destination.port
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, events: list[bytes]) -> None:
        reader, writer = self._connection or (None, None)
        if reader is None or writer is None or reader.at_eof() or writer.is_closing():
            self.close()
            self._connection = reader, writer = await asyncio.open_connection(HOST, self._port)
        try:
            writer.write(b"\n".join(events) + b"\n")
            await writer.drain()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            self._connection = None


def sender_to(destination: Destination) -> Sender:
    return HttpSender(destination) if destination.protocol is Wire.HTTP else TcpSender(destination)


class Delivery:
    """One subscription. ``run`` is its task and ends by being cancelled; all else is called on the event loop.

    ``lost`` is told of events that the extension will never get, and why.
    """

    def __init__(
        self,
        spec: SubscriptionSpec,
        *,
        monotonic: Callable[[], float],
        lost: Callable[[Dropped, str], None],
        sender: Sender | None = None,
    ) -> None:
        self._batching = Batching(spec.buffering)
        self._monotonic = monotonic
        self._lost = lost
        self._sender = sender or sender_to(spec.destination)
        self._frozen = False
        self._wake = asyncio.Event()

    def offer(self, events: Iterable[bytes]) -> None:
        now = self._monotonic()
        for event in events:
            if self._batching.add(event, now):
                self._wake.set()

    def flush(self) -> None:
        """Send what waits at once."""
        self._batching.flush(self._monotonic())
        self._wake.set()

    def set_frozen(self, frozen: bool) -> None:
        self._frozen = frozen
        self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                await self._until_due()
                events = self._batching.take()
                await self._deliver(events)
                self._batching.sent()
                if (dropped := self._batching.take_dropped()).records:
                    self._lost(dropped, DROPPED_REASON)
        finally:
            self._sender.close()

    async def _until_due(self) -> None:
        while True:
            self._wake.clear()
            due_at = None if self._frozen else self._batching.due_at
            if due_at is not None and due_at <= self._monotonic():
                return
            await self._woken(None if due_at is None else due_at - self._monotonic())

    async def _deliver(self, events: list[bytes]) -> None:
        for delay_s in (*RETRY_DELAYS_S, None):
            try:
                await self._sender.send(events)
            except (OSError, Undeliverable) as error:
                if delay_s is None:
                    self._give_up(events, f"could not send events: {error}")
                    return
                await asyncio.sleep(delay_s)
                while self._frozen:
                    self._wake.clear()
                    await self._wake.wait()
            else:
                return

    def _give_up(self, events: list[bytes], why: str) -> None:
        """The news of an earlier loss is no loss, or there would be no end of them."""
        lost = [event for event in events if _NEWS_OF_LOSS not in event[:80]]
        if lost:
            self._lost(Dropped(len(lost), sum(map(len, lost))), why)

    async def _woken(self, within_s: float | None) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._wake.wait()
        except TimeoutError:
            return
