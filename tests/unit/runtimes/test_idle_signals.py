"""Signals that arrive while a runtime older than python3.12 waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from lambdatui.runtimes.python.idle_signals import deferring_signals

Invocation = tuple[bytes, dict[str, str]]


@pytest.fixture
def received() -> Iterator[list[int]]:
    numbers: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGUSR1, before)


def test_handler_runs_when_the_wait_is_over(received: list[int]) -> None:
    during: list[int] = []

    def wait() -> Invocation:
        signal.raise_signal(signal.SIGUSR1)  # to this thread; another one would let it through
        during.extend(received)
        return b"event", {}

    assert deferring_signals(wait)() == (b"event", {})
    assert (during, received) == ([], [signal.SIGUSR1])


def test_handler_runs_when_the_wait_fails(received: list[int]) -> None:
    def wait() -> Invocation:
        signal.raise_signal(signal.SIGUSR1)
        raise RuntimeError("Failed to get next")

    with pytest.raises(RuntimeError):
        deferring_signals(wait)()
    assert received == [signal.SIGUSR1]


def test_signals_without_a_handler_of_the_function_are_not_blocked(received: list[int]) -> None:
    blocked: set[int] = set()

    def wait() -> Invocation:
        blocked.update(signal.pthread_sigmask(signal.SIG_BLOCK, []))
        return b"", {}

    deferring_signals(wait)()
    assert signal.SIGUSR1 in blocked
    assert blocked.isdisjoint({signal.SIGTERM, signal.SIGINT})


def test_mask_is_as_before_afterwards(received: list[int]) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    deferring_signals(lambda: (b"", {}))()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
