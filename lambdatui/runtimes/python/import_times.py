"""What every import of the handler's module takes, as `-X importtime` tells it: asked for by the engine's experiments.

The interpreter's own option is read when it starts, and an environment's process is forked from one that runs already.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, List, TypeVar

    T = TypeVar("T")

VARIABLE = "LAMBDATUI_IMPORT_TIMES"
LEAST_US = 50  # what takes less is counted, but not told
HEADING = "import time: self [us] | cumulative | imported package"


def is_wanted() -> bool:
    """Once: user code does not see the variable."""
    return os.environ.pop(VARIABLE, None) is not None


def told(work: Callable[[str], T], argument: str) -> T:
    """What `work` returns or raises; what it imported goes to stderr, also where that failed.

    Modules that the runtime has loaded itself are not imported again, and are not told: nobody waits for them.
    """
    lines: List[str] = [HEADING]
    children_ns = [0]
    machinery: Any = sys.modules["_frozen_importlib"]
    find_and_load = machinery._find_and_load

    def timed(name: str, import_: Any) -> Any:
        if name in sys.modules:
            return find_and_load(name, import_)
        children_ns.append(0)
        began_ns = time.perf_counter_ns()
        try:
            return find_and_load(name, import_)
        finally:
            took_ns = time.perf_counter_ns() - began_ns
            own_us = (took_ns - children_ns.pop()) // 1000
            children_ns[-1] += took_ns
            if took_ns >= LEAST_US * 1000:
                indent = "  " * (len(children_ns) - 1)
                lines.append("import time: %9d | %10d | %s%s" % (own_us, took_ns // 1000, indent, name))

    machinery._find_and_load = timed
    try:
        return work(argument)
    finally:
        machinery._find_and_load = find_and_load
        sys.stderr.write("\n".join(lines) + "\n")
