"""One keep-alive HTTP/1.1 connection to the Runtime API: whole requests out, whole responses in.

Knows HTTP framing and reconnection, and nothing of invocations. `/next` may block for weeks: there are no timeouts.
"""

from __future__ import annotations

# The C module under `socket`: importing it costs nothing, and all that is missing here is a look-up of names.
from _socket import AF_INET, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, inet_aton, socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, NoReturn, Tuple, Union

    Body = Union[bytes, bytearray]  # a large one is not copied once more to make it bytes
    Response = Tuple[int, Dict[str, str], Body]

_RECEIVE_BYTES = 65_536
# Up to here joining head and body costs less than a gathering send.
_JOIN_BYTES = 65_536


class HttpConnection:
    """Connects at the first exchange, and again when the peer closed an idle connection."""

    __slots__ = ("_buffer", "_host", "_port", "_socket")

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._host = host.strip("[]")
        self._port = int(port)
        self._socket: socket | None = None
        self._buffer = b""

    def exchange(self, head: bytes, body: bytes = b"", repeatable: bool = False) -> Response:
        """Send one request and return (status, headers with lower-case names, body). Raises OSError.

        A `repeatable` request is sent again when a connection that has served before ends without an answer.
        """
        repeatable = repeatable and self._socket is not None
        try:
            return self._exchange(head, body)
        except ConnectionError:
            unanswered = not self._buffer
            self.close()
            if not (repeatable and unanswered):
                raise
        return self._exchange(head, body)

    def send(self, requests: bytes) -> None:
        """Send requests whose responses will be asked for one by one, by `receive`. Raises OSError."""
        self._connected().sendall(requests)

    def receive(self) -> Response:
        """The response to the oldest request that was sent and has none yet. Raises OSError.

        After a response that says so the connection is closed: requests sent behind it are lost.
        """
        try:
            return self._receive_response()
        except ConnectionError:
            self.close()
            raise

    @property
    def fd(self) -> int:
        """Of the connection, which is made if need be. Raises OSError."""
        return self._connected().fileno()

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = b""

    def _exchange(self, head: bytes, body: bytes) -> Response:
        connection = self._connected()
        if len(body) <= _JOIN_BYTES:
            connection.sendall(head + body)
        else:
            sent = connection.sendmsg((head, body))
            if sent < len(head):
                connection.sendall(head[sent:])
                sent = len(head)
            connection.sendall(memoryview(body)[sent - len(head) :])
        return self._receive_response()

    def _connected(self) -> socket:
        if self._socket is None:
            self._socket = _connect(self._host, self._port)
            self._socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        return self._socket

    def _receive_response(self) -> Response:
        end = self._buffer.find(b"\r\n\r\n")
        while end < 0:
            self._receive_more()
            end = self._buffer.find(b"\r\n\r\n")
        lines = self._buffer[:end].decode("utf-8", "surrogateescape").split("\r\n")
        self._buffer = self._buffer[end + 4 :]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._receive_body(headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(lines[0][9:12]), headers, body

    def _receive_body(self, headers: dict[str, str]) -> Body:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._receive_chunks()
        return self._receive_exactly(int(headers.get("content-length", 0)))

    def _receive_chunks(self) -> bytes:
        chunks = []
        while True:
            size = int(self._receive_line().partition(b";")[0], 16)
            if size == 0:
                break
            chunks.append(self._receive_exactly(size))
            self._receive_line()
        while self._receive_line():  # trailers
            pass
        return b"".join(chunks)

    def _receive_line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            self._receive_more()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _receive_exactly(self, size: int) -> Body:
        begin = self._buffer[:size]
        self._buffer = self._buffer[size:]
        filled = len(begin)
        if filled == size:
            return begin
        content = bytearray(size)
        content[:filled] = begin
        with memoryview(content) as view:
            while filled < size:
                filled += self._receive_into(view[filled:])
        return content

    def _receive_more(self) -> None:
        assert self._socket is not None
        self._buffer += self._socket.recv(_RECEIVE_BYTES) or _ended()

    def _receive_into(self, view: memoryview) -> int:
        assert self._socket is not None
        return self._socket.recv_into(view) or _ended()


def _ended() -> NoReturn:
    raise ConnectionResetError("the Runtime API closed the connection")


def _connect(host: str, port: int) -> socket:
    try:
        inet_aton(host)
    except OSError:
        from socket import create_connection

        return create_connection((host, port))
    connection = socket(AF_INET, SOCK_STREAM)
    connection.connect((host, port))
    return connection
