"""The keymap file: what it changes, and what is said about what it cannot change."""

import pytest

from lambdatui.tui import actions, keymap
from lambdatui.tui.actions import ACTIONS
from tests.tui.support import pictures
from tests.tui.support.desk import desk
from tests.tui.support.fake_client import FakeClient


def keys_after(text: str, action: str) -> tuple[str, ...]:
    table = keymap.remapped(ACTIONS, keymap.read(text, ACTIONS).keys)
    return next(one.keys for one in table if one.id == action)


@pytest.mark.parametrize(
    ("text", "action", "keys"),
    [
        ('kill = "ctrl+k"', "kill", ("ctrl+k",)),
        ('copy.logs = "y"', "copy.logs", ("y",)),
        ('"copy.logs" = "y"', "copy.logs", ("y",)),
        ('zoom = ["f6", "Z"]', "zoom", ("f6", "Z")),
        ('zoom = "?"\nhelp = "f1"', "zoom", ("question_mark",)),
        ('zoom = "p"\npause = "z"', "pause", ("z",)),
    ],
)
def test_a_key_of_ones_own_replaces_the_usual_ones(text: str, action: str, keys: tuple[str, ...]) -> None:
    assert keymap.read(text, ACTIONS).complaints == ()
    assert keys_after(text, action) == keys


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("kill = ", "it is not TOML"),
        ('kil = "x"', "there is no action called kil; did you mean kill?"),
        ("kill = 3", "kill takes a key"),
        ("kill = []", "kill takes a key"),
        ('kill = "contrl+k"', '"contrl+k" is no key'),
        ('send = "ctrl+a"', '"ctrl+a" is needed by the event editor'),
        ('kill = "p"', 'kill = "p" is taken by "Pause the screen" (Workbench), which is pause'),
        ('quit = "ctrl+p"', "which is palette"),
    ],
)
def test_what_cannot_be_is_told_and_leaves_the_usual_key(text: str, complaint: str) -> None:
    read = keymap.read(text, ACTIONS)
    assert read.keys == {}
    assert len(read.complaints) == 1
    assert complaint in read.complaints[0]


def test_one_mistake_costs_that_line_only() -> None:
    read = keymap.read('kill = "p"\nzoom = "f6"\n', ACTIONS)
    assert read.keys == {"zoom": ("f6",)}
    assert len(read.complaints) == 1


async def test_what_cannot_be_of_the_keymap_stays_in_the_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "COMPLAINTS", ("keymap.toml: there is no action called histori",))
    async with desk(FakeClient(views=pictures.idle())) as bench:
        await bench.press("question_mark")
        assert bench.rows("#help-text")[0] == "⚠ keymap.toml: there is no action called histori"
