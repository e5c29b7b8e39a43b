"""Pane 1 by situation."""

from lambdatui.model.phase import ProvisionedStatus
from lambdatui.model.records import ProjectLoaded, ProvisionedConcurrency
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient


async def test_every_function_says_how_it_is() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        rows = bench.rows("#function-list")
        assert [row[0] for row in rows[:4]] == ["●", "◐", "○", "✖"]
        assert "1 running" in rows[0]
        assert "cannot run" in rows[3]


async def test_selecting_a_function_drives_the_other_panes() -> None:
    async with desk(FakeClient(views=pictures.busy())) as bench:
        await bench.press("down")
        assert bench.bench.scene.function == pictures.THUMBS
        assert "thumbnailer" in bench.title("#environments")
        assert "thumbnailer" in bench.title("#logs")
        assert bench.rows("#environment-rows")[0].startswith("e2a")


async def test_selection_survives_a_reload_that_reorders_functions() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        await bench.press("down")
        client.say(ProjectLoaded(functions=("new-one", "order-worker", "thumbnailer"), problems=()))
        await bench.settle()
        assert bench.bench.scene.function == pictures.THUMBS
        assert bench.rows("#function-list")[2].startswith("○ thumbnailer")


async def test_filter_narrows_the_list_and_escape_undoes_it() -> None:
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("slash")
        await bench.type("thu")
        await bench.press("enter")
        assert bench.rows("#function-list")[0].startswith("○ thumbnailer")
        assert "/thu" in bench.title("#functions")
        await bench.press("escape")
        assert bench.rows("#function-list")[0].startswith("○ orders-api")


async def test_project_without_functions_says_what_was_looked_for() -> None:
    async with desk(FakeClient(views=pictures.empty())) as bench:
        text = " ".join(bench.text("#function-list").split())
        assert "No functions yet." in text
        assert "template.yaml, lambdatui.toml and handlers" in text
        assert "/home/ada/src/acme-orders" in text


async def test_broken_save_is_shown_with_file_and_line_in_list_and_notice() -> None:
    async with desk(FakeClient(views=pictures.broken_save())) as bench:
        assert bench.rows("#function-list")[0].startswith("✖ orders-api")
        assert "api/app.py:12" in bench.text("#notice")


async def test_selected_function_says_how_much_of_its_provisioned_concurrency_is_there() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(provisioned(1, ProvisionedStatus.IN_PROGRESS))
        await bench.settle()
        assert "provisioned 1 of 2" in bench.text("#function-list")


async def test_code_that_cannot_be_provisioned_is_told_in_the_services_word() -> None:
    client = FakeClient(views=pictures.idle())
    async with desk(client) as bench:
        client.say(provisioned(0, ProvisionedStatus.FAILED, "FUNCTION_ERROR_INIT_FAILURE"))
        await bench.settle()
        text = "".join(bench.text("#function-list").split())
        assert "provisioned0of2:FUNCTION_ERROR_INIT_FAILURE" in text


def provisioned(available: int, status: ProvisionedStatus, reason: str | None = None) -> ProvisionedConcurrency:
    return ProvisionedConcurrency(requested=2, available=available, status=status, status_reason=reason)
