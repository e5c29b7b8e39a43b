"""Answers for people."""

import json

from lambdatui.model.error_types import EXPLANATIONS
from lambdatui.tui.response_text import body
from lambdatui.tui.spans import plain


def lines(payload: bytes, *, failed: bool = False) -> list[str]:
    return [plain(row) for row in body(payload, failed=failed)]


def test_json_is_printed_with_one_value_per_row() -> None:
    assert lines(b'{"a":[1,true]}') == ["{", '  "a": [', "    1,", "    true", "  ]", "}"]


def test_json_inside_the_body_of_an_http_answer_is_shown_decoded() -> None:
    shown = lines(json.dumps({"statusCode": 200, "body": '{"orders":[]}'}).encode())
    assert shown[shown.index("body, decoded") + 1 :] == ["{", '  "orders": []', "}"]


def test_error_type_of_the_service_is_explained() -> None:
    document = {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 3.00 seconds"}
    assert lines(json.dumps(document).encode(), failed=True)[2] == EXPLANATIONS["Sandbox.Timedout"]


def test_error_shows_type_message_and_frames() -> None:
    document = {
        "errorMessage": "order 1 has no items",
        "errorType": "ValueError",
        "stackTrace": ['  File "/var/task/app.py", line 41, in handler\n    return create(order)\n'],
    }
    assert lines(json.dumps(document).encode(), failed=True) == [
        "ValueError",
        "order 1 has no items",
        "",
        '  File "/var/task/app.py", line 41, in handler',
        "    return create(order)",
    ]


def test_error_shaped_answer_of_a_successful_invoke_is_just_json() -> None:
    assert lines(b'{"errorType":"x"}')[0] == "{"


def test_answer_that_is_no_json_is_shown_as_text() -> None:
    assert lines(b"plain\x1b[31m text\nmore") == ["plain text", "more"]
    assert lines(b"\xff\xfe") == ["��"]
