"""Settings of a session in a real engine: they take effect as on Lambda, show, are undone, and are written down."""

import asyncio
from pathlib import Path

import pytest

from lambdatui.model.function import Source
from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import Phase
from lambdatui.model.records import CodeChanged, EnvironmentPhase, QueueMoved
from lambdatui.project.load import load_project
from lambdatui.sandbox.process import Isolation, ProcessBackend
from lambdatui.service.clock import RealClock
from lambdatui.service.engine import Engine
from lambdatui.service.engine_options import EngineOptions
from lambdatui.service.invoking import ServiceError
from tests.support.running import Running, running, write_project

SHOP = FunctionName("shop")
SOURCE = "import os\ndef handler(event, context):\n    return [context.memory_limit_in_mb, os.environ.get('STAGE')]\n"
FAILING = "def handler(event, context):\n    raise ValueError('no')\n"


async def gone(run: Running) -> str:
    """Why the first environment that ended did."""
    return (await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)).reason


async def test_change_is_seen_by_the_next_invoke_in_a_new_environment_and_the_old_one_goes(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        assert await run.result("shop") == ["128", None]
        run.engine.settings.change("shop", {"memory_mb": "256", "environment.STAGE": "test"})
        assert await run.result("shop") == ["256", "test"]
        assert await gone(run) == "configuration changed"


async def test_change_shows_in_the_picture_and_in_the_origins(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        run.engine.settings.change("shop", {"timeout_s": "9"})
        view = run.engine.views.functions[SHOP]
        assert (view.timeout_s, view.session) == (9, ("timeout_s",))
        assert run.engine.function("shop").origins["timeout_s"].source is Source.SESSION


async def test_reserved_concurrency_takes_effect_without_new_environments(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        await run.result("shop")
        run.engine.settings.change("shop", {"reserved_concurrency": "0"})
        with pytest.raises(ServiceError, match="Rate Exceeded"):
            await run.result("shop")
        run.engine.settings.change("shop", {"reserved_concurrency": None})
        await run.result("shop")
        assert (run.records(CodeChanged), run.environments_alive()) == ([], 1)


async def test_undone_change_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        run.engine.settings.change("shop", {"memory_mb": "256", "environment.STAGE": "test"})
        run.engine.settings.undo("shop", ["memory_mb"])
        assert await run.result("shop") == ["128", "test"]
        run.engine.settings.undo("shop")
        assert await run.result("shop") == ["128", None]
        assert not any(row.changed for row in run.engine.settings.rows("shop"))


async def test_refused_change_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        with pytest.raises(ServiceError, match="Value '1' at 'memorySize'"):
            run.engine.settings.change("shop", {"timeout_s": "9", "memory_mb": "1"})
        assert run.engine.function("shop").timeout_s == 3
        assert run.records(CodeChanged) == []


async def test_written_settings_belong_to_the_file_and_restart_nothing(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE}), reload=True) as run:
        run.engine.settings.change("shop", {"memory_mb": "256", "environment.STAGE": "test"})
        await run.result("shop")
        revisions = len(run.records(CodeChanged))
        written = await run.engine.settings.write("shop")
        assert (written.file, set(written.written), written.kept) == (
            "lambdatui.toml",
            {"memory_mb", "environment.STAGE"},
            (),
        )
        function = run.engine.function("shop")
        assert function.memory_mb == 256
        assert str(function.origins["memory_mb"]).startswith("lambdatui.toml:")
        assert len(run.records(CodeChanged)) == revisions


async def test_what_the_file_cannot_decide_stays_the_sessions_and_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STAGE=prod\n")
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        run.engine.settings.change("shop", {"environment.STAGE": "test"})
        written = await run.engine.settings.write("shop")
        assert (written.written, written.kept) == ((), ("environment.STAGE",))
        assert await run.result("shop") == ["128", "test"]


SECRET = {"environment.API_TOKEN": "hush", "environment.DB": "pg://me:hush@db/x"}


async def test_secrets_stay_out_of_the_file_and_are_named(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        run.engine.settings.change("shop", {"timeout_s": "9", **SECRET})
        written = await run.engine.settings.write("shop")
        assert (written.written, written.kept, written.secret) == (("timeout_s",), (), tuple(SECRET))
        assert "hush" not in (tmp_path / "lambdatui.toml").read_text()
        assert run.engine.settings.changed()[SHOP] == SECRET


async def test_file_is_left_alone_where_all_that_changed_is_secret(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        before = (tmp_path / "lambdatui.toml").read_text()
        run.engine.settings.change("shop", SECRET)
        await run.engine.settings.write("shop")
        assert (tmp_path / "lambdatui.toml").read_text() == before


async def test_secrets_are_written_for_who_asks(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE})) as run:
        run.engine.settings.change("shop", SECRET)
        written = await run.engine.settings.write("shop", secrets=True)
        assert (written.written, written.secret) == (tuple(SECRET), ())


async def test_secret_that_stands_in_the_file_already_is_written_there_again(tmp_path: Path) -> None:
    settings = {"shop": 'environment = { API_TOKEN = "old" }'}
    async with running(write_project(tmp_path, {"shop": SOURCE}, settings)) as run:
        run.engine.settings.change("shop", {"environment.API_TOKEN": "new"})
        written = await run.engine.settings.write("shop")
        assert (written.written, written.secret) == (("environment.API_TOKEN",), ())


async def test_session_outlives_a_change_of_the_projects_files(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE}), reload=True) as run:
        run.engine.settings.change("shop", {"memory_mb": "256"})
        before = len(run.records(CodeChanged))
        write_project(tmp_path, {"shop": SOURCE}, {"shop": "timeout = 9"})
        await run.until(CodeChanged, lambda record: record.revision > before)
        function = run.engine.function("shop")
        assert (function.memory_mb, function.timeout_s) == (256, 9)


async def test_faster_clock_brings_a_waiting_retry_nearer(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": FAILING})) as run:
        await run.fire("shop")
        first = await run.until(QueueMoved, lambda record: record.state == "waiting" and record.attempt == 1)
        assert first.due_in_s == pytest.approx(60, abs=2)
        await run.engine.settings.change_engine(speed=600)
        await run.until(QueueMoved, lambda record: record.state == "running" and record.attempt == 2)
        assert run.engine.views.engine.speed == 600


async def test_files_are_followed_no_longer_and_again_with_what_was_saved_meanwhile(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE}), reload=True) as run:
        await run.result("shop")
        await run.engine.settings.change_engine(reloading=False)
        assert not run.engine.views.engine.reloading
        run.save("shop", "def handler(event, context):\n    return 'new'\n")
        assert await run.result("shop") == ["128", None]
        await run.engine.settings.change_engine(reloading=True)
        assert await run.result("shop") == "new"
        run.save("shop", "def handler(event, context):\n    return 'newer'\n")
        await run.until(CodeChanged, lambda record: record.files == ("shop/app.py",))
        assert await run.result("shop") == "newer"


async def test_of_two_wishes_at_once_the_later_one_counts(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"shop": SOURCE}), reload=True) as run:
        change = run.engine.settings.change_engine
        await change(reloading=False)
        await asyncio.gather(change(reloading=True), change(reloading=False))
        assert not run.engine.settings.reloading
        run.save("shop", "def handler(event, context):\n    return 'new'\n")
        await asyncio.gather(change(reloading=True), change(reloading=False), change(reloading=True))
        run.save("shop", "def handler(event, context):\n    return 'newer'\n")
        await run.until(CodeChanged, lambda record: record.files == ("shop/app.py",))
        assert len([record for record in run.records(CodeChanged) if record.files == ("shop/app.py",)]) == 1


async def test_engine_takes_all_of_a_change_or_nothing(tmp_path: Path) -> None:
    project = load_project(write_project(tmp_path, {"shop": SOURCE}))
    backend = ProcessBackend(isolation=Isolation.PLAIN)
    async with Engine(project, backend=backend, clock=RealClock(), options=EngineOptions(reload=False)) as engine:
        with pytest.raises(ServiceError, match="cannot read the project again"):
            await engine.settings.change_engine(speed=60, reloading=True)
        assert (engine.settings.speed, engine.settings.reloading) == (1, False)
