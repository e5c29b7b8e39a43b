"""Entry point of a Python runtime: `python .../bootstrap.py`, or `main()` in a process forked from a warmed one.

The user's code may have modules called `context`, `bootstrap` or anything else. Neither side may shadow the other, so
this folder is loaded as the package `lambdatui_runtime` through `__path__` and is never left on `sys.path`.
Nothing here or below reads the environment at import: a warm process imports first and learns its function later.
"""

from __future__ import annotations

import importlib
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "lambdatui_runtime"
_FOLDER = os.path.dirname(os.path.abspath(__file__))


def load_runtime() -> ModuleType:
    """Import every module that an invocation needs, and return `lambdatui_runtime.invocation_loop`. Safe to repeat."""
    if PACKAGE not in sys.modules:
        package = type(sys)(PACKAGE)
        package.__path__ = [_FOLDER]
        sys.modules[PACKAGE] = package
    return importlib.import_module(PACKAGE + ".invocation_loop")


def main() -> None:
    """Serve invocations of the function that `os.environ` describes now.

    Never returns normally: leaves by SystemExit (status 1 after an init error), or by what user code lets through.
    """
    loop = load_runtime()
    loop.prepare_search_path(os.environ, _FOLDER)
    loop.run(os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"])


if __name__ == "__main__":
    main()
