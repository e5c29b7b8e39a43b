"""The main job in a real terminal: open the example, fire an event, read the log, change the code, fire again."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lambdatui.service import rendezvous
from tests.e2e.support.program import PROGRAM, run, serving, still_alive
from tests.e2e.support.tmux import Terminal, terminal

pytestmark = [
    pytest.mark.tmux,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path / "tmux.sock") as session:
        yield session


def open_workbench(screen: Terminal, root: Path, *options: str, columns: int = 80, rows: int = 24) -> None:
    screen.start([str(PROGRAM), str(root), *options], root.parent, columns=columns, rows=rows)
    screen.wait_for("order-worker", "no env")


def engine_of(root: Path) -> psutil.Process:
    running = rendezvous.find(root)
    assert running is not None
    return psutil.Process(running.pid)


def test_the_main_job_from_the_first_picture_to_the_last(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    engine = engine_of(orders)
    screen.press("i")
    screen.wait_for("1 env", "FROZEN")
    screen.press("4")
    screen.wait_for("init: stage dev, 1 order in stock", "invocation 1 of this environment", "REPORT", " init ")
    handler = orders / "api" / "app.py"
    handler.write_text(handler.read_text().replace("of this environment)", "of the new code)"))
    screen.wait_for("app.py → ready")
    screen.press("i")
    screen.wait_for("invocation 1 of the new code")
    screen.press("3")
    screen.wait_for('"x-start": "cold"', "http-get")
    everything = [engine, *engine.children(recursive=True)]
    screen.press("Escape", "C-q")
    screen.wait_for("exit code 0")
    assert still_alive(everything) == []


def test_its_engine_gets_the_parameters_of_the_command_line(screen: Terminal, orders: Path) -> None:
    open_workbench(
        screen, orders, "--parameter-overrides", "StageName=two words", "LogLevel=DEBUG", columns=200, rows=60
    )
    screen.press("i")
    screen.wait_for("init: stage two words", "REPORT")


def test_the_file_a_handler_wrote_is_seen_in_its_tmp(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders, columns=200, rows=60)
    screen.press("1", "Down")
    screen.wait_for("s3-put")
    screen.press("i")
    screen.wait_for("ceramic mug.png", "FROZEN", "REPORT")


def test_an_environment_is_looked_into_reset_and_left_again(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders, columns=120, rows=40)
    screen.press("i")
    screen.wait_for("FROZEN")
    screen.press("2", "Enter")
    screen.wait_for("1 Machine", "e1", "it waits for an invoke", "RuntimePostedResponse", "AWS_ACCESS_KEY_ID=****")
    screen.press("r")
    screen.wait_for("Reset environment e1?")
    screen.press("y")
    screen.wait_for("RESET", "no process; the next invoke runs init again", "OrderGiven reset")
    screen.press("i")
    screen.wait_for("generation 2", "frozen")
    screen.press("Escape")
    screen.wait_for("1 Functions", "FROZEN")


def test_an_event_is_fired_asynchronously(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders, columns=200, rows=60)
    screen.press("1", "Down", "Down")
    screen.wait_for("sqs-single")
    screen.press("m")
    screen.wait_for("(•) async")
    screen.press("i")
    screen.wait_for("packed o-1001", "REPORT", "202")


def test_an_engine_that_ran_before_is_attached_to_and_left_running(screen: Terminal, orders: Path) -> None:
    with serving(orders) as engine:
        run("invoke", "orders-api", "-e", "http-get", cwd=orders)
        screen.start([str(PROGRAM)], orders, columns=80, rows=24)
        screen.wait_for("1 env", "FROZEN")
        screen.press("C-q")
        screen.wait_for("exit code 0")
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        assert engine.process.poll() is None


def test_a_killed_engine_is_replaced_while_the_screen_stays(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    first = engine_of(orders)
    screen.press("i")
    screen.wait_for("1 env")
    first.kill()
    screen.wait_for("no env", "○ orders-api")
    second = engine_of(orders)
    assert second.pid != first.pid
    screen.press("i")
    screen.wait_for("1 env", "FROZEN")
    screen.press("C-q")
    screen.wait_for("exit code 0")
    assert still_alive([second]) == []


def test_a_killed_screen_takes_its_engine_along(screen: Terminal, orders: Path) -> None:
    open_workbench(screen, orders)
    engine = engine_of(orders)
    parent = engine.parent()
    assert parent is not None
    assert parent.pid != os.getpid()
    parent.kill()
    assert still_alive([engine]) == []


def test_an_editor_of_the_terminal_opens_the_failing_line_and_the_screen_comes_back(
    screen: Terminal, orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "vi"
    editor.write_text('#!/bin/sh\necho "opened $1 $(basename $2)"\nread line\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    handler = orders / "api" / "app.py"
    source = handler.read_text().replace("    global invocations\n", "    raise ValueError('none')\n", 1)
    handler.write_text(source)
    line = source[: source.index("raise ValueError('none')")].count("\n") + 1
    open_workbench(screen, orders)
    screen.press("3", "i")
    screen.wait_for(f"o opens app.py:{line}")
    screen.press("o")
    screen.wait_for(f"opened +{line} app.py")
    screen.press("Enter")
    screen.wait_for("Unhandled", "opens app.py")
    screen.press("C-q")
    screen.wait_for("exit code 0")


def test_the_first_session_is_shown_around_once(screen: Terminal, orders: Path, tmp_path: Path) -> None:
    environ = {"CI": "", "XDG_STATE_HOME": str(tmp_path / "state")}
    screen.start([str(PROGRAM), str(orders)], orders.parent, columns=100, rows=30, environ=environ)
    screen.wait_for("1/5  Your functions", "esc skip the tour")
    screen.press("Enter")
    screen.wait_for("2/5  An event")
    screen.press("Escape")
    screen.wait_without("An event")
    screen.press("C-q")
    screen.wait_for("exit code 0")
    assert (tmp_path / "state" / "lambdatui" / "tour").exists()
