"""Where the state of a project is kept."""

from pathlib import Path

import pytest

from lambdatui.service.state_dir import StateDir
from lambdatui.service.state_place import place_of, private_place_of


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_it_is_in_the_project_where_that_can_be_written(tmp_path: Path) -> None:
    assert place_of(tmp_path) == tmp_path / ".lambdatui"
    assert StateDir.of_project(tmp_path).root == tmp_path / ".lambdatui"
    assert place_of(tmp_path) == tmp_path / ".lambdatui"


def test_it_is_not_in_a_project_whose_path_is_too_long_for_a_database(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 3)
    deep.mkdir(parents=True)
    assert place_of(deep) == private_place_of(deep)


def test_a_project_that_is_not_there_any_more_has_a_place_of_the_users_own(tmp_path: Path, state_home: Path) -> None:
    gone = tmp_path / "gone"
    assert place_of(gone) == private_place_of(gone)
    assert place_of(gone).parent == state_home / "lambdatui"


def test_projects_do_not_share_a_private_place_and_a_link_finds_that_of_its_project(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert private_place_of(tmp_path / "link") == private_place_of(tmp_path / "one")
    assert private_place_of(tmp_path / "two") != private_place_of(tmp_path / "one")


@pytest.mark.parametrize("home", ["", "relative/path"])
def test_without_a_usable_xdg_state_home_it_is_below_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", home)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert private_place_of(tmp_path).parent == tmp_path / ".local/state/lambdatui"


def test_a_file_of_that_name_is_left_to_whoever_opens_it(tmp_path: Path) -> None:
    (tmp_path / ".lambdatui").touch()
    assert place_of(tmp_path) == tmp_path / ".lambdatui"
    with pytest.raises(FileExistsError):
        StateDir.of_project(tmp_path)


def test_a_private_place_is_made_for_its_user_alone(tmp_path: Path) -> None:
    place = StateDir.of_project(tmp_path / "gone").root
    assert place == private_place_of(tmp_path / "gone")
    assert place.stat().st_mode & 0o777 == 0o700
