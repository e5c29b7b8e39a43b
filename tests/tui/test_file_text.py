"""Bytes of a file as rows."""

from lambdatui.tui.file_text import rows
from lambdatui.tui.spans import plain


def test_text_is_numbered_and_clean() -> None:
    assert [plain(row) for row in rows(b"a\n\x1b[31mb")] == ["    1  a", "    2  b"]


def test_binary_is_dumped_in_hex() -> None:
    (row,) = rows(b"\x89PNG\x00")
    assert plain(row) == f"00000000  {'89 50 4e 47 00':<48} ·PNG·"


def test_empty_file_says_so() -> None:
    assert plain(rows(b"")[0]) == "This file is empty."
