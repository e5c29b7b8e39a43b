"""Where user code is imported from: the task root first, then the layers, then what the interpreter brings along."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import List

# A sandbox without a mount namespace keeps layers elsewhere than in /opt. User code does not see the variable.
OPT_ROOT_VARIABLE = "_LAMBDATUI_OPT_ROOT"
BUNDLED = "bundled"


def prepare_search_path(environ: MutableMapping[str, str], runtime_folder: str) -> None:
    """Order `sys.path` as Lambda does, take the runtime's own folder off it, and put what it brings along at the end.

    As on Lambda, a function that sets PYTHONPATH itself has to name the folders of its layers there.
    """
    first = [environ.get("LAMBDA_TASK_ROOT") or os.getcwd()]
    layers = os.path.join(environ.pop(OPT_ROOT_VARIABLE, "/opt"), "python")
    if environ.get("PYTHONPATH") in (None, "", environ.get("LAMBDA_RUNTIME_DIR")):
        first += [os.path.join(layers, "lib", "python%d.%d" % sys.version_info[:2], "site-packages"), layers]
    rest = [entry for entry in sys.path if entry not in first and not _is_same(entry, runtime_folder)]
    sys.path[:] = [*first, *rest]
    for folder in first:
        _obey_path_files(folder)
    sys.path.append(os.path.join(environ.get("LAMBDA_RUNTIME_DIR") or os.path.realpath(runtime_folder), BUNDLED))


def _is_same(entry: str, folder: str) -> bool:
    # Where links lead would take six times as long to tell, and more memory that a forked process shares until then.
    try:
        return os.path.samefile(entry or os.curdir, folder)
    except OSError:
        return False


def _obey_path_files(folder: str) -> None:
    """Lines of `.pth` files in the task root and the layers count, as they do in site-packages."""
    try:
        names: List[str] = os.listdir(folder)
    except OSError:
        return
    if any(name.endswith(".pth") for name in names):
        import site

        site.addsitedir(folder)
