"""Hot reload on real files: the next invoke runs the code as it was saved, and the screen knows why."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.model.ids import FunctionName
from lambdatui.model.phase import Phase
from lambdatui.model.records import CodeBroken, CodeChanged, CodeReady, EnvironmentPhase, InvokeStart, ProjectLoaded
from lambdatui.service.invoking import ServiceError
from tests.support.running import running, write_project


def revision_is(number: int) -> Callable[[CodeChanged], bool]:
    return lambda record: record.revision >= number


def answers(value: object) -> str:
    return f"def handler(event, context):\n    return {value!r}\n"


async def test_next_invoke_after_a_save_runs_the_new_code_and_is_a_cold_start(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        assert await run.result("f") == "old"
        run.save("f", answers("new"))
        await run.until(CodeChanged)
        log = await run.tail("f")
        assert await run.result("f") == "new"
    assert "Init Duration" in log


async def test_saves_in_the_same_second_with_the_same_length_are_all_seen(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers(0)}), reload=True) as run:
        seen = []
        for number in range(1, 7):
            run.save("f", answers(number))
            await run.until(CodeChanged, revision_is(number))
            seen.append(await run.result("f"))
    assert seen == [1, 2, 3, 4, 5, 6]


async def test_reload_names_the_file_and_how_long_it_took(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        await run.result("f")
        run.save("f", answers("new"))
        ready = await run.until(CodeReady)
    assert ready.files == ("f/app.py",)
    assert 0 < ready.save_to_ready_ms < 5000


async def test_save_through_a_temporary_file_names_the_file_that_was_saved(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        draft = tmp_path / "f" / "sedX1y2Z3"
        draft.write_text(answers("new"))
        draft.rename(tmp_path / "f" / "app.py")
        changed = await run.until(CodeChanged, lambda record: "f/app.py" in record.files)
    assert changed.files == ("f/app.py",)


async def test_busy_environment_finishes_its_invoke_on_the_old_code(tmp_path: Path) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(1)\n    return 'old'\n"
    async with running(write_project(tmp_path, {"f": source}), reload=True) as run:
        busy = asyncio.create_task(run.result("f"))  # noqa: TID251 - the test is the caller
        await run.until(InvokeStart)
        run.save("f", answers("new"))
        await run.until(CodeChanged)
        assert await run.result("f") == "new"
        assert await busy == "old"


async def test_idle_environments_are_gone_after_a_save(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        await run.result("f")
        run.save("f", answers("new"))
        gone = await run.until(EnvironmentPhase, lambda record: record.phase is Phase.DEAD)
    assert gone.reason == "code changed"


async def test_syntax_error_is_told_at_the_save_with_file_and_line(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        await run.result("f")
        run.save("f", "def handler(event, context):\n    return (\n")
        broken = await run.until(CodeBroken)
    assert (broken.file, broken.line) == ("f/app.py", 2)


async def test_environments_on_the_last_good_code_stay_until_the_next_invoke(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        await run.result("f")
        run.save("f", "def handler(:\n")
        await run.until(CodeChanged)
        before = [view.phase for view in run.engine.views.environments.values()]
        failed = await run.result("f")
    assert before == [Phase.READY]
    assert isinstance(failed, dict)
    assert failed["errorType"] == "Runtime.UserCodeSyntaxError"


async def test_mended_syntax_error_runs_again(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        run.save("f", "def handler(:\n")
        await run.until(CodeBroken)
        await run.result("f")
        run.save("f", answers("mended"))
        await run.until(CodeChanged, lambda record: record.revision == 2)
        assert await run.result("f") == "mended"


async def test_changed_setting_reaches_the_next_environment(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    return context.memory_limit_in_mb\n"
    async with running(write_project(tmp_path, {"f": source}), reload=True) as run:
        assert await run.result("f") == "128"
        write_project(tmp_path, {"f": source}, {"f": "memory_size = 512"})
        await run.until(CodeChanged, lambda _: run.engine.function("f").memory_mb == 512)
        assert await run.result("f") == "512"


async def test_new_function_in_the_project_file_can_be_invoked_without_a_restart(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("f")}), reload=True) as run:
        write_project(tmp_path, {"f": answers("f"), "g": answers("g")})
        await run.until(ProjectLoaded, lambda record: "g" in record.functions)
        assert await run.result("g") == "g"


async def test_broken_project_file_keeps_what_worked_and_says_what_is_wrong(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    return context.memory_limit_in_mb\n"
    root = write_project(tmp_path, {"f": source}, {"f": "memory_size = 512"})
    async with running(root, reload=True) as run:
        (tmp_path / "lambdatui.toml").write_text("[functions.f\n")
        loaded = await run.until(ProjectLoaded, lambda record: bool(record.problems))
        assert await run.result("f") == "512"
    assert "lambdatui.toml:1" in loaded.problems[0]


async def test_mended_project_file_is_taken_up_again(tmp_path: Path) -> None:
    source = "def handler(event, context):\n    return context.memory_limit_in_mb\n"
    async with running(write_project(tmp_path, {"f": source}), reload=True) as run:
        (tmp_path / "lambdatui.toml").write_text("[functions.f\n")
        await run.until(ProjectLoaded, lambda record: bool(record.problems))
        write_project(tmp_path, {"f": source}, {"f": "memory_size = 256"})
        await run.until(ProjectLoaded, lambda _: run.engine.function("f").memory_mb == 256)
        assert await run.result("f") == "256"


async def test_function_that_leaves_the_project_finishes_what_it_runs(tmp_path: Path) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(1)\n    return 'done'\n"
    async with running(write_project(tmp_path, {"f": source, "g": answers("g")}), reload=True) as run:
        busy = asyncio.create_task(run.result("f"))  # noqa: TID251 - the test is the caller
        await run.until(InvokeStart)
        write_project(tmp_path, {"g": answers("g")})
        await run.until(ProjectLoaded, lambda record: "f" not in record.functions)
        assert await busy == "done"
        with pytest.raises(ServiceError, match="Function not found"):
            await run.invoke("f")


async def test_syntax_error_is_on_the_screen_after_the_save_that_made_it(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        run.save("f", "def handler(:\n")
        await run.until(CodeBroken)
        reload = run.engine.views.functions[FunctionName("f")].reload
    assert reload is not None
    assert reload.broken is not None
    assert "f/app.py" in reload.broken


async def test_environment_that_an_invoke_started_is_not_told_as_made_ready_by_the_save(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        run.save("f", answers("new"))
        await run.until(CodeChanged)
        await run.result("f")
        assert run.records(CodeReady) == []


async def test_a_saved_file_whose_name_is_not_utf8_is_reloaded_under_a_name_that_is(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": answers("old")}), reload=True) as run:
        (tmp_path / "f" / os.fsdecode(b"caf\xe9.py")).write_text("x = 1\n")
        changed = await run.until(CodeChanged)
    assert "f/caf\ufffd.py" in changed.files
