"""Text that is not ours, made safe to draw: nothing a function prints may act on the terminal or lie about its width.

Colour sequences vanish, every other control becomes a visible picture of itself, bidirectional controls and broken
characters become U+FFFD, invisible format characters are dropped. Pure; the only way hostile text enters a strip.
"""

import re
import unicodedata

REPLACEMENT = "\ufffd"
TAB_CELLS = 4
MAX_CHARACTERS = 16_384
"""Longer lines are cut when they enter the log; a screen row never needs more."""

_COLOUR_SEQUENCE = re.compile(r"\x1b\[[0-9;:]*m")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS_IN_A_ROW = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


class _Pictures(dict[int, str]):
    """Translation of one code point, computed on first sight; at most one entry per code point exists."""

    def __missing__(self, code: int) -> str:
        shown = self[code] = _picture(chr(code))
        return shown


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character in _BIDI:
        return REPLACEMENT
    match unicodedata.category(character):
        case "Cc" | "Cs" | "Cn" | "Co":
            return REPLACEMENT
        case "Zl" | "Zp":
            return "\u2424"
        case "Zs":
            return " " * (2 if character == "\u3000" else 1)
        case "Cf":
            return ""
    return "" if 0xFE00 <= code <= 0xFE0F else character


_PICTURES = _Pictures()


def clean(text: str) -> str:
    """``text`` as one row of harmless, measurable characters. Tabs become spaces; line breaks become pictures."""
    if text.isascii() and text.isprintable():
        return text
    text = _COLOUR_SEQUENCE.sub("", text)
    if "\t" in text:
        text = text.expandtabs(TAB_CELLS)
    return _MARKS_IN_A_ROW.sub(r"\1", text.translate(_PICTURES))


def clean_rows(text: str) -> list[str]:
    """``text`` as rows, broken where LF, CRLF or the CRs of a framed log record break it."""
    return [clean(row) for row in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def clip(text: str) -> str:
    """``text`` itself, or its beginning and a note of how much is missing."""
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}… +{len(text) - MAX_CHARACTERS:,} characters"
