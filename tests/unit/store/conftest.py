from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.store.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".lambdatui" / "history.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(path)
    yield opened
    await opened.aclose()
