"""What ``lambdatui environments`` asks of the running engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lambdatui.cli.client_errors import failed
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.client import ClientError, EngineClient, EngineRefused
from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from lambdatui.model.views import EnvironmentView
from lambdatui.service import rendezvous

_NOT_FOUND, _CONFLICT = 404, 409


async def living(root: Path) -> tuple[EnvironmentView, ...]:
    """Oldest first. This and the others raise CommandFailed, also where no engine runs."""
    async with _client(root) as client:
        return await _living(client)


async def look(root: Path, environment: str | None, *, reveal: bool) -> EnvironmentDetail:
    async with _client(root) as client:
        return await client.environment(await _chosen(client, environment), reveal=reveal)


async def as_test(root: Path, environment: str | None) -> str:
    async with _client(root) as client:
        return await client.environment_test(await _chosen(client, environment))


async def give(root: Path, environment: str | None, order: Order) -> str:
    """The id of the environment that has the order now."""
    async with _client(root) as client:
        chosen = await _chosen(client, environment)
        await client.order(chosen, order)
        return chosen


@asynccontextmanager
async def _client(root: Path) -> AsyncIterator[EngineClient]:
    running = rendezvous.find(root)
    if running is None:
        raise engine_failed(
            "no engine of this project runs, so there are no environments",
            "start one with `lambdatui serve`, or with the terminal UI: `lambdatui`",
        )
    try:
        async with EngineClient.at(running) as client:
            yield client
    except EngineRefused as error:
        if error.status_code == _NOT_FOUND:
            raise CommandFailed(error.message, "`lambdatui environments` lists those that live") from error
        if error.status_code == _CONFLICT:
            raise CommandFailed(error.message, "`lambdatui environments show` says what can be ordered now") from error
        raise failed(error) from error
    except ClientError as error:
        raise failed(error) from error


async def _chosen(client: EngineClient, wanted: str | None) -> str:
    if wanted is not None:
        return wanted
    found = [view.id for view in await _living(client)]
    if not found:
        raise CommandFailed("no environment lives", "invoke a function first: `lambdatui invoke`")
    if len(found) > 1:
        raise CommandFailed("which environment?", f"name one of: {', '.join(found)}")
    return found[0]


async def _living(client: EngineClient) -> tuple[EnvironmentView, ...]:
    views = await client.snapshot()
    return tuple(view for view in views.environments.values() if view.phase is not Phase.DEAD)
