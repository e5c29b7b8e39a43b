"""Waits for the system's notices of changed files, in a thread that may block: the kernel's own, or watchfiles'.

The kernel's cost nothing until something changes. watchfiles is for other systems, and for Linux where the kernel's
limits leave no watches: it looks every few milliseconds, for as long as the engine runs.
"""

import contextlib
import os
import select
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

    from lambdatui.project.inotify import Inotify

STEP_MS = 10
"""A batch ends when nothing new was added to it for one step."""
_STEPS = 5
"""A batch ends after this many in any case."""

_PATIENCE_MS = 25
"""How long watchfiles waits before it is asked again."""
_POLL_DELAY_MS = 300


class Notices(Protocol):
    """Of changes in some directories, from the moment it was made. Paths are as they were given, joined with names."""

    def wait(self) -> set[str] | None:
        """One batch; None when more changed than was counted. Empty is no news: look whether they are still wanted."""

    def pending(self) -> set[str] | None:
        """What came and was not asked for yet, without waiting for more."""

    def close(self) -> None: ...


class Wake:
    """Ends the wait of another thread: the present one, or else the next."""

    def __init__(self) -> None:
        self.descriptor, self._writing_end = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._writing_end, False)

    def ring(self) -> None:
        with contextlib.suppress(BlockingIOError):  # full: it has been rung more than once
            os.write(self._writing_end, b"\0")

    def heard(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.descriptor, 1024):
                pass

    def close(self) -> None:
        os.close(self.descriptor)
        os.close(self._writing_end)


def system_notices(paths: list[str], wake: Wake) -> Notices | None:
    """None where the system has none left to give. May raise FileNotFoundError for a path that is gone."""
    try:
        return kernel_notices(paths, wake) or stepped_notices(paths, polling=False)
    except FileNotFoundError:
        raise
    except OSError:
        return None


def kernel_notices(paths: list[str], wake: Wake) -> Notices | None:
    """None where this program cannot ask for them. Raises OSError where there are none left."""
    if sys.platform != "linux":
        return None
    try:
        from lambdatui.project.inotify import Inotify
    except ImportError:  # an interpreter that was built without libffi has no ctypes
        return None
    return _OfTheKernel(Inotify(paths), wake)


def stepped_notices(paths: list[str], *, polling: bool) -> Notices:
    """``polling`` needs nothing of the system: it compares files every 300 ms.

    May raise FileNotFoundError for a path that is gone, and another OSError where the system has none left to give.
    """
    from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError  # 20 ms

    try:
        return _Stepped(RustNotify(paths, False, polling, _POLL_DELAY_MS, False, True))
    except WatchfilesRustInternalError as error:
        raise OSError(f"no notices of changed files: {error}") from error


class _OfTheKernel:
    def __init__(self, inotify: "Inotify", wake: Wake) -> None:
        self._inotify = inotify
        self._wake = wake
        self._either = select.poll()
        self._either.register(inotify.descriptor, select.POLLIN)
        self._either.register(wake.descriptor, select.POLLIN)
        self._woken = select.poll()
        self._woken.register(wake.descriptor, select.POLLIN)

    def wait(self) -> set[str] | None:
        self._either.poll()
        found: set[str] = set()
        for _ in range(_STEPS):
            more = self._inotify.read()
            if more is None:
                return None
            if more <= found:
                break
            found |= more
            if self._woken.poll(STEP_MS):
                break
        self._wake.heard()
        return found

    def pending(self) -> set[str] | None:
        return self._inotify.read()

    def close(self) -> None:
        self._inotify.close()


class _Stepped:
    def __init__(self, notify: "RustNotify") -> None:
        self._notify = notify

    def wait(self) -> set[str] | None:
        # A time-out and no stop event: being stopped, RustNotify throws away what it has collected.
        return self._batch(_STEPS * STEP_MS, STEP_MS, _PATIENCE_MS)

    def pending(self) -> set[str] | None:
        return self._batch(1, 1, 1)

    def close(self) -> None:
        self._notify.close()

    def _batch(self, debounce_ms: int, step_ms: int, patience_ms: int) -> set[str] | None:
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            seen = self._notify.watch(debounce_ms, step_ms, patience_ms, None)
        except WatchfilesRustInternalError:
            return None  # such as a file name that is not UTF-8, which it repeats for ever
        return {path for _, path in seen} if isinstance(seen, set) else set()
