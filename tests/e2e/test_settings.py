"""``lambdatui set``: a running engine is told otherwise, shows it, forgets it, or writes it down."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.support.program import run, serving

LOOKS = (
    "import os\n"
    "def handler(event, context):\n"
    "    return context.memory_limit_in_mb + ' ' + os.environ.get('STAGE', 'none')\n"
)


@pytest.fixture
def root(project: MakeProject) -> Path:
    root = project(LOOKS)
    (root / "lambdatui.toml").write_text(
        '# ours\n[functions.app]\nhandler = "app.handler"\nmemory_size = 256  # enough\ntimeout = 30\n'
    )
    return root


def answer(root: Path) -> object:
    return json.loads(run("invoke", cwd=root).out)


def test_change_takes_effect_and_shows_as_the_sessions_until_it_is_undone(root: Path) -> None:
    with serving(root):
        assert answer(root) == "256 none"
        changed = run("set", "memory=512", "env.STAGE=test", cwd=root)
        assert changed.code == 0
        assert ["memory", "512", "*", "256", "lambdatui.toml:4"] in [
            line.split() for line in changed.out.decode().splitlines()
        ]
        assert answer(root) == "512 test"
        function = json.loads(run("ls", "--json", cwd=root).out)["functions"][0]
        assert function["memory_mb"] == 512
        assert {key: origin["source"] for key, origin in function["origins"].items()}.items() >= {
            ("memory_mb", "session"),
            ("environment.STAGE", "session"),
        }
        assert b"512 MB *" in run("ls", cwd=root).out
        assert run("set", "app", "--undo", "all", cwd=root).code == 0
        assert answer(root) == "256 none"
        assert b"session" not in run("ls", "--json", cwd=root).out


def test_written_changes_keep_the_files_comments_and_outlive_the_engine(root: Path) -> None:
    with serving(root):
        written = run("set", "memory=512", "--write", cwd=root)
        assert "lambdatui.toml: memory written" in written.err
    assert (root / "lambdatui.toml").read_text() == (
        '# ours\n[functions.app]\nhandler = "app.handler"\nmemory_size = 512  # enough\ntimeout = 30\n'
    )
    assert answer(root) == "512 none"


def test_secrets_are_written_only_for_who_says_so(root: Path) -> None:
    with serving(root):
        kept = run("set", "timeout=9", "env.API_TOKEN=hush", "--write", cwd=root)
        assert "env.API_TOKEN is secret and was not written to lambdatui.toml" in kept.err
        assert "hush" not in (root / "lambdatui.toml").read_text()
        assert run("set", "--write-secrets", cwd=root).code == 0
    assert 'API_TOKEN = "hush"' in (root / "lambdatui.toml").read_text()


def test_what_lambda_would_refuse_is_refused_in_its_words(root: Path) -> None:
    with serving(root):
        refused = run("set", "memory=64", cwd=root)
    assert (refused.code, refused.out) == (2, b"")
    assert "Value '64' at 'memorySize' failed to satisfy constraint" in refused.err


def test_without_an_engine_there_is_no_session(root: Path) -> None:
    refused = run("set", "memory=512", cwd=root)
    assert refused.code == 3
    assert "no engine of this project runs" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("app", "memory"), "'memory' is no setting"),
        (("reload=maybe",), "neither on nor off"),
        (("speed=fast",), "is no number"),
        (("nope", "memory=512"), "there is no function called 'nope'"),
        (("memry=512",), "there is no setting called 'memry'"),
    ],
)
def test_mistyped_words_are_told(root: Path, words: tuple[str, ...], said: str) -> None:
    with serving(root):
        refused = run("set", *words, cwd=root)
    assert refused.code == 2
    assert said in refused.err


def test_clock_and_following_of_a_running_engine_can_be_changed(root: Path) -> None:
    with serving(root):
        assert answer(root) == "256 none"
        assert run("set", "reload=off", "speed=60", cwd=root).code == 0
        (root / "app.py").write_text("def handler(event, context):\n    return 'new'\n")
        assert answer(root) == "256 none"
        assert run("set", "reload=on", cwd=root).code == 0
        assert answer(root) == "new"
