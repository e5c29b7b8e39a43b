"""What ran is known afterwards: the configuration of an environment and the hash of its code."""

import asyncio
from pathlib import Path

from lambdatui.model.records import CodeHashed, EnvironmentCreated
from lambdatui.project.code import code_sha256
from lambdatui.service.code_identity import HASH_AFTER_S
from tests.support.running import running, write_project

HANDLER = "def handler(event, context):\n    return 1\n"
SLOW = "import time\n\ndef handler(event, context):\n    time.sleep(0.2)\n"


async def test_environment_tells_its_configuration_without_secrets(tmp_path: Path) -> None:
    settings = {"f": 'memory_size = 256\nenvironment = { STAGE = "dev", API_TOKEN = "s3cret" }'}
    async with running(write_project(tmp_path, {"f": HANDLER}, settings)) as run:
        await run.result("f")
        (created,) = run.records(EnvironmentCreated)
    assert (created.handler, created.memory_mb) == ("app.handler", 256)
    assert {each.name: each.value for each in created.variables} == {"STAGE": "dev", "API_TOKEN": "********"}


async def test_code_is_hashed_once_for_all_environments_of_a_revision(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": SLOW})) as run:
        await asyncio.gather(run.result("f"), run.result("f"))
        hashed = await run.until(CodeHashed)
        function = run.engine.project.functions[0]
    assert len(run.records(EnvironmentCreated)) == 2
    assert run.records(CodeHashed) == [hashed]
    assert hashed.code_sha256 == code_sha256(function)


async def test_engine_that_stops_at_once_still_tells_what_ran(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": HANDLER})) as run:
        await run.result("f")
    assert [each.revision for each in run.records(CodeHashed)] == [0]


async def test_new_code_has_another_hash(tmp_path: Path) -> None:
    async with running(write_project(tmp_path, {"f": HANDLER}), reload=True) as run:
        await run.result("f")
        before = await run.until(CodeHashed)
        run.save("f", HANDLER.replace("1", "2"))
        after = await run.until(CodeHashed, lambda record: record.revision == 1)
    assert before.code_sha256 != after.code_sha256


async def test_only_the_last_of_saves_in_quick_succession_is_hashed(tmp_path: Path) -> None:
    problems: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))
    async with running(write_project(tmp_path, {"f": HANDLER})) as run:
        await run.result("f")
        (pool,) = run.engine.pools.values()
        for _ in range(2):
            pool.code_changed(("app.py",), 0.0, broken=False)
        await run.until(CodeHashed)
        await run.pass_time(2 * HASH_AFTER_S)
    assert [each.revision for each in run.records(CodeHashed)] == [2]
    assert problems == []
