import json

import pytest

from lambdatui.api.payload import check_json, check_size
from lambdatui.model.invocation import InvocationType
from lambdatui.service.invoking import ServiceError

SYNC_LIMIT = 6_291_456
ASYNC_LIMIT = 1_048_576


@pytest.mark.parametrize(
    ("invocation_type", "limit"),
    [
        (InvocationType.REQUEST_RESPONSE, SYNC_LIMIT),
        (InvocationType.DRY_RUN, SYNC_LIMIT),
        (InvocationType.EVENT, ASYNC_LIMIT),
    ],
)
class TestSize:
    def test_payload_of_exactly_the_limit_passes(self, invocation_type: InvocationType, limit: int) -> None:
        check_size(limit, invocation_type)

    def test_one_byte_more_is_413_with_that_limit(self, invocation_type: InvocationType, limit: int) -> None:
        with pytest.raises(ServiceError) as raised:
            check_size(limit + 1, invocation_type)
        assert (raised.value.status_code, raised.value.name) == (413, "RequestEntityTooLargeException")
        assert raised.value.message == (f"Request must be smaller than {limit} bytes for the InvokeFunction operation")


PADDING = b" " * 5000


@pytest.mark.parametrize("padding", [b"", PADDING], ids=["small", "large"])
@pytest.mark.parametrize(
    "payload",
    [b"{}", b"null", b'"text"', b"1.5", b"[1e999]", b'"\\ud800"', b"[" * 300 + b"]" * 300, '"é😀"'.encode()],
    ids=repr,
)
def test_json_of_any_kind_passes(payload: bytes, padding: bytes) -> None:
    check_json(payload + padding)


@pytest.mark.parametrize("padding", [b"", PADDING], ids=["small", "large"])
@pytest.mark.parametrize(
    "payload", [b"", b"hello", b"{'a':1}", b"NaN", b"[-Infinity]", b"\xff", json.dumps({}).encode("utf-16")], ids=repr
)
def test_anything_else_is_invalid_content(payload: bytes, padding: bytes) -> None:
    with pytest.raises(ServiceError) as raised:
        check_json(payload + padding)
    assert (raised.value.status_code, raised.value.name) == (400, "InvalidRequestContentException")
    assert raised.value.message.startswith("Could not parse request body into json: Could not parse payload into json")
