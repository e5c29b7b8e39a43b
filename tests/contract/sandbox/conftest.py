"""Every test of a place runs over namespaces and over plain processes, with and without cgroups where that matters."""

import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.sandbox.process.backend import RUNTIME_DIR
from lambdatui.sandbox.process.zygote import try_namespaces
from tests.contract.sandbox.stage import Stage, StagedEnvironment


@pytest.fixture(scope="session")
def namespaces_refusal() -> str | None:
    return try_namespaces(RUNTIME_DIR).refusal


@pytest.fixture(params=[pytest.param("namespaces", marks=pytest.mark.namespaces), "plain"])
def isolation(request: pytest.FixtureRequest, namespaces_refusal: str | None) -> Isolation:
    wanted = Isolation(request.param)
    if wanted is Isolation.NAMESPACES and namespaces_refusal is not None:
        pytest.skip(f"no namespaces here: {namespaces_refusal}")
    return wanted


@pytest.fixture
def use_cgroups() -> bool:
    """Tests that freeze or kill parametrise this."""
    return True


@pytest.fixture
async def stage(tmp_path: Path, isolation: Isolation, use_cgroups: bool) -> AsyncIterator[Stage]:
    """Nothing that was forked below a stage may outlive it."""
    made = Stage(
        tmp_path, lambda folder: ProcessBackend(isolation=isolation, use_cgroups=use_cgroups, runtime_dir=folder)
    )
    yield made
    await made.close()
    # What was killed as the last thing may still be on its way out.
    _, alive = psutil.wait_procs(made.processes(), timeout=2)
    assert alive == []


@pytest.fixture
async def environment(stage: Stage) -> StagedEnvironment:
    return await stage.environment(stage.spec(sys.executable))


@pytest.fixture
def outside_tmp() -> Iterator[Path]:
    """A directory that environments would see if nothing hid it; they have a /tmp of their own."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        yield Path(folder).resolve()
