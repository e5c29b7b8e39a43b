"""``o``: from an answer to the line that it blames, in the user's editor."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lambdatui.model.function import Function
from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.fake_client import NOW_S, FakeAnswer, FakeClient

FAILED = json.dumps(
    {
        "errorType": "ValueError",
        "errorMessage": "no items",
        "stackTrace": [
            '  File "/var/task/app.py", line 2, in handler\n    raise ValueError\n',
            '  File "/var/lang/lib/python3.12/json/decoder.py", line 355, in raw_decode\n    raise\n',
        ],
    }
).encode()

Client = Callable[..., FakeClient]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pipe that an editor called ``code`` writes its arguments into."""
    pipe = tmp_path / "opened"
    os.mkfifo(pipe)
    editor = tmp_path / "code"
    editor.write_text(f'#!/bin/sh\nprintf "%s " "$@" > {pipe}\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    return pipe


@pytest.fixture
def client(tmp_path: Path) -> Client:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    raise ValueError\n")
    function = Function(
        name=FunctionName("orders-api"), runtime="python3.12", handler="app.handler", code_path=tmp_path
    )

    def make(**changes: object) -> FakeClient:
        return FakeClient(views=pictures.idle(), shown_functions=(function,), **changes)  # type: ignore[arg-type]

    return make


def said_to(editor: Path) -> list[str]:
    return editor.read_text().split()


async def toasts(bench: Desk) -> str:
    await bench.settle()
    return " ".join(f"{each.title} {each.message}" for each in bench.app._notifications)


async def test_failing_line_is_named_and_opened(opened: Path, client: Client, tmp_path: Path) -> None:
    async with desk(client(answer=FakeAnswer(function_error="Unhandled", payload=FAILED))) as bench:
        await bench.press("i")
        assert "o opens app.py:2" in bench.rows("#response")
        await bench.press("3", "o")
        assert said_to(opened) == ["--goto", f"{tmp_path}/app.py:2"]


async def test_without_a_failure_the_handler_is_opened(opened: Path, client: Client, tmp_path: Path) -> None:
    async with desk(client()) as bench:
        await bench.press("1", "o")
        assert said_to(opened) == ["--goto", f"{tmp_path}/app.py:1"]


async def test_without_an_editor_it_says_how_to_name_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    async with desk(client()) as bench:
        await bench.press("1", "o")
        assert "neither VISUAL nor EDITOR is set" in await toasts(bench)


async def test_terminal_that_cannot_be_handed_over_names_the_place(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VISUAL", "vi")
    async with desk(client()) as bench:
        await bench.press("1", "o")
        assert f"open {tmp_path}/app.py:1" in await toasts(bench)


async def test_editor_that_does_not_exist_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/nowhere/code")
    async with desk(client()) as bench:
        await bench.press("1", "o")
        assert "cannot start /nowhere/code" in await toasts(bench)


async def test_past_failure_is_opened_where_it_happened(opened: Path, client: Client, tmp_path: Path) -> None:
    fake = client(history=(past_failure(),))
    async with desk(fake) as bench:
        await bench.press("h", "o")
        assert said_to(opened) == ["--goto", f"{tmp_path}/app.py:2"]


def past_failure() -> InvocationDetail:
    request_id = RequestId("1111aaaa-0000-4000-8000-000000000001")
    name = FunctionName("orders-api")
    return InvocationDetail(
        summary=InvocationSummary(request_id=request_id, function=name, accepted_s=NOW_S, outcome=Outcome.ERROR),
        invocation=Invocation(
            request_id=request_id, function=name, payload=b"{}", invoked_arn="arn:aws:lambda:x", timeout_s=3.0
        ),
        response=FAILED,
    )
