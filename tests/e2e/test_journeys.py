"""What people do most after the first invoke, with the real program in a real terminal."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import PROGRAM, run
from tests.e2e.support.tmux import Terminal, terminal

pytestmark = [
    pytest.mark.tmux,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
HOSTILE = r"""
def handler(event, context):
    print("\x1b]0;owned\x07\x1b[2J\x1b[31mred [bold]markup[/bold] \u202eright to left")
    return {"shout": "\x1b[2Jgone?"}
"""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path / "tmux.sock") as session:
        yield session


def open_workbench(screen: Terminal, root: Path, *, columns: int = 120, rows: int = 40) -> None:
    screen.start([str(PROGRAM), str(root)], root.parent, columns=columns, rows=rows)
    screen.wait_for("Functions", "no env")


def test_an_event_of_the_past_is_sent_again_and_compared(screen: Terminal, orders: Path) -> None:
    run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    open_workbench(screen, orders)
    screen.press("h")
    screen.wait_for("History · 1", "cold start")
    screen.press("r")
    screen.wait_for("History · 2", "status", "duration", "Response", "the same")
    screen.press("Escape")
    screen.wait_for("History · 2", "cold start", "RequestResponse")
    screen.press("Escape")
    screen.wait_for("1 env", "FROZEN")


def test_a_line_of_yesterday_is_found_from_the_log_pane(screen: Terminal, orders: Path) -> None:
    run("invoke", "orders-api", "-e", "http-get", cwd=orders)
    open_workbench(screen, orders)
    screen.press("4", "/")
    screen.wait_for("!text, level:error")
    screen.type("invocation 1")
    screen.press("Enter")
    screen.wait_for("/invocation 1", "GET /orders (invocation 1")
    assert "END RequestId" not in screen.screen()


def test_cold_and_warm_starts_are_measured_against_each_other(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    screen.wait_for("http-get")
    screen.press("w")
    screen.wait_for("Cold against warm", "The caller of a cold start waits", "n = 20")


def test_a_syntax_error_is_shown_where_it_was_saved_and_gone_when_mended(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    handler = orders / "api" / "app.py"
    good = handler.read_text()
    handler.write_text(good + "\ndef broken(:\n")
    screen.wait_for("invalid syntax", "app.py")
    handler.write_text(good)
    screen.wait_without("invalid syntax (")
    screen.press("i")
    screen.wait_for("FROZEN", "REPORT")


def test_what_a_hostile_handler_prints_is_text(screen: Terminal, project: MakeProject) -> None:
    open_workbench(screen, project(HOSTILE))
    screen.press("i")
    shown = screen.wait_for("red [bold]markup[/bold]", "FROZEN", "gone?", "1 Functions")
    assert "\u202e" not in shown
    assert screen.title() != "owned"


def test_resizing_keeps_what_was_there(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    screen.press("i")
    screen.wait_for("FROZEN", "REPORT")
    for columns, rows in ((20, 5), (200, 60), (79, 23), (1, 1), (160, 50)):
        screen.resize(columns, rows)
    screen.wait_for("FROZEN", "REPORT", "1 Functions", "6 /tmp")


def test_keys_and_glyphs_are_explained_and_every_command_is_in_the_palette(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    screen.press("?")
    screen.wait_for("2 Environments", "Everywhere")
    screen.press("Escape")
    screen.wait_without("Everywhere")
    screen.press("C-p")
    screen.wait_for("Search")
    screen.type("power tuning")
    screen.wait_for("Power tuning")
