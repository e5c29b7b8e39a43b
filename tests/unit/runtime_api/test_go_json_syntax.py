"""Go's own words for what is wrong with a body, taken from Go's encoding/json."""

import pytest

from lambdatui.runtime_api.go_json_syntax import syntax_error


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "unexpected end of JSON input"),
        (b" \n", "unexpected end of JSON input"),
        (b'{"a":1', "unexpected end of JSON input"),
        (b'["\\"', "unexpected end of JSON input"),
        (b"hello", "invalid character 'h' looking for beginning of value"),
        (b"[,]", "invalid character ',' looking for beginning of value"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b"\xef\xbb\xbf{}", "invalid character 'ï' looking for beginning of value"),
        (b"\x80", r"invalid character '\u0080' looking for beginning of value"),
        (b"\x00", r"invalid character '\x00' looking for beginning of value"),
        (b"{'a':1}", r"invalid character '\'' looking for beginning of object key string"),
        (b"{,}", "invalid character ',' looking for beginning of object key string"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b'{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b"{} x", "invalid character 'x' after top-level value"),
        (b"01", "invalid character '1' after top-level value"),
        (b'"a\nb"', r"invalid character '\n' in string literal"),
        (rb'"\x"', "invalid character 'x' in string escape code"),
        (rb'"\u12g4"', r"invalid character 'g' in \u hexadecimal character escape"),
        (b"-x", "invalid character 'x' in numeric literal"),
        (b"-", "invalid character ' ' in numeric literal"),
        (b"1.x", "invalid character 'x' after decimal point in numeric literal"),
        (b"1ex", "invalid character 'x' in exponent of numeric literal"),
        (b"trux", "invalid character 'x' in literal true (expecting 'e')"),
        (b"tru", "invalid character ' ' in literal true (expecting 'e')"),
        (b"nul0", "invalid character '0' in literal null (expecting 'l')"),
        (b"[" * 10_001, "invalid character '[' exceeded max depth"),
    ],
)
def test_what_is_no_json_is_described_as_go_does(body: bytes, words: str) -> None:
    assert syntax_error(body) == words


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b" [ ] ",
        b'{"a":[1,-2.5e+10,0,true,false,null,{"b":"\\u00e9\\n"}],"":""}',
        b'"\xff"',
        b"[" * 10_000 + b"]" * 10_000,
    ],
)
def test_json_has_nothing_to_be_said_of(body: bytes) -> None:
    assert syntax_error(body) is None
