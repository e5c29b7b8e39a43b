"""Stands where X-Ray's daemon stands on Lambda: a UDP port of the loopback that takes segments, one per engine.

What arrives becomes ``trace.segment`` records of the invocation it belongs to; nothing is sent anywhere. Datagrams
come from the functions' own code: they are checked, and more of them than can be told are dropped and counted.
"""

import asyncio
import logging
import socket
from dataclasses import replace

from lambdatui.model.records import TraceSegment
from lambdatui.service.clock import Clock
from lambdatui.telemetry.bus import Bus
from lambdatui.telemetry.folding import Folding
from lambdatui.telemetry.trace_index import TraceIndex
from lambdatui.telemetry.trace_segments import BadSegment, parse_datagram

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MAX_PER_S = 2_000
"""Datagrams of one second that are looked at; each may be 64 KiB."""


class XRayDaemon(asyncio.DatagramProtocol):
    """``start``, then give ``address`` to the functions, then ``close``. Everything on the event loop.

    Environments with a network of their own have it at a socket of theirs: see ``listen``.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._index = TraceIndex()
        self._invocations: Folding | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._window_s = 0.0
        self._in_window = 0
        self.dropped = 0
        """Datagrams that were no segments, or too many."""

    async def start(self) -> None:
        """Bind a free port. Raises OSError."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        self._transport = transport

    async def listen(self, receiving: socket.socket) -> asyncio.DatagramTransport:
        """At another socket as well, until the transport is closed. Raises OSError."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=receiving)
        return transport

    @property
    def port(self) -> int:
        """Raises RuntimeError before ``start``."""
        if self._transport is None:
            raise RuntimeError("the X-Ray daemon has no port before it is started")
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    @property
    def address(self) -> str:
        """As AWS_XRAY_DAEMON_ADDRESS has it."""
        return f"{HOST}:{self.port}"

    def close(self) -> None:
        """Idempotent."""
        if self._transport is not None:
            self._transport.close()
        if self._invocations is not None:
            self._bus.detach(self._invocations)
            self._invocations = None

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        if self._too_many():
            self.dropped += 1
            return
        try:
            segment = parse_datagram(data)
        except BadSegment as bad:
            self.dropped += 1
            _log.debug("a datagram for X-Ray was dropped: %s", bad)
            return
        self._publish(segment)

    def error_received(self, exc: Exception) -> None:
        _log.debug("X-Ray's port: %s", exc)

    def _too_many(self) -> bool:
        now = self._clock.monotonic()
        if now - self._window_s >= 1.0:
            self._window_s, self._in_window = now, 0
        self._in_window += 1
        return self._in_window > MAX_PER_S or self._bus.congested

    def _publish(self, segment: TraceSegment) -> None:
        self._learn()
        invoked = self._index.find(segment)
        if invoked is None:
            self._bus.publish(segment)
            return
        self._bus.publish(
            replace(segment, request_id=invoked.request_id),
            function=invoked.function,
            environment=invoked.environment,
        )

    def _learn(self) -> None:
        """The stream is read only once somebody traces."""
        if self._invocations is None:
            self._invocations = Folding("traces", self._learn)
            self._bus.add(self._invocations, after=0)
        self._index.learn(self._invocations.drain())
