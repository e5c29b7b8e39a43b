"""A place without a network: itself, the Runtime API, and nothing else."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from lambdatui.sandbox.protocol import Network
from tests.contract.sandbox.stage import Stage, StagedEnvironment

pytestmark = pytest.mark.parametrize(
    "isolation", [pytest.param("namespaces", marks=pytest.mark.namespaces)], indirect=True
)
ASK = (
    "import http.client, os\n"
    "asked = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
    "for _ in range(2):\n"
    "    asked.request('GET', '/2018-06-01/runtime/invocation/next')\n"
    "    print(asked.getresponse().read().decode())"
)
CONNECT = (
    "import socket\n"
    "try:\n    socket.create_connection(({host!r}, {port}), timeout=5)\n"
    "except OSError as error:\n    print(error.errno, error.strerror)"
)


INSIDE = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}


@dataclass
class ApiStandin:
    """Answers every request of a connection that stays open."""

    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode().split()[1])
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevent")
        except asyncio.IncompleteReadError:
            writer.close()


@asynccontextmanager
async def api_of(*environments: StagedEnvironment) -> AsyncIterator[ApiStandin]:
    standin = ApiStandin()
    async with AsyncExitStack() as servers:
        for environment in environments:
            server = await asyncio.start_server(standin.answer, sock=network_of(environment).runtime_api)
            await servers.enter_async_context(server)
        yield standin


def network_of(environment: StagedEnvironment) -> Network:
    assert environment.sandbox.network is not None
    return environment.sandbox.network


@pytest.fixture
async def environment(stage: Stage) -> StagedEnvironment:
    return await stage.environment(replace(stage.spec(sys.executable), network=False))


async def test_place_that_shares_this_machines_network_has_none_of_its_own(stage: Stage) -> None:
    environment = await stage.environment(stage.spec(sys.executable))
    assert environment.sandbox.network is None


async def test_runtime_api_answers_over_a_connection_that_stays_open(environment: StagedEnvironment) -> None:
    async with api_of(environment) as api:
        ended = await environment.run(ASK, INSIDE)
        assert [await environment.line() for _ in range(2)] == ["event", "event"]
    assert (ended.exit_code, len(api.asked)) == (0, 2)


async def test_next_runtime_of_the_environment_finds_it_too(environment: StagedEnvironment) -> None:
    async with api_of(environment) as api:
        for generation in (1, 2):
            await environment.run(ASK, INSIDE, generation)
            await environment.kill()
    assert len(api.asked) == 4


async def test_datagram_for_xrays_port_reaches_the_engine(environment: StagedEnvironment) -> None:
    program = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'segment', ('127.0.0.1', 2000))"
    await environment.run(program)
    assert network_of(environment).xray.recv(100) == b"segment"


LISTEN = """
import socket
with socket.create_server(("127.0.0.1", 4243)) as server:
    print("listening", flush=True)
    for _ in range(2):
        connected, _ = server.accept()
        print(connected.recv(100).decode(), flush=True)
"""


async def test_engine_reaches_the_listener_of_the_one_place_that_it_means(stage: Stage) -> None:
    pair = [await stage.environment(replace(stage.spec(sys.executable), network=False)) for _ in range(2)]
    for environment in pair:
        environment.start(LISTEN)
        assert await environment.line() == "listening"
    for number, environment in enumerate(pair):
        for _ in range(2):
            with await network_of(environment).dial(4243) as connected:
                connected.send(b"for %d" % number)
            assert await environment.line() == f"for {number}"


async def test_port_where_nobody_listens_refuses_the_engine(environment: StagedEnvironment) -> None:
    with pytest.raises(ConnectionRefusedError):
        await network_of(environment).dial(4243)


async def test_place_that_is_gone_refuses_the_engine(environment: StagedEnvironment) -> None:
    await environment.sandbox.close()
    with pytest.raises(ConnectionRefusedError):
        await network_of(environment).dial(4243)


async def test_outside_address_is_unreachable(environment: StagedEnvironment) -> None:
    await environment.run(CONNECT.format(host="192.0.2.1", port=443))
    assert await environment.line() == "101 Network is unreachable"


async def test_what_listens_on_the_machine_is_not_there(environment: StagedEnvironment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        await environment.run(CONNECT.format(host="127.0.0.1", port=server.getsockname()[1]))
    assert await environment.line() == "111 Connection refused"


async def test_processes_inside_reach_each_other(environment: StagedEnvironment) -> None:
    await environment.run(
        "import socket\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    with socket.create_connection(server.getsockname()):\n        print('connected')"
    )
    assert await environment.line() == "connected"


async def test_two_places_without_a_network_are_apart(stage: Stage) -> None:
    pair = [await stage.environment(replace(stage.spec(sys.executable), network=False)) for _ in range(2)]
    async with api_of(*pair):
        for environment in pair:
            await environment.run(ASK, INSIDE)
            assert await environment.line() == "event"
