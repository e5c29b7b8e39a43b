"""Script: `python -I zygote.py CONTROL_FD LIFELINE_FD ISOLATION ENGINE_PID SHOWN...`. `zygote_loop` says what it does.

Like `bootstrap.py` it gives this folder the private package name `lambdatui_runtime`, so that no name here can be in
the way of a module of the user's.
"""

from __future__ import annotations

import importlib
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(name: str) -> Any:
    """A module of this folder. Its type is not known here: this script is not part of the package."""
    package = "lambdatui_runtime"
    if package not in sys.modules:
        module = type(sys)(package)
        module.__path__ = [os.path.dirname(os.path.abspath(__file__))]
        sys.modules[package] = module
    return importlib.import_module(package + "." + name)


if __name__ == "__main__":
    # First what a bootstrap loads by itself. Whatever comes after that is the zygote's own, and no runtime shows it.
    load("bootstrap").load_runtime()
    bare = frozenset(sys.modules)
    become_runtime = load("runtime_process").become_runtime
    # `serve` returns only in the processes that become runtimes, with nothing of the zygote left on the stack.
    become_runtime(load("zygote_loop").serve(sys.argv, bare))
