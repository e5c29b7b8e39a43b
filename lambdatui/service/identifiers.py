"""Random identifiers. The system's generator is asked for many at a time: a reading takes longer than all the rest."""

import os
from collections import deque

from lambdatui.model.ids import RequestId

DIGITS = 40
_PORTIONS = 50
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_supply: deque[str] = deque()
"""Portions that nobody has had. Taking one is atomic, whatever thread does it."""


def random_digits() -> str:
    """Forty hexadecimal digits."""
    while True:
        try:
            return _supply.popleft()
        except IndexError:
            digits = os.urandom(_PORTIONS * DIGITS // 2).hex()
            _supply.extend(digits[start : start + DIGITS] for start in range(0, len(digits), DIGITS))


def mint_request_id() -> RequestId:
    """A random UUID (version 4), in a quarter of the time that the uuid module takes."""
    digits = random_digits()
    variant = _VARIANTS[digits[16]]
    return RequestId(f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}")
