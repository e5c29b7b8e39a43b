import json
import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdatui.service import rendezvous
from lambdatui.service.rendezvous import EngineAlreadyRunning, Rendezvous, UnsafeDirectory


@pytest.fixture
def short_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("r")


def deep_root(tmp_path: Path) -> Path:
    root = tmp_path / ("d" * 60) / ("e" * 60)
    root.mkdir(parents=True)
    return root


def published(root: Path, path: Path | None, *, pid: int | None = None, url: str = "http://127.0.0.1:9") -> Rendezvous:
    engine = Rendezvous(pid=pid or os.getpid(), started_s=1.5, url=url, socket=path, version="0.1.0")
    rendezvous.publish(root, engine)
    return engine


@pytest.fixture
def listening(short_root: Path) -> Iterator[Path]:
    path = rendezvous.prepare_socket(short_root)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        yield path


def test_engine_that_listens_is_found(short_root: Path, listening: Path) -> None:
    engine = published(short_root, listening)
    assert rendezvous.find(short_root) == engine


def test_engine_without_a_unix_socket_is_found_by_its_url(short_root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        engine = published(short_root, None, url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert rendezvous.find(short_root) == engine


def test_published_file_is_for_its_owner_only(short_root: Path) -> None:
    published(short_root, None)
    path = short_root / ".lambdatui" / "engine.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == {"pid", "started", "url", "socket", "version"}


def test_publishing_leaves_no_draft_behind(short_root: Path) -> None:
    published(short_root, None)
    assert [path.name for path in (short_root / ".lambdatui").iterdir()] == ["engine.json"]


def test_project_without_an_engine_has_none(short_root: Path) -> None:
    assert rendezvous.find(short_root) is None


def test_dead_process_is_not_found(short_root: Path, listening: Path) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    published(short_root, listening, pid=process.pid)
    assert rendezvous.find(short_root) is None


def test_socket_that_nobody_answers_is_not_found(short_root: Path) -> None:
    path = rendezvous.prepare_socket(short_root)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))
    published(short_root, path)
    assert rendezvous.find(short_root) is None


def test_socket_of_a_dead_engine_is_removed_before_binding(short_root: Path) -> None:
    path = rendezvous.prepare_socket(short_root)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))
    assert not rendezvous.prepare_socket(short_root).exists()


def test_second_engine_is_told_of_the_first(short_root: Path, listening: Path) -> None:
    engine = published(short_root, listening)
    with pytest.raises(EngineAlreadyRunning, match=f"process {os.getpid()} at http://127.0.0.1:9") as raised:
        rendezvous.prepare_socket(short_root)
    assert raised.value.rendezvous == engine


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pid":"x"}', '{"pid":1}'])
def test_file_that_cannot_be_understood_is_no_engine(short_root: Path, text: str) -> None:
    (short_root / ".lambdatui").mkdir()
    (short_root / ".lambdatui" / "engine.json").write_text(text)
    assert rendezvous.find(short_root) is None


def test_withdrawing_removes_file_and_socket(short_root: Path, listening: Path) -> None:
    published(short_root, listening)
    rendezvous.withdraw(short_root, os.getpid())
    assert list((short_root / ".lambdatui").iterdir()) == []


def test_withdrawing_leaves_the_successor_alone(short_root: Path, listening: Path) -> None:
    engine = published(short_root, listening)
    rendezvous.withdraw(short_root, os.getpid() + 1)
    assert rendezvous.find(short_root) == engine


class TestLongProjectPath:
    @pytest.fixture(autouse=True)
    def own_temporary_directory(self, monkeypatch: pytest.MonkeyPatch, short_root: Path) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(short_root))

    def test_socket_moves_to_a_private_directory_and_can_be_bound(self, tmp_path: Path, short_root: Path) -> None:
        path = rendezvous.prepare_socket(deep_root(tmp_path))
        assert path.parent == short_root / f"lambdatui-{os.getuid()}"
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))

    def test_two_projects_have_two_sockets(self, tmp_path: Path) -> None:
        root = deep_root(tmp_path)
        (root / "other").mkdir()
        assert rendezvous.socket_path(root) != rendezvous.socket_path(root / "other")

    def test_directory_that_others_can_enter_is_refused(self, tmp_path: Path, short_root: Path) -> None:
        (short_root / f"lambdatui-{os.getuid()}").mkdir()
        (short_root / f"lambdatui-{os.getuid()}").chmod(0o755)
        with pytest.raises(UnsafeDirectory, match="remove it"):
            rendezvous.prepare_socket(deep_root(tmp_path))

    def test_link_in_place_of_the_directory_is_refused(self, tmp_path: Path, short_root: Path) -> None:
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        (short_root / f"lambdatui-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(UnsafeDirectory):
            rendezvous.prepare_socket(deep_root(tmp_path))
