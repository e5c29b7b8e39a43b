"""Where ``-e`` finds the event."""

from pathlib import Path

import pytest

from lambdatui.cli.event_source import ChosenEvent, read_event
from lambdatui.cli.failures import CommandFailed


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_one_the_event_is_the_empty_object(here: Path) -> None:
    assert read_event(None, here) == ChosenEvent(payload=b"{}")


def test_a_file_wins_over_a_sample_of_the_same_name(here: Path) -> None:
    (here / "s3-put").write_bytes(b"[1]")
    assert read_event("s3-put", here) == ChosenEvent(payload=b"[1]")


def test_a_sample_keeps_its_name_for_the_record(here: Path) -> None:
    chosen = read_event("s3-put", here)
    assert chosen.sample == "s3-put"
    assert b"Records" in chosen.payload


def test_the_projects_own_events_count_as_samples(here: Path) -> None:
    (here / "events").mkdir()
    (here / "events" / "mine.json").write_bytes(b'"mine"')
    assert read_event("mine", here) == ChosenEvent(payload=b'"mine"', sample="mine")


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ("events/none.json", "there is no file events/none.json", "a sample event's name"),
        (".", ". is a directory", "give a JSON file"),
        ("s3-putt", "'s3-putt' is neither a file nor a sample event", "did you mean s3-put"),
    ],
)
def test_what_is_not_there_is_refused_with_a_way_out(here: Path, given: str, message: str, hint: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        read_event(given, here)
    assert failed.value.message == message
    assert hint in failed.value.hint
    assert failed.value.code == 2
