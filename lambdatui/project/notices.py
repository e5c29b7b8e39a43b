"""The system's notices of changed files, as watchfiles collects them. Says which paths, and never what that means.

Whoever waits for them wakes once a step for as long as the engine runs, whether or not anything changes.
"""

import threading

_STEP_MS = 10
"""A batch ends when nothing was added to it for one step. At 2 ms the steps alone would take 1 % of a core."""
_QUIET_STEP_MS = 25
"""While nobody saves. The first save after that is noticed within 50 ms: nobody invokes sooner by hand."""
_QUIET_AFTER_S = 60.0
"""Saves come in series; the next one of a series is noticed at the shorter step."""

_DEBOUNCE_MS = 50
_PATIENCE_MS = 1000
"""After which the step is chosen anew and a project to follow is taken up. Stopping waits for one step only."""
_POLL_DELAY_MS = 300


class Notices:
    """Of changes in some directories, each without those below it, from the moment it was made.

    ``polling`` needs nothing of the system: it compares files every 300 ms. Making one raises FileNotFoundError or
    PermissionError for a path that is gone or closed, and another OSError where the system has no notices left to
    give. Not ``strict``, it leaves out what it cannot watch.
    """

    def __init__(self, paths: list[str], *, polling: bool = False, strict: bool = True) -> None:
        from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError  # 20 ms

        self._error = WatchfilesRustInternalError
        try:
            # What it calls to ignore permissions ignores every reason for not watching a path.
            self._notify = RustNotify(paths, False, polling, _POLL_DELAY_MS, False, not strict)
        except WatchfilesRustInternalError as error:
            raise OSError(f"no notices of changed files: {error}") from error

    def wait(self, stop: threading.Event, quiet_s: float) -> set[str] | None:
        """One batch, empty after a second without any; None when changes cannot be told any more.

        ``quiet_s`` is the time since the last save. Once ``stop`` is set, what was collected is lost.
        """
        return self._batch(_DEBOUNCE_MS, step_ms(quiet_s), _PATIENCE_MS, stop)

    def pending(self) -> set[str] | None:
        """What came and was not asked for yet, without waiting for more."""
        return self._batch(1, 1, 1, None)

    def close(self) -> None:
        self._notify.close()

    def _batch(self, debounce_ms: int, step_ms: int, patience_ms: int, stop: threading.Event | None) -> set[str] | None:
        try:
            seen = self._notify.watch(debounce_ms, step_ms, patience_ms, stop)
        except self._error:
            return None  # such as a file whose name is not UTF-8, were it only read: it repeats that for ever
        return {path for _, path in seen} if isinstance(seen, set) else set()


def step_ms(quiet_s: float) -> int:
    """How long to sleep between two looks, this long after a save."""
    return _STEP_MS if quiet_s < _QUIET_AFTER_S else _QUIET_STEP_MS
