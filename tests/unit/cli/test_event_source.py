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
        ('{"a": 1}', "-e takes a file or a sample's name, not the event itself", "-e -"),
        ("s3-putt", "'s3-putt' is neither a file nor a sample event", "did you mean s3-put"),
    ],
)
def test_what_is_not_there_is_refused_with_a_way_out(here: Path, given: str, message: str, hint: str) -> None:
    with pytest.raises(CommandFailed) as failed:
        read_event(given, here)
    assert failed.value.message == message
    assert hint in failed.value.hint
    assert failed.value.code == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{'no': json}", "bad.json:1:2: not JSON: Expecting property name enclosed in double quotes"),
        (b'{"a":\n  1,\n  b}', "bad.json:3:3: not JSON: Expecting property name enclosed in double quotes"),
        (b'{"a": 1} x', "bad.json:1:10: not JSON: Extra data"),
        (b" \n", "bad.json:2:1: not JSON: Expecting value"),
        (b'["\xc3\xa4",\n "\xff"]', "bad.json:2:3: not UTF-8: byte 0xff"),
        (b'{"a": NaN}', "bad.json: not JSON: NaN is no value there"),
        (b"[" * 200_000, "bad.json: nested too deeply"),
    ],
)
def test_what_is_not_json_is_pointed_at_in_its_file(here: Path, body: bytes, message: str) -> None:
    (here / "bad.json").write_bytes(body)
    with pytest.raises(CommandFailed) as failed:
        read_event("bad.json", here)
    assert failed.value.message == message
    assert failed.value.code == 2


def test_an_empty_file_is_the_empty_object_as_over_http(here: Path) -> None:
    (here / "empty.json").touch()
    assert read_event("empty.json", here) == ChosenEvent(payload=b"{}")


def test_the_bytes_of_an_event_are_never_changed(here: Path) -> None:
    body = '{ "a" : "ü\\ud83d" }\n'.encode()
    (here / "event.json").write_bytes(body)
    assert read_event("event.json", here).payload == body
