import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatui.api.jackson import PREFIX, describe

VALUE = "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
TOKENS = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def at(line: int, column: int) -> str:
    feature = "`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled"
    return f"[Source: REDACTED ({feature}); line: {line}, column: {column}]"


@pytest.mark.parametrize(
    ("payload", "what", "line", "column"),
    [
        # The first two were recorded on AWS.
        (b"n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt", "Invalid UTF-8 start byte 0x87", 1, 3),
        (b"\x99\xeb,j\x07\xa1zYh", f"Unexpected character ((CTRL-CHAR, code 153)): {VALUE}", 1, 1),
        (b'["\xe2\x28"]', "Invalid UTF-8 middle byte 0x28", 1, 5),
        (b"hello", f"Unrecognized token 'hello': {TOKENS}", 1, 6),
        (b"hello\n", f"Unrecognized token 'hello': {TOKENS}", 1, 6),
        (b"{'a':1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1, 2),
        (b'{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 1, 8),
        (b'{"a":1, }', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 1, 9),
        (b"[1,]", f"Unexpected character (']' (code 93)): {VALUE}", 1, 4),
        (
            b'{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            1,
            6,
        ),
        (b'{"a":[1 2]}', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 9),
        (
            b'{"a":[] "b":2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            1,
            9,
        ),
        (b"[\n\n1,\n  }", f"Unexpected character ('}}' (code 125)): {VALUE}", 4, 3),
        (b'{"a":', "Unexpected end-of-input within/between Object entries", 1, 6),
        (b'{"a":1', f"Unexpected end-of-input: expected close marker for Object (start marker at {at(1, 1)})", 1, 7),
        (b'{"a":[1', f"Unexpected end-of-input: expected close marker for Array (start marker at {at(1, 6)})", 1, 8),
        (b'"abc', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 5),
        (b'"\\q"', "Unrecognized character escape ('q' (code 113))", 1, 4),
        (b"  ", "No content to map due to end-of-input", 1, 3),
        (
            b'{"a":NaN}',
            "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
            1,
            9,
        ),
    ],
)
def test_bad_payload_is_described_with_its_position(payload: bytes, what: str, line: int, column: int) -> None:
    assert describe(payload) == f"{PREFIX}{what}\n at {at(line, column)}"


def test_nesting_past_the_parsers_limit_is_described() -> None:
    assert (describe(b"[" * 100_000) or "").startswith(f"{PREFIX}Document nesting depth (1001)")


@pytest.mark.parametrize("payload", [b"{}", b"null", b'"\\ud800"', b" [1e999]\n"])
def test_json_has_nothing_to_describe(payload: bytes) -> None:
    assert describe(payload) is None


@given(st.binary(max_size=40))
def test_any_bytes_are_described_or_json(payload: bytes) -> None:
    message = describe(payload)
    assert message is None or message.startswith(PREFIX)
