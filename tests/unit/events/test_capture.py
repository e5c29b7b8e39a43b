import pytest

from lambdatui.events.capture import CapturedEvent, CaptureError, exported, read_captured


def test_a_json_document_is_one_event_to_the_byte() -> None:
    content = b'{\n  "Records": []\n}\n'
    assert read_captured(content) == (CapturedEvent(payload=content),)


def test_json_lines_are_one_event_each_and_empty_lines_none() -> None:
    assert [event.payload for event in read_captured(b'{"n": 1}\n\n{"n": 2}\n')] == [b'{"n": 1}', b'{"n": 2}']


def test_a_line_that_is_not_json_is_named() -> None:
    with pytest.raises(CaptureError, match="line 2 is not JSON"):
        read_captured(b'{"n": 1}\n{"n": \n')


def test_what_was_exported_comes_back_with_its_function_and_answer() -> None:
    line = exported("orders-api", "req-1", b'{"n":1}', b'{"ok":true}')
    two = read_captured(line + line)
    assert two[0] == CapturedEvent(
        payload=b'{"n": 1}', function="orders-api", response=b'{"ok": true}', request_id="req-1"
    )
