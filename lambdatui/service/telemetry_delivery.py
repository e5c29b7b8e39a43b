"""Sends one subscribed extension its telemetry, to a listener inside the environment, with retries.

Knows nothing of the stream: it is given finished events, and told when the environment freezes and thaws. While it is
frozen nothing is sent, and what is due goes out with the thaw.
"""

import asyncio
from collections.abc import Callable, Iterable

from lambdatui.runtime_api.telemetry_batching import DROPPED_REASON, Batching, Dropped
from lambdatui.runtime_api.telemetry_subscription import SubscriptionSpec
from lambdatui.service.telemetry_senders import Sender, Undeliverable

RETRY_DELAYS_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Waits between the attempts for one payload; after the last one it is dropped."""
_NEWS_OF_LOSS = b'"type":"platform.logsDropped"'


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
        sender: Sender,
    ) -> None:
        self._batching = Batching(spec.buffering)
        self._monotonic = monotonic
        self._lost = lost
        self._sender = sender
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
