"""A Runtime API on a real socket in front of a real environment machine, with nothing in the sandbox but the test."""

import asyncio
from itertools import count
from typing import Self

from lambdatui.lifecycle import commands, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.stream_commands import ReadStream
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.runtime_api.runtime_api import RuntimeApi
from tests.contract.net.peer import PATIENCE_S, Peer

DEADLINE_MS = 1_700_000_000_123
NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"
OK = (202, "application/json", b'{"status":"OK"}\n')


def invocation(request_id: str = "r-1", payload: bytes = b'{"n":1}') -> Invocation:
    return Invocation(
        request_id=RequestId(request_id),
        function=FunctionName("orders"),
        payload=payload,
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders",
        timeout_s=3.0,
    )


def post(path: str, body: bytes = b"", *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"POST /2018-06-01/runtime/%b HTTP/1.1\r\nContent-Length: %d\r\n%b\r\n%b" % (
        path.encode(),
        len(body),
        lines,
        body,
    )


class Stage:
    """Does for the machine what a driver does, as far as the Runtime API is concerned. Time is a counter."""

    def __init__(self) -> None:
        self._clock = count()
        self.machine = Environment(
            Identity(function_name="orders", version="$LATEST", memory_mb=128, instance_id="stream")
        )
        self.seen: list[inputs.Input] = []
        self.results: asyncio.Queue[InvokeResult] = asyncio.Queue()
        self.idle = asyncio.Event()
        self._fed = asyncio.Event()
        self.api = RuntimeApi(
            on_input=self.feed,
            stamp=lambda: float(next(self._clock)),
            measure_memory=lambda _: 31,
            generation=lambda: self.machine.generation,
        )
        self._peers: list[Peer] = []

    async def __aenter__(self) -> Self:
        await self.api.start()
        self.feed(inputs.SandboxReady(at=0.0))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.api.close()
        for peer in self._peers:
            await peer.close()

    async def connect(self) -> Peer:
        self._peers.append(await Peer.connect(int(self.api.address.rpartition(":")[2])))
        return self._peers[-1]

    def feed(self, happened: inputs.Input) -> None:
        self.seen.append(happened)
        self._fed.set()
        for command in self.machine.handle(happened):
            match command:
                case commands.AnswerNext():
                    self.api.answer_next(command.token, command.invocation, DEADLINE_MS)
                case commands.AcceptPost():
                    self.api.accept(command.token)
                case commands.RefuseRequest():
                    self.api.refuse(command.token, command.status_code, command.error_type, command.message)
                case ReadStream():
                    self.api.read_stream(command.token).collect()
                case commands.AnswerCaller():
                    self.api.forget_event()
                    self.results.put_nowait(command.result)
                case commands.AnnounceIdle():
                    self.idle.set()

    async def saw(self, kind: type[inputs.Input]) -> None:
        """Until an input of this kind has come."""
        async with asyncio.timeout(PATIENCE_S):
            while not any(isinstance(happened, kind) for happened in self.seen):
                self._fed.clear()
                await self._fed.wait()

    async def became_idle(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.idle.wait()

    async def result(self) -> InvokeResult:
        """What the next caller to be answered gets."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.results.get()

    async def invoke(self, event: Invocation | None = None) -> None:
        """Assign an invocation as soon as the environment is idle."""
        await self.became_idle()
        self.idle.clear()
        self.feed(
            inputs.InvokeAssigned(
                at=float(next(self._clock)), epoch_s=1_700_000_000.0, invocation=event or invocation()
            )
        )

    async def running(self) -> Peer:
        """A runtime that has been handed the event ``r-1`` and has not answered."""
        peer = await self.connect()
        await peer.send(NEXT)
        await self.invoke()
        status, _, _ = await peer.answer()
        assert status == 200
        return peer


async def ask(peer: Peer, raw: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer."""
    await peer.send(raw)
    status, headers, body = await peer.answer()
    return status, headers.get("content-type", ""), body
