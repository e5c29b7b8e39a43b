"""Before python3.12 Lambda's runtime waits for invocations in C code, where the function's signal handlers cannot run.

They run when the next invocation arrives. A function that counts on SIGTERM to clean up works on Lambda from 3.12 on
only, and so it must be here.
"""

from __future__ import annotations

# The C module under `signal`, whose own functions turn every number into an enum member first.
from _signal import (  # type: ignore[import-not-found]
    SIG_BLOCK,
    SIG_SETMASK,
    SIGALRM,
    SIGCHLD,
    SIGHUP,
    SIGINT,
    SIGQUIT,
    SIGTERM,
    SIGUSR1,
    SIGUSR2,
    default_int_handler,
    getsignal,
    pthread_sigmask,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .runtime_client import Invocation

_DEFERRED = (SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD)


def deferring_signals(wait: Callable[[], Invocation]) -> Callable[[], Invocation]:
    """`wait`, during which Python's handlers of signals do not run. Signals without a handler act as ever."""

    def deaf_wait() -> Invocation:
        handlers = [(number, getsignal(number)) for number in _DEFERRED]
        handled = [number for number, handler in handlers if callable(handler) and handler is not default_int_handler]
        if not handled:
            return wait()
        before = pthread_sigmask(SIG_BLOCK, handled)
        try:
            return wait()
        finally:
            pthread_sigmask(SIG_SETMASK, before)

    return deaf_wait
