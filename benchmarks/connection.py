"""One keep-alive connection that invokes, as lean as a caller can be."""

import socket

INVOKE_PATH = "/2015-03-31/functions/{function}/invocations"


class Connection:
    """Blocking; one request at a time."""

    def __init__(self, port: int, function: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(60)
        self._path = INVOKE_PATH.format(function=function)
        self._rest = b""

    def invoke(self, payload: bytes = b"{}") -> bytes:
        """The response body. Raises RuntimeError unless it is a 200 without a function error."""
        self.send(payload)
        return self.receive()

    def send(self, payload: bytes = b"{}") -> None:
        """The first half of ``invoke``."""
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(payload)}\r\n\r\n"
        ).encode()
        self._socket.sendall(head + payload)

    def receive(self) -> bytes:
        """The second half of ``invoke``; blocks."""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._receive()
        raw, self._rest = self._rest.split(b"\r\n\r\n", 1)
        if b" 200 " not in raw.split(b"\r\n", 1)[0] or b"function-error" in raw.lower():
            raise RuntimeError(f"{raw.decode()}\n{self._rest[:500]!r}")
        return self._body(raw.lower())

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def _body(self, head: bytes) -> bytes:
        if b"transfer-encoding: chunked" in head:
            return self._chunked()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        chunks, have = [self._rest], len(self._rest)
        while have < length:
            chunks.append(self._receive())
            have += len(chunks[-1])
        whole = b"".join(chunks)
        body, self._rest = whole[:length], whole[length:]
        return body

    def _chunked(self) -> bytes:
        while not self._rest.endswith(b"0\r\n\r\n"):
            self._rest += self._receive()
        body, self._rest = self._rest, b""
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise RuntimeError("the server closed the connection")
        return data
