"""Trials through the control API of a real engine."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.client import EngineClient, EngineRefused
from lambdatui.model.experiments import TrialOrder
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, InvokeStart
from lambdatui.net.listener import serve_unix
from tests.support.running import Running, running, write_project

SOURCES = {
    "shop": "import wave\ndef handler(event, context):\n    return event['size']\n",
    "stuck": "import threading\ndef handler(event, context):\n    threading.Event().wait()\n",
}


@contextlib.asynccontextmanager
async def served(tmp_path: Path) -> AsyncIterator[tuple[Running, EngineClient]]:
    async with running(write_project(tmp_path, SOURCES, {"stuck": "timeout = 600"})) as run:
        api = ApiServer(run.engine)
        listener = await serve_unix(tmp_path / "s", api.handle, LIMITS)
        async with EngineClient.unix(tmp_path / "s") as client:
            yield run, client
        listener.close()
        await listener.wait_closed()
        api.close()


async def test_client_gets_the_figures_of_a_trial(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        order = TrialOrder(payload=b'{"size": 3}', warm_invokes=2, memory_mb=512, import_times=True, cpu_share=True)
        trial = await client.trial("shop", order)
        assert (trial.memory_mb, len(trial.warm), trial.cold.error) == (512, 2, None)
        assert "wave" in {cost.module for cost in trial.imports}


async def test_client_that_hangs_up_ends_the_trials_environment(tmp_path: Path) -> None:
    async with served(tmp_path) as (run, client):

        async def ask() -> None:
            await client.trial("stuck", TrialOrder())

        asking = run.engine.spawn("a client", ask())
        await run.until(InvokeStart)
        asking.cancel()
        ended = await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
        assert ended.reason == "the trial is over"


@pytest.mark.parametrize("order", [TrialOrder(memory_mb=64), TrialOrder(warm_invokes=10_000), TrialOrder(payload=b"{")])
async def test_order_that_makes_no_sense_is_refused(tmp_path: Path, order: TrialOrder) -> None:
    async with served(tmp_path) as (run, client):
        with pytest.raises(EngineRefused) as refused:
            await client.trial("shop", order)
        assert (refused.value.status_code, run.records(InvokeStart)) == (400, [])
