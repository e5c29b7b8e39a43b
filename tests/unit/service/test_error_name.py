"""What people call an error: the function's own name for it where the platform has none."""

import json

import pytest

from lambdatui.model.invocation import InvokeResult
from lambdatui.service.error_name import LONGEST_DOCUMENT_BYTES, LONGEST_NAME_CHARS, named


def failed(payload: bytes, error_type: str | None = "Runtime.Unknown") -> InvokeResult:
    return InvokeResult(payload=payload, function_error="Unhandled", error_type=error_type)


@pytest.mark.parametrize("known", ["Runtime.Unknown", "Function.Unknown"])
def test_error_that_the_platform_cannot_name_has_the_name_in_its_document(known: str) -> None:
    assert named(failed(b'{"errorType":"ValueError"}', known)).error_type == "ValueError"


def test_name_that_the_platform_gives_is_kept() -> None:
    assert named(failed(b'{"errorType":"X"}', "Sandbox.Timedout")).error_type == "Sandbox.Timedout"


def test_success_has_no_name_whatever_it_looks_like() -> None:
    assert named(InvokeResult(payload=b'{"errorType":"ValueError"}')).error_type is None


@pytest.mark.parametrize(
    "payload",
    [
        b"no JSON",
        b"[1]",
        b'{"errorType":7}',
        b'{"errorType":""}',
        b"[" * 20_000,
        json.dumps({"errorType": "X", "more": "x" * LONGEST_DOCUMENT_BYTES}).encode(),
    ],
    ids=["text", "list", "number", "empty", "deep", "long"],
)
def test_document_without_a_usable_name_leaves_what_the_platform_knows(payload: bytes) -> None:
    assert named(failed(payload)).error_type == "Runtime.Unknown"


def test_endless_name_is_cut() -> None:
    name = named(failed(json.dumps({"errorType": "X" * 5000}).encode())).error_type
    assert name == "X" * LONGEST_NAME_CHARS
