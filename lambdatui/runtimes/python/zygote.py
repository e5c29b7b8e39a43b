"""Script: `zygote.py CONTROL_FD LIFELINE_FD ISOLATION ENGINE_PID SHOWN...`. `zygote_loop` says what it does.

It is executed by one line of code, `python -I -c LINE .../zygote.py CONTROL_FD ...`: an interpreter would name this
file, in the stack of every function, by the path that it has on the host.

Like `bootstrap.py` it gives this folder the private package name `lambdatui_runtime`, so that no name here can be in
the way of a module of the user's.
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Optional, Sequence

PACKAGE = "lambdatui_runtime"
# Where this folder is inside, with namespaces.
RUNTIME_DIR = "/var/runtime"


class HostFileLoader(SourceFileLoader):
    """Loads a module of this folder under the name that its file has inside, while the process is still outside."""

    folder = os.path.dirname(os.path.abspath(sys.argv[1]))

    def path_stats(self, path: str) -> Any:
        return super().path_stats(self._on_host(path))

    def get_data(self, path: str) -> bytes:
        return super().get_data(self._on_host(path))

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        super().set_data(self._on_host(path), data, _mode=_mode)

    def _on_host(self, path: str) -> str:
        return self.folder + path[len(RUNTIME_DIR) :]


class HostFinder:
    """Finds those modules; to be taken away again, because inside they are where they say."""

    @staticmethod
    def find_spec(name: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None) -> Any:
        package, _, module = name.rpartition(".")
        if package != PACKAGE:
            return None
        file = "%s/%s.py" % (RUNTIME_DIR, module)
        spec = ModuleSpec(name, HostFileLoader(name, file), origin=file)
        spec.has_location = True
        return spec


def load(name: str) -> Any:
    """A module of this folder. Its type is not known here: this script is not part of the package."""
    return importlib.import_module(PACKAGE + "." + name)


def name_package(inside: bool) -> None:
    package = type(sys)(PACKAGE)
    package.__path__ = [RUNTIME_DIR if inside else HostFileLoader.folder]
    sys.modules[PACKAGE] = package
    if inside:
        sys.meta_path.insert(0, HostFinder)


if __name__ == "__main__":
    name_package(inside=sys.argv[4] in ("namespaces", "confined"))
    # First what a bootstrap loads by itself. Whatever comes after that is the zygote's own, and no runtime shows it.
    load("bootstrap").load_runtime()
    bare = frozenset(sys.modules)
    become_runtime = load("runtime_process").become_runtime
    # `serve` returns only in the processes that become runtimes, with nothing of the zygote left on the stack.
    become_runtime(load("zygote_loop").serve(sys.argv[1:], bare))
