"""Causes for X-Ray: what is one, and what is left of a long one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.model.error_cause import CauseException, ErrorCause, StackFrame
from lambdatui.runtime_api.error_causes import MAX_CAUSE_BYTES, error_cause


def exceptions(count: int, message_chars: int = 1000) -> list[dict[str, object]]:
    return [{"type": f"Error{number}", "message": "x" * message_chars, "stack": []} for number in range(count)]


def test_cause_of_a_runtime_is_taken_as_it_is() -> None:
    document = {
        "working_directory": "/var/task",
        "exceptions": [
            {"type": "ValueError", "message": "boom", "stack": [{"path": "app.py", "line": 3, "label": "handler"}]}
        ],
        "paths": ["app.py"],
    }
    frame = StackFrame(path="app.py", line=3, label="handler")
    assert error_cause(json.dumps(document).encode()) == ErrorCause(
        exceptions=(CauseException(type="ValueError", message="boom", stack=(frame,)),),
        working_directory="/var/task",
        paths=("app.py",),
    )


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b"x" * 70_000,
        b"[" * 100_000,
        b'{"other": 1}',
        b'{"paths": "app.py"}',
        b'{"paths": [1]}',
        b'{"message": 1}',
        b'{"exceptions": [1]}',
        b'{"exceptions": [{"stack": [{"line": "3"}]}]}',
        b"\xff",
    ],
)
def test_what_is_no_cause_is_none(given: bytes) -> None:
    assert error_cause(given) is None


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fail(given: bytes) -> None:
    error_cause(given)


@pytest.mark.parametrize(("count", "kept"), [(60, 60), (70, 56), (100, 60), (150, 60), (300, 60)])
def test_long_cause_loses_its_last_exceptions_by_fifths(count: int, kept: int) -> None:
    cause = error_cause({"exceptions": exceptions(count)})
    assert cause is not None
    assert [each.type for each in cause.exceptions] == [f"Error{number}" for number in range(kept)]


def test_cause_that_no_share_of_the_exceptions_makes_short_keeps_its_texts_only() -> None:
    cause = error_cause({"exceptions": exceptions(1, MAX_CAUSE_BYTES), "paths": ["a"], "message": "m" * 100_000})
    assert cause is not None
    assert (cause.exceptions, cause.paths) == ((), ())
    assert cause.message.endswith("m...")
    assert len(cause.message) == (64 * 1024 - 4096) // 2


def test_long_text_is_not_cut_within_a_character() -> None:
    cause = error_cause({"message": "é" * 100_000})
    assert cause is not None
    assert set(cause.message.removesuffix("...")) == {"é"}
