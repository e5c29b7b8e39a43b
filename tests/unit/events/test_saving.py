"""Events saved as samples of a project."""

import json
from pathlib import Path

import pytest

from lambdatui.events.catalogue import find
from lambdatui.events.saving import BadSampleName, NoEvent, SampleExists, save_sample


def test_saved_event_is_a_sample_of_the_project(tmp_path: Path) -> None:
    assert save_sample(tmp_path, "big-order", b'{"a": 1}') == "events/big-order.json"
    assert json.loads(find("big-order", tmp_path).body) == {"a": 1}


def test_event_without_line_breaks_is_indented_where_that_loses_nothing(tmp_path: Path) -> None:
    save_sample(tmp_path, "one", b'{"a":1,"b":"\xc3\xa4"}')
    save_sample(tmp_path, "two", b'{"a":1.10,"a":1e400}')
    assert (tmp_path / "events/one.json").read_text() == '{\n  "a": 1,\n  "b": "ä"\n}\n'
    assert (tmp_path / "events/two.json").read_text() == '{"a":1.10,"a":1e400}\n'


def test_sample_that_is_there_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    save_sample(tmp_path, "order", b"1")
    with pytest.raises(SampleExists, match=r"events/order\.json exists already"):
        save_sample(tmp_path, "order", b"2")
    assert (tmp_path / "events/order.json").read_text() == "1\n"
    save_sample(tmp_path, "order", b"3", replace=True)
    assert [(path.name, path.read_text()) for path in (tmp_path / "events").iterdir()] == [("order.json", "3\n")]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "-option", "a b", "x" * 101])
def test_names_that_are_no_file_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSampleName):
        save_sample(tmp_path, name, b"{}")
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_json_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(NoEvent):
        save_sample(tmp_path, "x", b"{nope")
    assert list(tmp_path.iterdir()) == []
