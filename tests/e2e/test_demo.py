"""The demo: every step happens when its keys are pressed, in a real terminal, and the recording tells it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.tui.demo_script import STEPS
from tests.e2e.support.program import PROGRAM, run
from tests.e2e.support.tmux import Terminal, terminal


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Terminal]:
    with terminal(tmp_path / "tmux.sock") as session:
        yield session


def test_every_step_is_recorded_as_it_really_happens(tmp_path: Path) -> None:
    ran = run("demo", "--record", "demo.cast", "--size", "100x30", "--pause", "0", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, b""), ran.err
    assert "10 steps recorded" in ran.err
    head, *events = [json.loads(line) for line in (tmp_path / "demo.cast").read_text(encoding="utf-8").splitlines()]
    assert (head["version"], head["width"], head["height"]) == (2, 100, 30)
    assert {kind for _, kind, _ in events} == {"o"}
    times = [time_s for time_s, _, _ in events]
    assert times == sorted(times)
    drawn = "".join(text for _, _, text in events)
    places = [drawn.find(f"✔ seen {number}/{len(STEPS)}") for number in range(1, len(STEPS) + 1)]
    assert -1 not in places
    assert places == sorted(places)
    assert "The end" in drawn
    assert list(tmp_path.glob("*")) == [tmp_path / "demo.cast"]


def test_a_cast_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    ran = run("demo", "--record", "nowhere/demo.cast", cwd=tmp_path)
    assert ran.code == 2
    assert "nowhere/demo.cast cannot be written" in ran.err


def test_without_a_terminal_it_says_what_to_type_instead(tmp_path: Path) -> None:
    ran = run("demo", cwd=tmp_path)
    assert ran.code == 2
    assert "lambdatui demo --record FILE" in ran.err


@pytest.mark.tmux
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_the_guide_waits_for_the_key_and_leaves_nothing_behind(screen: Terminal, tmp_path: Path) -> None:
    screen.start([str(PROGRAM), "demo"], tmp_path, columns=80, rows=24)
    screen.wait_for("DEMO", "Cold start", "▶ 1/10 press  i")
    screen.press("C-n")
    screen.wait_for("press i first")
    screen.press("i")
    screen.wait_for("✔ seen 1/10", "created o-2", "that was a cold start")
    screen.press("C-n")
    screen.wait_for("Warm start", "▶ 2/10")
    screen.press("C-q")
    screen.wait_for("exit code 0")
