"""What is wrong with a payload that is not JSON, in the words of Jackson, the parser behind Lambda's front end.

Pure, and slow on purpose: it runs only for payloads that were already found to be bad. AWS's clients match no more than
the prefix of these texts; the position is what a person needs.
"""

import json
import re

PREFIX = "Could not parse request body into json: Could not parse payload into json: "
_SOURCE = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}, column: {column}]"
_VALUE = "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_TOKENS = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_IDENTIFIER = re.compile(r"[^\W\d][\w$]*")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},:]', re.DOTALL)


def describe(payload: bytes) -> str | None:
    """The complete message for a bad payload; None when it is JSON after all."""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        return _bad_encoding(payload, error)
    try:
        json.JSONDecoder(parse_constant=_refuse_constant).decode(text)
    except _NonStandardToken as error:
        return _non_standard_token(text, str(error))
    except json.JSONDecodeError as error:
        return _bad_syntax(text, error)
    except RecursionError:
        return _message("Document nesting depth (1001) exceeds the maximum allowed (1000)", text, 0)
    return None


class _NonStandardToken(ValueError):
    pass


def _refuse_constant(token: str) -> None:
    raise _NonStandardToken(token)


def _message(what: str, text: str, index: int) -> str:
    """``index`` is the character the parser stands at; Jackson counts lines and columns from 1."""
    return f"{PREFIX}{what}\n at {_location(text, index)}"


def _location(text: str, index: int) -> str:
    before = text[:index]
    return _SOURCE.format(line=before.count("\n") + 1, column=index - (before.rfind("\n") + 1) + 1)


def _character(char: str) -> str:
    code = ord(char)
    if code < 32 or 127 <= code < 160:
        return f"((CTRL-CHAR, code {code}))"
    return f"('{char}' (code {code}{f' / 0x{code:x}' if code > 255 else ''}))"


def _bad_encoding(payload: bytes, error: UnicodeDecodeError) -> str:
    before = payload[: error.start].decode()
    inside = re.search(r"[\w\"]\Z", before) or before.count('"') % 2
    if "start byte" not in error.reason:
        middle = payload[min(error.start + 1, len(payload) - 1)]
        return _message(f"Invalid UTF-8 middle byte 0x{middle:x}", before, len(before) + 2)
    byte = payload[error.start]
    if inside:
        # Inside a token the parser has already stepped over the byte.
        return _message(f"Invalid UTF-8 start byte 0x{byte:x}", before, len(before) + 1)
    return _message(f"Unexpected character {_character(chr(byte))}: {_VALUE}", before, len(before))


def _non_standard_token(text: str, token: str) -> str:
    end = text.index(token) + len(token)
    what = f"Non-standard token '{token}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
    return _message(what, text, end)


def _bad_syntax(text: str, error: json.JSONDecodeError) -> str:
    index = min(error.pos, len(text))
    if error.msg.startswith("Unterminated string"):
        return _message("Unexpected end-of-input: was expecting closing quote for a string value", text, len(text))
    if index >= len(text.rstrip()):
        return _end_of_input(text)
    if error.msg.startswith("Illegal trailing comma"):
        return _trailing_comma(text, index, error.msg)
    char = text[index]
    if error.msg.startswith("Invalid control character"):
        what = f"Illegal unquoted character {_character(char)}: has to be escaped using backslash to be included in "
        return _message(f"{what}string value", text, index)
    if error.msg.startswith("Invalid \\"):
        escaped = index + 1 if text[index] == "\\" else index
        return _message(f"Unrecognized character escape {_character(text[escaped])}", text, escaped + 1)
    return _unexpected(text, index, error.msg)


def _trailing_comma(text: str, index: int, reason: str) -> str:
    """Python 3.13 and later stop at the comma; the parser in question, and Python before, at what follows it."""
    after = re.compile(r",\s*").match(text, index)
    expected = "Expecting property name" if reason.endswith("object") else "Expecting value"
    return _unexpected(text, after.end() if after else index, expected)


def _unexpected(text: str, index: int, reason: str) -> str:
    if reason.startswith("Expecting property name"):
        what = "was expecting double-quote to start field name"
    elif reason.startswith("Expecting ':'"):
        what = "was expecting a colon to separate field name and value"
    elif reason.startswith("Expecting ','"):
        kind = (_open_containers(text[:index]) or [("Object", 0)])[-1][0]
        what = f"was expecting comma to separate {kind} entries"
    elif word := _IDENTIFIER.match(text, index):
        # The parser reads the character that ends the word, too; a line end would name the wrong line to a person.
        after = word.end() if text[word.end() :][:1] in ("", "\r", "\n") else word.end() + 1
        return _message(f"Unrecognized token '{word[0]}': {_TOKENS}", text, after)
    else:
        what = _VALUE
    return _message(f"Unexpected character {_character(text[index])}: {what}", text, index)


def _end_of_input(text: str) -> str:
    containers = _open_containers(text)
    if not containers:
        return _message("No content to map due to end-of-input", text, len(text))
    kind, start = containers[-1]
    if text.rstrip()[-1] in ":,":
        return _message(f"Unexpected end-of-input within/between {kind} entries", text, len(text))
    marker = f"(start marker at {_location(text, start)})"
    return _message(f"Unexpected end-of-input: expected close marker for {kind} {marker}", text, len(text))


def _open_containers(text: str) -> list[tuple[str, int]]:
    """The objects and arrays not yet closed at the end of ``text``, outermost first, with where they begin."""
    containers: list[tuple[str, int]] = []
    for match in _STRUCTURE.finditer(text):
        if match[0] == "{":
            containers.append(("Object", match.start()))
        elif match[0] == "[":
            containers.append(("Array", match.start()))
        elif match[0] in "]}" and containers:
            containers.pop()
    return containers
