"""The smallest Runtime API: hands out one event and notes when its response came."""

import socket
import threading
import time
from types import TracebackType

EVENT = b"{}"
NEXT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 1\r\n"
    b"Lambda-Runtime-Deadline-Ms: 9999999999999\r\nLambda-Runtime-Invoked-Function-Arn: arn\r\n"
    b"Content-Length: 2\r\n\r\n" + EVENT
)
ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status":"OK"}\n'


class OneInvoke:
    """A context; ``answered_at`` blocks until the response was posted."""

    def __enter__(self) -> "OneInvoke":
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._answered = threading.Event()
        self._at = 0.0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()

    def answered_at(self) -> float:
        """A perf_counter reading."""
        if not self._answered.wait(10):
            raise RuntimeError("no response was posted")
        return self._at

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            handed_out = False
            while not self._answered.is_set():
                head = connection.recv(65536)
                if not head:
                    return
                if head.startswith(b"GET") and not handed_out:
                    handed_out = True
                    connection.sendall(NEXT)
                elif head.startswith(b"POST"):
                    self._at = time.perf_counter()
                    self._answered.set()
                    connection.sendall(ACCEPTED)
