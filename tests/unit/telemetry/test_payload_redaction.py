import json

import pytest

from lambdatui.telemetry.payload_redaction import hide_secrets, holds_hidden


@pytest.mark.parametrize(
    ("document", "hidden"),
    [
        (b'{"password": "hunter2"}', b'{"password": "********"}'),
        (b'{"dbPassword":"a \\"quoted\\" one", "n": 1}', b'{"dbPassword":"********", "n": 1}'),
        (b'{"headers": {"Authorization": "Bearer abc"}}', b'{"headers": {"Authorization": "********"}}'),
        (b'{"headers": {"x-api-key": "abc"}}', b'{"headers": {"x-api-key": "********"}}'),
        (b'{"cookies": ["a=1", "b=2"]}', b'{"cookies": ["********"]}'),
        (b'{"multiValueHeaders": {"Cookie": [ "a=1" ]}}', b'{"multiValueHeaders": {"Cookie": ["********"]}}'),
        (b'{"clientSecret": 12345}', b'{"clientSecret": "********"}'),
        (b'{"body": "{\\"password\\": \\"hunter2\\"}"}', b'{"body": "{\\"password\\": \\"********\\"}"}'),
    ],
)
def test_value_of_a_member_with_a_secret_name_is_hidden_and_the_document_stays_json(
    document: bytes, hidden: bytes
) -> None:
    assert hide_secrets(document) == hidden
    assert holds_hidden(hidden)
    json.loads(hidden)


@pytest.mark.parametrize(
    "document",
    [
        b'{"s3": {"object": {"key": "photos/cat.jpg"}}}',
        b'{"routeKey": "GET /orders", "partitionKey": "p"}',
        b'{"nextToken": "abc"}',
        b'{"password": ""}',
        b'{"note": "the word password: is in a text"}',
        b'{"secret": null, "credentials": {}, "cookies": []}',
        b"\xff\xfe no JSON at all: password",
        b"",
    ],
)
def test_everything_else_stays_as_it_came_to_the_byte(document: bytes) -> None:
    assert hide_secrets(document) == document
    assert not holds_hidden(document)


def test_a_long_text_that_only_looks_like_a_name_takes_no_time() -> None:
    document = b'{"x": "' + b'password\\"' * 100_000 + b'"}'
    assert hide_secrets(document) == document


@pytest.mark.parametrize(
    "filling", [b"x" * 1_000, b"x" * 200_000, b'","' * 60_000], ids=["text", "one long text", "many short texts"]
)
@pytest.mark.parametrize("member", [b'"password": "hunter2"', b'"body": "{\\"Api-Key\\": \\"hunter2\\"}"'])
def test_secret_in_a_longer_document_is_found(filling: bytes, member: bytes) -> None:
    document = b'{"data": ["' + filling + b'"], ' + member + b"}"
    assert hide_secrets(document) == document.replace(b"hunter2", b"********")
