"""Where user code is imported from: the task root first, then the layers, then what the interpreter brings along."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping

# A sandbox without a mount namespace keeps layers elsewhere than in /opt. User code does not see the variable.
OPT_ROOT_VARIABLE = "_LAMBDATUI_OPT_ROOT"


def prepare_search_path(environ: MutableMapping[str, str], runtime_folder: str) -> None:
    """Order `sys.path` as Lambda does, and take the runtime's own folder off it."""
    task_root = environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    layers = os.path.join(environ.pop(OPT_ROOT_VARIABLE, "/opt"), "python")
    site_packages = os.path.join(layers, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    first = [task_root, site_packages, layers]
    own = os.path.realpath(runtime_folder)
    sys.path[:] = first + [entry for entry in sys.path if entry not in first and os.path.realpath(entry) != own]
