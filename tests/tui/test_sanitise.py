"""Nothing a function prints reaches the terminal raw."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.tui.sanitise import MAX_CHARACTERS, clean, clean_rows, clip


def test_plain_text_passes_untouched() -> None:
    assert clean("GET /orders 200") == "GET /orders 200"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "␛]0;title␇x"),
        ("\x1b[2J\x1b[H", "␛[2J␛[H"),
        ("bell\x07", "bell␇"),
        ("back\x08space", "back␈space"),
        ("nul\x00", "nul␀"),
        ("\x7f", "␡"),
        ("c1 \x9b31m", "c1 �31m"),
        ("a\tb", "a   b"),
        ("safe\u202egpj.exe", "safe�gpj.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("lone \ud800 surrogate", "lone � surrogate"),
        ("line\u2028break", "line␤break"),
        ("no\u00a0break", "no break"),
        ("a\ufe0f", "a"),
    ],
)
def test_control_becomes_visible_or_vanishes(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


def test_accents_stay_but_towers_of_marks_are_cut() -> None:
    assert clean("e\u0301") == "e\u0301"
    assert clean("e" + "\u0301" * 500) == "e\u0301\u0301"


def test_framed_record_breaks_at_its_carriage_returns() -> None:
    assert clean_rows("[ERROR] boom\rTraceback\r  File\r\nend") == ["[ERROR] boom", "Traceback", "  File", "end"]


def test_endless_line_is_cut_with_a_note() -> None:
    cut = clip("x" * (MAX_CHARACTERS + 1_234))
    assert cut.endswith("… +1,234 characters")
    assert len(cut) < MAX_CHARACTERS + 40


@given(st.text(st.characters(), max_size=200))
def test_any_text_becomes_encodable_characters_without_controls(text: str) -> None:
    shown = clean(text)
    shown.encode("utf-8")
    assert not [character for character in shown if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
