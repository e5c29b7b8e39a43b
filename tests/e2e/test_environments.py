"""``lambdatui environments`` as people type it, against a served project."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.support.program import Ran, clean_environ, run, serving


@pytest.fixture
def served(orders: Path) -> Iterator[Path]:
    """The example, with one idle environment."""
    with serving(orders):
        assert run("invoke", "orders-api", "-e", "http-get", cwd=orders).code == 0
        yield orders


def environments(served: Path, *arguments: str) -> Ran:
    return run("environments", *arguments, cwd=served)


def test_without_an_engine_it_says_so_and_how_to_start_one(orders: Path) -> None:
    ran = run("env", cwd=orders)
    assert (ran.code, ran.out) == (3, b"")
    assert "no engine of this project runs" in ran.err
    assert "`lambdatui serve`" in ran.err


def test_environments_are_listed_shown_ordered_about_and_told_as_a_test(served: Path) -> None:
    header, row = run("env", cwd=served).out.decode().splitlines()
    assert header.split()[:3] == ["ID", "FUNCTION", "STATE"]
    assert row.split()[:4] == ["e1", "orders-api", "ready", "(frozen)"]

    shown = environments(served, "show").out.decode()
    assert "phase       ready: it waits for an invoke" in shown
    assert "AWS_SECRET_ACCESS_KEY=********" in shown
    assert "no/account/knows" in environments(served, "show", "e1", "--show-secrets").out.decode()

    refused = environments(served, "freeze", "e1")
    assert (refused.code, refused.out) == (2, b"")
    assert "environment e1 cannot freeze now: it is frozen already" in refused.err

    assert environments(served, "reset", "e1").out == b"e1: reset ordered\n"
    document = json.loads(environments(served, "show", "e1", "--json").out)
    assert document["machine"]["phase"] in ("resetting", "reset")

    written = environments(served, "test", "e1").out.decode()
    (served / "test_recorded.py").write_text(written)
    passed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_recorded.py"],
        cwd=served,
        env=clean_environ(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"1 passed" in passed.stdout, passed.stdout


def test_unknown_environment_is_refused_with_where_to_look(served: Path) -> None:
    ran = environments(served, "kill", "e9")
    assert ran.code == 2
    assert "There is no environment 'e9'" in ran.err
    assert "`lambdatui environments` lists" in ran.err
