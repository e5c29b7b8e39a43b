import os
from pathlib import Path

import pytest

from lambdatui.service.scratch import MAX_FILES, list_scratch


def test_everything_below_is_listed_by_path_with_sizes_of_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.txt").write_text("12")
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "link").symlink_to("/etc")
    found = list_scratch(tmp_path)
    assert [(file.path, file.is_dir) for file in found.files] == [
        ("a.txt", False),
        ("folder", True),
        ("folder/b.txt", False),
        ("link", False),
    ]
    assert (found.total_bytes, found.truncated) == (3 + len("/etc"), False)


def test_no_more_is_looked_at_than_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MAX_FILES + 50):
        (tmp_path / str(number)).touch()
    looked_at = []

    def noted(path: str, _: Path) -> str:
        looked_at.append(path)
        return path

    monkeypatch.setattr("os.path.relpath", noted)
    found = list_scratch(tmp_path)
    assert (len(found.files), found.truncated, len(looked_at)) == (MAX_FILES, True, MAX_FILES + 1)


def test_directory_that_cannot_be_read_hides_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "kept.txt").touch()
    scandir = os.scandir

    def scandir_but_locked(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", scandir_but_locked)
    assert [file.path for file in list_scratch(tmp_path).files] == ["kept.txt", "locked"]


def test_being_out_of_descriptors_is_no_error_of_the_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_descriptors(path: str) -> object:
        raise OSError(24, "Too many open files", path)

    monkeypatch.setattr("os.scandir", no_descriptors)
    assert list_scratch(tmp_path).files == ()
