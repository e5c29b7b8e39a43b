"""Projects whose functions see the packages that these tests were installed with, as a project's own .venv."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.support.running import Running, running, write_project

WithPackages = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def with_packages(tmp_path: Path) -> WithPackages:
    @asynccontextmanager
    async def start(sources: dict[str, str], settings: dict[str, str] | None = None) -> AsyncIterator[Running]:
        root = write_project(tmp_path, sources, settings)
        (root / ".venv").symlink_to(sys.prefix)
        async with running(root) as run:
            yield run

    return start
