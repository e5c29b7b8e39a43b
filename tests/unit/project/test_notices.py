"""The system's notices, whoever they come from: what is a notice, what is none, and what ends a wait."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.project.notices import Notices, Wake, kernel_notices, stepped_notices

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's notices are Linux's")


@contextlib.contextmanager
def started(kind: str, directory: Path, wake: Wake | None = None) -> Iterator[Notices]:
    paths = [str(directory)]
    own = wake or Wake()
    notices = kernel_notices(paths, own) if kind == "kernel" else stepped_notices(paths, polling=kind == "polling")
    assert notices is not None
    try:
        yield notices
    finally:
        notices.close()
        own.close()


@pytest.fixture(params=[pytest.param("kernel", marks=linux_only), "watchfiles", "polling"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def names_until(notices: Notices, *names: str) -> set[str]:
    """What changed until all of ``names`` had."""
    found: set[str] = set()
    while not found.issuperset(names):
        found |= {os.path.basename(path) for path in notices.wait() or set()}
    return found


def test_a_save_is_noticed(kind: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    os.utime(tmp_path / "app.py", (0, 0))  # compared files differ by whole seconds

    with started(kind, tmp_path) as notices:
        (tmp_path / "app.py").write_text("x = 12\n")
        assert names_until(notices, "app.py") == {"app.py"}


def test_both_names_of_a_file_that_is_renamed_are_noticed(kind: str, tmp_path: Path) -> None:
    (tmp_path / "draft.py").write_text("x = 1\n")

    with started(kind, tmp_path) as notices:
        (tmp_path / "draft.py").rename(tmp_path / "app.py")
        assert names_until(notices, "app.py", "draft.py") == {"app.py", "draft.py"}


def test_a_deleted_file_is_noticed(kind: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")

    with started(kind, tmp_path) as notices:
        (tmp_path / "app.py").unlink()
        assert names_until(notices, "app.py") == {"app.py"}


def test_what_changes_below_a_subdirectory_is_not_noticed(kind: str, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()

    with started(kind, tmp_path) as notices:
        (tmp_path / "below" / "app.py").write_text("x = 1\n")
        (tmp_path / "last").write_text("")
        assert "app.py" not in names_until(notices, "last")


@linux_only
def test_a_ring_ends_the_wait_for_the_kernel(tmp_path: Path) -> None:
    wake = Wake()
    with started("kernel", tmp_path, wake) as notices:
        wake.ring()
        assert notices.wait() == set()


@linux_only
def test_reading_a_file_is_no_change(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")

    with started("kernel", tmp_path) as notices:
        (tmp_path / "app.py").read_text()
        assert notices.pending() == set()


@linux_only
def test_a_directory_that_is_gone_is_left_out(tmp_path: Path) -> None:
    with started("kernel", tmp_path / "gone") as notices:
        (tmp_path / "gone").mkdir()
        assert notices.pending() == set()


@linux_only
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_directory_that_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o300)

    with started("kernel", closed) as notices:
        (closed / "app.py").write_text("x = 1\n")
        assert notices.pending() == set()
