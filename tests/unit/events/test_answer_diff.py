import pytest

from lambdatui.events.answer_diff import Change, diff_answers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"a": 1, "b": 2}', b'{"b":2,"a":1}'),
        (b"plain", b"plain"),
        (b"", b""),
        (b'{"body": "{\\"a\\": 1, \\"b\\": 2}"}', b'{"body": "{\\"b\\":2,\\"a\\":1}"}'),
    ],
)
def test_answers_that_mean_the_same_do_not_differ(before: bytes, after: bytes) -> None:
    assert diff_answers(before, after) == ()


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (b'{"status": 200}', b'{"status": 500}', [Change("status", "200", "500")]),
        (b'{"a": 1}', b'{"a": 1, "b": [2]}', [Change("b", None, "[2]")]),
        (b'{"a": [1, 2]}', b'{"a": [1]}', [Change("a[1]", "2", None)]),
        (b'[{"n": 1}, {"n": 2}]', b'[{"n": 1}, {"n": 3}]', [Change("[1].n", "2", "3")]),
        (b'{"ok": true}', b'{"ok": 1}', [Change("ok", "true", "1")]),
        (b'{"body": "{\\"n\\": 1}"}', b'{"body": "{\\"n\\": 2}"}', [Change("body.n", "1", "2")]),
        (b'"text"', b"null", [Change("", '"text"', "null")]),
        (b"one\ntwo", b"one\nthree", [Change("line 2", "two", "three")]),
    ],
)
def test_difference_is_told_by_its_path(before: bytes, after: bytes, changes: list[Change]) -> None:
    assert list(diff_answers(before, after)) == changes
