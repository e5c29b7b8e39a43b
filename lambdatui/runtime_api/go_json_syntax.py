"""Whether bytes are JSON as Go sees it, and Go's own words for why they are not. Pure.

The service is written in Go and passes on what its decoder says, so a wrong body is described in exactly those words.
"""

import re

_BLANKS = re.compile(rb"[ \t\r\n]*")
_STRING_PART = re.compile(rb'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(rb"[0-9]*")
_HEX = b"0123456789abcdefABCDEF"
_ESCAPES = b'bfnrt\\/"'
_LITERALS = {0x74: b"true", 0x66: b"false", 0x6E: b"null"}
_QUOTE, _BACKSLASH, _COMMA, _COLON, _U, _BLANK = b'"\\,:u '
_MINUS, _POINT, _ZERO, _OBJECT, _OBJECT_END, _ARRAY, _ARRAY_END = b"-.0{}[]"
_MAX_DEPTH = 10_000
_ENDED = "unexpected end of JSON input"


class _Wrong(Exception):
    """What the decoder says."""


def syntax_error(body: bytes) -> str | None:
    """Go's message, or None for valid JSON. Bytes that are no UTF-8 are valid inside a string."""
    try:
        _Reader(body).read()
    except _Wrong as wrong:
        return str(wrong)
    return None


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def read(self) -> None:
        """One value and nothing after it. Open containers are a list of their ends: depth costs no recursion."""
        open_ends: list[int] = []
        wants_value = True
        while wants_value or open_ends:
            wants_value = self._value(open_ends) if wants_value else self._after_value(open_ends)
        if (byte := self._peek()) is not None:
            raise _unexpected(byte, "after top-level value")

    def _value(self, open_ends: list[int]) -> bool:
        """Read a scalar or an empty container, or enter a container: True if a value must follow."""
        byte = self._need()
        if byte in b"{[":
            return self._enter(open_ends, byte == _OBJECT)
        if byte == _QUOTE:
            self._string()
        elif byte == _MINUS or byte in b"0123456789":
            self._number()
        elif byte in _LITERALS:
            self._literal(_LITERALS[byte])
        else:
            raise _unexpected(byte, "looking for beginning of value")
        return False

    def _enter(self, open_ends: list[int], is_object: bool) -> bool:
        if len(open_ends) >= _MAX_DEPTH:
            raise _unexpected(_OBJECT if is_object else _ARRAY, "exceeded max depth")
        end = _OBJECT_END if is_object else _ARRAY_END
        self._at += 1
        if self._need() == end:
            self._at += 1
            return False
        open_ends.append(end)
        if is_object:
            self._key()
        return True

    def _after_value(self, open_ends: list[int]) -> bool:
        end, byte = open_ends[-1], self._need()
        if byte == end:
            self._at += 1
            open_ends.pop()
            return False
        if byte != _COMMA:
            raise _unexpected(byte, "after object key:value pair" if end == _OBJECT_END else "after array element")
        self._at += 1
        if end == _OBJECT_END:
            self._key()
        return True

    def _key(self) -> None:
        if (byte := self._need()) != _QUOTE:
            raise _unexpected(byte, "looking for beginning of object key string")
        self._string()
        if (byte := self._need()) != _COLON:
            raise _unexpected(byte, "after object key")
        self._at += 1

    # Scalars. Go closes its input with a blank, which only a string and a finished scalar take.

    def _string(self) -> None:
        self._at += 1
        while True:
            self._skip(_STRING_PART)
            if self._at == len(self._body):
                raise _Wrong(_ENDED)
            byte = self._next()
            if byte == _QUOTE:
                return
            if byte != _BACKSLASH:
                raise _unexpected(byte, "in string literal")
            self._escape()

    def _escape(self) -> None:
        byte = self._next()
        if byte == _U:
            for _ in range(4):
                if (byte := self._next()) not in _HEX:
                    raise _unexpected(byte, "in \\u hexadecimal character escape")
        elif byte not in _ESCAPES:
            raise _unexpected(byte, "in string escape code")

    def _number(self) -> None:
        if self._body[self._at] == _MINUS:
            self._at += 1
        if self._byte() == _ZERO:
            self._at += 1
        else:
            self._digits("in numeric literal")
        if self._byte() == _POINT:
            self._at += 1
            self._digits("after decimal point in numeric literal")
        if self._byte() in b"eE":
            self._at += 1
            if self._byte() in b"+-":
                self._at += 1
            self._digits("in exponent of numeric literal")

    def _digits(self, where: str) -> None:
        if (byte := self._byte()) not in b"0123456789":
            raise _unexpected(byte, where)
        self._skip(_DIGITS)

    def _literal(self, literal: bytes) -> None:
        for expected in literal:
            if (byte := self._next()) != expected:
                raise _unexpected(byte, f"in literal {literal.decode()} (expecting '{chr(expected)}')")

    # Bytes

    def _peek(self) -> int | None:
        """The next byte that is no blank."""
        self._skip(_BLANKS)
        return self._body[self._at] if self._at < len(self._body) else None

    def _need(self) -> int:
        if (byte := self._peek()) is None:
            raise _Wrong(_ENDED)
        return byte

    def _byte(self) -> int:
        return self._body[self._at] if self._at < len(self._body) else _BLANK

    def _next(self) -> int:
        byte = self._byte()
        self._at += 1
        return byte

    def _skip(self, what: re.Pattern[bytes]) -> None:
        match = what.match(self._body, self._at)
        assert match is not None
        self._at = match.end()


def _unexpected(byte: int, where: str) -> _Wrong:
    return _Wrong(f"invalid character {_quoted(byte)} {where}")


def _quoted(byte: int) -> str:
    """A byte as Go quotes it; it takes each for a character of its own."""
    special = {0x27: r"'\''", 0x22: "'\"'", 0x5C: r"'\\'", 0x7F: r"'\x7f'", 0xAD: r"'\u00ad'", 0xA0: r"'\u00a0'"}
    special |= {7: r"'\a'", 8: r"'\b'", 9: r"'\t'", 10: r"'\n'", 11: r"'\v'", 12: r"'\f'", 13: r"'\r'"}
    if byte in special:
        return special[byte]
    if byte < 0x20:
        return f"'\\x{byte:02x}'"
    return f"'\\u{byte:04x}'" if 0x80 <= byte < 0xA0 else f"'{chr(byte)}'"
