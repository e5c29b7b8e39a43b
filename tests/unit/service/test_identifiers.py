"""Random identifiers: each is handed out once, and looks like Lambda's."""

import re
from collections import deque
from typing import Any

import pytest

from lambdatui.service import identifiers
from lambdatui.service.identifiers import DIGITS, mint_request_id, random_digits

UUID_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class ContendedSupply(deque[str]):
    """After every step that somebody takes with it, and before they know the outcome, somebody else asks as well."""

    def __init__(self) -> None:
        super().__init__()
        self.of_others: list[str] = []
        self._contended = False

    def _then_another_asks(self, outcome: Any) -> Any:
        if not self._contended:
            self._contended = True
            self.of_others.append(random_digits())
            self._contended = False
        return outcome

    def popleft(self) -> str:
        return str(self._then_another_asks(super().popleft()))

    def pop(self) -> str:  # type: ignore[override]
        return str(self._then_another_asks(super().pop()))

    def __getitem__(self, index: Any) -> Any:
        return self._then_another_asks(super().__getitem__(index))

    def __len__(self) -> int:
        return int(self._then_another_asks(super().__len__()))


def test_request_id_is_a_random_uuid() -> None:
    assert all(UUID_4.fullmatch(mint_request_id()) for _ in range(200))


def test_no_digits_are_handed_out_twice_whenever_another_thread_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    supply = ContendedSupply()
    monkeypatch.setattr(identifiers, "_supply", supply)

    portions = [random_digits() for _ in range(500)] + supply.of_others

    assert supply.of_others
    assert len(set(portions)) == len(portions)
    assert {len(portion) for portion in portions} == {DIGITS}
