"""Signals in the processes that start others: the end of a child wakes the loop, everything else is ignored."""

from __future__ import annotations

import os
import signal

# What user code could send. Process 1 of a namespace gets only signals that it has a handler for, others get them all.
IGNORED_SIGNALS = tuple(
    getattr(signal, name)
    for name in (
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGTERM",
        "SIGUSR1",
        "SIGUSR2",
        "SIGALRM",
        "SIGVTALRM",
        "SIGPROF",
        "SIGIO",
    )
    if hasattr(signal, name)
)


class ChildExitWakeup:
    """`fd` is readable after a child has ended. A forked process replaces its parent's by its own, or closes it."""

    __slots__ = ("_writer", "fd")

    def __init__(self) -> None:
        for number in IGNORED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, _no_action)
        self._open()

    def replace(self) -> None:
        os.close(self.fd)
        os.close(self._writer)
        self._open()

    def clear(self) -> None:
        os.read(self.fd, 4096)

    def close(self) -> None:
        signal.set_wakeup_fd(-1)
        os.close(self.fd)
        os.close(self._writer)

    def _open(self) -> None:
        self.fd, self._writer = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)


def _no_action(*_: object) -> None:
    """The wake-up descriptor says it all; without a handler it would stay silent."""
