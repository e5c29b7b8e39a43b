"""A Runtime API on a real socket in front of nothing: the test is the machine, and answers what comes as it likes."""

import asyncio
from typing import Self, TypeVar

from lambdatui.lifecycle.inputs import Input
from lambdatui.runtime_api.instance_facts import Credentials
from lambdatui.runtime_api.runtime_api import RuntimeApi
from tests.contract.net.peer import PATIENCE_S, Peer

Happened = TypeVar("Happened", bound=Input)


class ApiDoor:
    """``generation`` may be changed; time stands still at 7. Memory is 31 MB when it is read, and 30 when it is not."""

    def __init__(self, *, snap_start: bool = False) -> None:
        self.generation = 1
        self._came: asyncio.Queue[Input] = asyncio.Queue()
        self._peers: list[Peer] = []
        self.api = RuntimeApi(
            on_input=self._came.put_nowait,
            stamp=lambda: 7.0,
            measure_memory=lambda has_same_peak: 30 if has_same_peak else 31,
            generation=lambda: self.generation,
            credentials=_credentials if snap_start else None,
        )

    async def __aenter__(self) -> Self:
        await self.api.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.api.close()
        for peer in self._peers:
            await peer.close()

    async def connect(self) -> Peer:
        self._peers.append(await Peer.connect(int(self.api.address.rpartition(":")[2])))
        return self._peers[-1]

    async def came(self, kind: type[Happened]) -> Happened:
        """The next input, which must be of this kind."""
        async with asyncio.timeout(PATIENCE_S):
            happened = await self._came.get()
        assert isinstance(happened, kind), happened
        return happened

    @property
    def quiet(self) -> bool:
        """Nothing came that the test did not look at."""
        return self._came.empty()

    async def ask(self, raw: bytes) -> tuple[int, dict[str, str], bytes]:
        """On a connection of its own, for what is answered at the edge."""
        peer = await self.connect()
        await peer.send(raw)
        return await peer.answer()


def _credentials() -> Credentials:
    return Credentials(
        access_key_id="ASIA", secret_access_key="s<cret", session_token="t", expiration="2030-01-01T00:00:00Z"
    )


def request(method: str, path: str, body: bytes = b"", *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    length = b"" if method == "GET" else b"Content-Length: %d\r\n" % len(body)
    return b"%b %b HTTP/1.1\r\nHost: x\r\n%b%b\r\n%b" % (method.encode(), path.encode(), length, lines, body)
