"""A place without a network: itself, the Runtime API, and nothing else."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

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


@dataclass
class ApiStandin:
    """Answers every request of a connection that stays open."""

    address: str
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head.decode().split()[1])
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevent")
        except asyncio.IncompleteReadError:
            writer.close()


@pytest.fixture
async def api() -> AsyncIterator[ApiStandin]:
    standin = ApiStandin("")
    server = await asyncio.start_server(standin.answer, "127.0.0.1")
    host, port = server.sockets[0].getsockname()
    standin.address = f"{host}:{port}"
    async with server:
        yield standin


@pytest.fixture
async def environment(stage: Stage) -> StagedEnvironment:
    return await stage.environment(replace(stage.spec(sys.executable), network=False))


async def test_runtime_api_answers_over_a_connection_that_stays_open(
    environment: StagedEnvironment, api: ApiStandin
) -> None:
    ended = await environment.run(ASK, {"AWS_LAMBDA_RUNTIME_API": api.address})
    assert [await environment.line() for _ in range(2)] == ["event", "event"]
    assert (ended.exit_code, len(api.asked)) == (0, 2)


async def test_next_runtime_of_the_environment_finds_it_too(environment: StagedEnvironment, api: ApiStandin) -> None:
    for generation in (1, 2):
        await environment.run(ASK, {"AWS_LAMBDA_RUNTIME_API": api.address}, generation)
        await environment.kill()
    assert len(api.asked) == 4


async def test_outside_address_is_unreachable(environment: StagedEnvironment) -> None:
    await environment.run(CONNECT.format(host="192.0.2.1", port=443))
    assert await environment.line() == "101 Network is unreachable"


async def test_what_listens_on_the_machine_is_not_there(environment: StagedEnvironment, api: ApiStandin) -> None:
    await environment.run(CONNECT.format(host="127.0.0.1", port=api.address.rpartition(":")[2]))
    assert await environment.line() == "111 Connection refused"


async def test_processes_inside_reach_each_other(environment: StagedEnvironment) -> None:
    await environment.run(
        "import socket\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    with socket.create_connection(server.getsockname()):\n        print('connected')"
    )
    assert await environment.line() == "connected"


async def test_two_places_without_a_network_are_apart(stage: Stage, api: ApiStandin) -> None:
    spec = [replace(stage.spec(sys.executable), network=False) for _ in range(2)]
    first, second = [await stage.environment(one) for one in spec]
    for environment in (first, second):
        await environment.run(ASK, {"AWS_LAMBDA_RUNTIME_API": api.address})
        assert await environment.line() == "event"


async def test_runtime_api_that_is_gone_is_a_closed_connection(environment: StagedEnvironment, api: ApiStandin) -> None:
    gone = api.address.rpartition(":")[0] + ":1"
    ended = await environment.run(ASK, {"AWS_LAMBDA_RUNTIME_API": gone})
    assert ended.exit_code == 1
