import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.service.removal import remove_tree

NOBODY = 65534


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """Outside pytest's own directories, which only their owner may enter."""
    folder = Path(tempfile.mkdtemp(prefix="lambdatui-nobody-"))
    (folder / "tmp").mkdir()
    if os.geteuid() == 0:
        for path in (folder, folder / "tmp"):
            os.chown(path, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def test_directories_that_user_code_has_locked_are_removed(folder_of_nobody: Path) -> None:
    child = os.fork()
    if child == 0:
        try:
            _lock_and_remove(folder_of_nobody / "tmp")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.listdir(folder_of_nobody) == []


def _lock_and_remove(root: Path) -> None:
    """In a process of its own: locks do not hold root up, so it has to become somebody else."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    (root / "locked" / "inner").mkdir(parents=True)
    (root / "locked" / "inner" / "file").touch()
    (root / "listed").mkdir()
    (root / "listed" / "file").touch()
    (root / "listed").chmod(0o444)
    (root / "locked" / "inner").chmod(0)
    (root / "locked").chmod(0)
    remove_tree(root)


def test_targets_of_links_stay(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    (tmp_path / "outside").chmod(0o555)
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside")
    remove_tree(tmp_path / "root")
    assert os.listdir(tmp_path) == ["outside"]
    assert os.listdir(tmp_path / "outside") == ["kept"]
    assert (tmp_path / "outside").stat().st_mode & 0o777 == 0o555


def test_nothing_is_said_about_what_is_gone_already(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    remove_tree(tmp_path / "absent")
    assert caplog.records == []


def test_what_stays_is_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with caplog.at_level(logging.WARNING):
        remove_tree(link)
    assert str(link) in caplog.text
