"""What every call that comes in here is stamped with, and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass

from lambdatui.lifecycle.inputs import Input
from lambdatui.runtime_api.waiting import WaitingRequests


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Shared by all calls of one environment. ``stamp`` gives monotonic seconds, ``generation`` that of the processes
    which may call now, ``measure_memory`` MB or None; it is told whether the runtime says that its peak is the same as
    before. ``on_input`` may answer at once, from within.
    """

    on_input: Callable[[Input], None]
    stamp: Callable[[], float]
    measure_memory: Callable[[bool], int | None]
    generation: Callable[[], int]
    waiting: WaitingRequests
