"""The engine's hands in the network of one place: sockets that were made inside, and handed out.

The first two come with the place; whoever is to connect to something inside asks the init process for another.
"""

import asyncio
import os
import socket
from collections import deque

from lambdatui.sandbox.process.channel import Channel, ChannelClosedError, Message

_LOOPBACK = "127.0.0.1"
_ANSWER_TIMEOUT_S = 5.0


class OwnNetwork:
    """Fulfils ``Network``. Belongs to one place; ``runtime_api_fd`` and ``xray_fd`` become its own."""

    def __init__(self, channel: Channel, runtime_api_fd: int, xray_fd: int) -> None:
        self._channel = channel
        self._sockets = [socket.socket(fileno=fd) for fd in (runtime_api_fd, xray_fd)]
        for each in self._sockets:
            each.setblocking(False)
        self.runtime_api, self.xray = self._sockets
        self._asked: deque[asyncio.Future[socket.socket]] = deque()

    async def dial(self, port: int) -> socket.socket:
        made = await self._new_socket()
        try:
            await asyncio.get_running_loop().sock_connect(made, (_LOOPBACK, port))
        except BaseException:
            made.close()
            raise
        return made

    def received(self, message: Message) -> None:
        """An answer of the init process; answers come in the order of the questions."""
        fds = self._channel.take_fds(1) if message.get("op") == "socket" else []
        asked = self._asked.popleft() if self._asked else None
        if asked is None or asked.done():
            for fd in fds:
                os.close(fd)
        elif fds:
            asked.set_result(socket.socket(fileno=fds[0]))
        else:
            asked.set_exception(OSError(str(message.get("why", "this engine may not have more open files"))))

    def close(self) -> None:
        """Sockets that somebody serves on by now are that one's to close; a second time does nothing."""
        for each in self._sockets:
            each.close()
        for asked in self._asked:
            asked.cancel()

    async def _new_socket(self) -> socket.socket:
        """Raises OSError; that it takes too long is one, too."""
        asked: asyncio.Future[socket.socket] = asyncio.get_running_loop().create_future()
        try:
            self._channel.send({"op": "socket"})
        except ChannelClosedError as error:
            raise ConnectionRefusedError(str(error)) from error
        self._asked.append(asked)
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            made = await asked
        made.setblocking(False)
        return made
