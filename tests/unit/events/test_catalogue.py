"""The catalogue finds our samples and the project's, and helps with a mistyped name."""

import json
import re
from pathlib import Path

import pytest

from lambdatui.events.catalogue import PROJECT_SERVICE, SampleEvent, SampleNotFound, catalogue, find

SAMPLES = catalogue()


def _project_with(root: Path, **events: str) -> Path:
    (root / "events").mkdir()
    for name, text in events.items():
        (root / "events" / f"{name}.json").write_text(text)
    return root


def test_every_file_in_the_sample_folders_is_listed() -> None:
    folder = find("hello").path.parent.parent
    assert sorted(folder.glob("*/*.json")) == sorted(sample.path for sample in SAMPLES)


def test_names_are_unique() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_an_object_with_a_typable_name_and_a_title_of_one_line(sample: SampleEvent) -> None:
    assert isinstance(json.loads(sample.body), dict)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", sample.name)
    assert 0 < len(sample.title) <= 72
    assert sample.path.parent.name == sample.service


def test_the_events_of_a_project_come_after_ours(tmp_path: Path) -> None:
    root = _project_with(tmp_path, refund='{"orderId": "o-1"}', audit="{}")
    own = catalogue(root)[len(SAMPLES) :]
    assert [(one.name, one.service, one.title) for one in own] == [
        ("audit", PROJECT_SERVICE, "events/audit.json"),
        ("refund", PROJECT_SERVICE, "events/refund.json"),
    ]


def test_an_event_of_the_project_takes_the_place_of_ours_with_the_same_name(tmp_path: Path) -> None:
    root = _project_with(tmp_path, hello='{"mine": true}')
    assert find("hello", root).body == b'{"mine": true}'
    assert len(catalogue(root)) == len(SAMPLES)


def test_a_project_without_events_adds_none(tmp_path: Path) -> None:
    assert catalogue(tmp_path) == SAMPLES


def test_a_body_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    sample = find("refund", _project_with(tmp_path, refund="{}"))
    sample.path.write_text('{"edited": true}')
    assert sample.body == b'{"edited": true}'


def test_a_mistyped_name_is_answered_with_the_close_ones_and_the_command_that_lists_them() -> None:
    with pytest.raises(SampleNotFound) as caught:
        find("sqs-btch")
    assert caught.value.close[0] == "sqs-batch"
    assert "did you mean 'sqs-batch'" in str(caught.value)
    assert "lambdatui events ls" in str(caught.value)


def test_a_name_that_resembles_nothing_gets_no_guess() -> None:
    with pytest.raises(SampleNotFound) as caught:
        find("zzzzzzzz")
    assert caught.value.close == ()
    assert "did you mean" not in str(caught.value)
