"""Hides secrets in events and responses on their way to disk: the values of JSON members whose names say so.

The bytes are not parsed, only looked through: whatever is no secret stays as it came, to the byte. Narrower than for
environment variables: ``key`` names objects and partitions in events, and ``token`` pages and iterators.
"""

import re
from collections.abc import Iterable, Iterator

HIDDEN = b'"********"'
_HIDDEN_INSIDE = HIDDEN.replace(b'"', rb"\"")

_WORDS = (
    b"authorization",
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"apikey",
    b"api-key",
    b"api_key",
    b"cookie",
    b"credential",
    b"privatekey",
    b"private_key",
    b"accesstoken",
    b"access-token",
    b"access_token",
    b"refreshtoken",
    b"refresh_token",
    b"idtoken",
    b"id_token",
    b"security-token",
    b"sessiontoken",
    b"session_token",
)
_STEMS = (b"authorization", b"pass", b"secret", b"api", b"cookie", b"credential", b"private", b"token")
"""Each word has one of them: most documents have none, and to look for these alone takes a third of the time."""
_ANY_STEM = re.compile(b"|".join(_STEMS))
_SHORT_BYTES = 512
"""Up to here one search for any of the stems is faster than a search for each; many documents are no longer."""
_LONGEST_NAME = 100
_LARGE_BYTES = 64 * 1024
_BYTES_BETWEEN_QUOTES = 64
"""A large document with more than this is mostly long strings, such as files in Base64, and is passed over."""
_STRING = rb'"(?:[^"\\]|\\.)*"'
_VALUE = rb"(?:" + _STRING + rb"|\[\s*" + _STRING + rb"(?:\s*,\s*" + _STRING + rb")*\s*\]|-?\d[\d.eE+-]*)"
_NAME = re.compile(rb'"[^"\\]{1,1000}\\?"\s*:')
_MEMBER = re.compile(rb'"[^"\\]*"\s*:\s*(' + _VALUE + rb")")
_MEMBER_INSIDE = re.compile(rb'\\"[^"\\]*\\"\s*:\s*(\\"(?:[^"\\]|\\\\.)*\\")')
"""In JSON that is itself a string, such as the body of an HTTP request."""
_EMPTY = (b'""', rb"\"\"")


def hide_secrets(document: bytes) -> bytes:
    """``document`` itself where there is nothing to hide."""
    if len(document) <= _SHORT_BYTES and _ANY_STEM.search(document.lower()) is None:
        return document
    folded = _searched(document).lower()
    stems = [stem for stem in _STEMS if stem in folded]
    if not stems:
        return document
    folded = document.lower()
    words = [word for word in _WORDS if any(stem in word for stem in stems)]
    places = {place for word in words for place in _all(folded, word)}
    pieces, done = [], 0
    for start, end in sorted(_values(document, places)):
        if start >= done:
            pieces += [document[done:start], _instead_of(document[start:end])]
            done = end
    return b"".join([*pieces, document[done:]]) if pieces else document


def _searched(document: bytes) -> bytes:
    """What has to be looked through to find a secret name: all of it, or the names where those are few."""
    if len(document) <= _LARGE_BYTES or document.count(b'"') * _BYTES_BETWEEN_QUOTES > len(document):
        return document
    return b"".join(_NAME.findall(document))


def _all(text: bytes, word: bytes) -> Iterator[int]:
    """Searching for words first, a regular expression only where one stands: a megabyte takes milliseconds."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _values(document: bytes, places: Iterable[int]) -> set[tuple[int, int]]:
    """Where the values stand whose names have a secret word at one of ``places``."""
    found = set()
    for place in places:
        quote = document.rfind(b'"', max(0, place - _LONGEST_NAME), place)
        if quote < 0:
            continue
        inside = document[quote - 1 : quote] == b"\\"
        member = _MEMBER_INSIDE.match(document, quote - 1) if inside else _MEMBER.match(document, quote)
        if member is not None and member[1] not in _EMPTY:
            found.add(member.span(1))
    return found


def _instead_of(value: bytes) -> bytes:
    if value.startswith(b"\\"):
        return _HIDDEN_INSIDE
    return b"[" + HIDDEN + b"]" if value.startswith(b"[") else HIDDEN


def holds_hidden(document: bytes) -> bool:
    """Whether something was hidden in it: what is sent again then is not what was sent."""
    return HIDDEN in document or _HIDDEN_INSIDE in document
