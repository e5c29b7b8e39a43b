"""What was invoked, from a running engine or from the history on disk. Raises CommandFailed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lambdatui.cli.client_errors import failed
from lambdatui.cli.failures import CommandFailed, engine_failed
from lambdatui.client import ClientError, EngineClient
from lambdatui.events.query import QueryError, parse_query
from lambdatui.model.history import InvocationDetail, InvocationSummary
from lambdatui.model.ids import RequestId
from lambdatui.service import rendezvous
from lambdatui.service.state_dir import StateDir
from lambdatui.service.state_place import is_there, place_of
from lambdatui.telemetry.waterfall import Waterfall, waterfall

if TYPE_CHECKING:
    from lambdatui.store.store import Store


async def find(root: Path, query: str, limit: int) -> tuple[InvocationSummary, ...]:
    """The newest first."""
    try:
        wanted = parse_query(query)
    except QueryError as error:
        raise CommandFailed(str(error)) from error
    running = rendezvous.find(root)
    if running is not None:
        try:
            async with EngineClient.at(running) as client:
                return await client.invocations(query, limit=limit)
        except ClientError as error:
            raise failed(error) from error
    if not is_there(place_of(root)):
        return ()
    async with _opened(root) as store:
        return await store.invocations.find(wanted, limit=limit)


async def get(root: Path, request_id: str) -> InvocationDetail:
    """By its id, or by a beginning of it that only one has."""
    running = rendezvous.find(root)
    if running is not None:
        try:
            async with EngineClient.at(running) as client:
                return await client.invocation(request_id)
        except ClientError as error:
            raise failed(error) from error
    if is_there(place_of(root)):
        async with _opened(root) as store:
            found = await store.invocations.get(request_id)
            if found is not None:
                logged = await store.history.logs(request_id=found.summary.request_id)
                return replace(found, logs=tuple(line.line for line in logged))
    raise CommandFailed(
        f"the history has no invocation '{request_id}', or more than one begins so", "`lambdatui history` lists them"
    )


async def trace(root: Path, request_id: RequestId) -> Waterfall:
    """By its whole id."""
    running = rendezvous.find(root)
    if running is not None:
        try:
            async with EngineClient.at(running) as client:
                return await client.trace(request_id)
        except ClientError as error:
            raise failed(error) from error
    async with _opened(root) as store:
        found = waterfall(await store.history.around(request_id), request_id)
    if found is None:
        raise CommandFailed(f"'{request_id}' never started, so there is no trace of it")
    return found


@asynccontextmanager
async def _opened(root: Path) -> AsyncIterator["Store"]:
    from lambdatui.store.bodies import BodyLost
    from lambdatui.store.errors import StoreError
    from lambdatui.store.store import Store

    try:
        store = await Store.open(StateDir(place_of(root)).history, claim=False)
        try:
            yield store
        finally:
            await store.aclose()
    except StoreError as error:
        raise engine_failed(error.message, error.hint) from error
    except BodyLost as error:
        raise engine_failed(str(error), "its payload was deleted; nothing can bring it back") from error
