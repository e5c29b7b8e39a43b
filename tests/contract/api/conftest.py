from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lambdatui.api.server import LIMITS, ApiServer
from lambdatui.model.function import Function, Project
from lambdatui.model.ids import FunctionName
from lambdatui.net.listener import serve_tcp
from tests.contract.api.standin import StandIn


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context): return event\n")

    def function(name: str, **changes: object) -> Function:
        values = {"runtime": "python3.12", "handler": "app.handler", "code_path": tmp_path / "src", **changes}
        return Function(name=FunctionName(name), **values)  # type: ignore[arg-type]

    orders = function("orders", description="Takes orders", environment={"TABLE": "o"}, reserved_concurrency=5)
    return Project(name="shop", root=tmp_path, functions=(orders, function("thumbnails", memory_mb=512, timeout_s=30)))


@pytest.fixture
async def service(project: Project) -> AsyncIterator[StandIn]:
    standin = StandIn(project=project)
    yield standin
    await standin.aclose()


@pytest.fixture
async def port(service: StandIn) -> AsyncIterator[int]:
    api = ApiServer(service)
    listener = await serve_tcp("127.0.0.1", 0, api.handle, LIMITS)
    yield listener.port
    listener.close()
    await listener.wait_closed()
    api.close()
