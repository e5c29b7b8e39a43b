"""The way to the Runtime API out of a network that has no other: what connects inside is passed on to the engine's
listener.

The listening socket was made inside and handed out; a socket stays in the network in which it was made.
"""

import asyncio
import contextlib
import socket

from lambdatui.sandbox.protocol import SandboxError

RUNTIME_API = "127.0.0.1:9001"
"""Where it is inside. Kept in step with ``runtimes/python/network.py``."""
VARIABLE = "AWS_LAMBDA_RUNTIME_API"
_CHUNK_BYTES = 65536


class RuntimeApiPassage:
    """Belongs to one place. ``fd`` is the listening socket, which becomes the passage's."""

    def __init__(self, fd: int) -> None:
        self._listener = socket.socket(fileno=fd)
        self._listener.setblocking(False)
        self._target: tuple[str, int] | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, sock=self._listener)

    def redirect(self, environ: dict[str, str]) -> None:
        """Have what gets these variables find the Runtime API here. Raises SandboxError for what is no address."""
        if (address := environ.get(VARIABLE)) is None:
            return
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise SandboxError(f"{VARIABLE} is {address!r}, which is not HOST:PORT")
        self._target = host, int(port)
        environ[VARIABLE] = RUNTIME_API

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._listener.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            if self._target is None:
                return
            try:
                api_reader, api_writer = await asyncio.open_connection(*self._target)
            except OSError:
                return
            with contextlib.closing(api_writer):
                self._writers |= {writer, api_writer}
                try:
                    await asyncio.gather(_copy(reader, api_writer), _copy(api_reader, writer))
                finally:
                    self._writers -= {writer, api_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # Either side may go at any time, with or without saying so.
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
