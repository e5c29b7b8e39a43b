"""Script: AWS's own runtime interface client, from the function's dependencies, started as Lambda starts it.

It gets the same search path as our bootstrap, and nothing else of this folder.
"""

from __future__ import annotations

import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    """Never returns normally; status 1, with a word on what to do, where there is no client."""
    # The folder of a script is the first to be searched.
    from search_path import prepare_search_path  # type: ignore[import-not-found]

    del sys.modules["search_path"]
    prepare_search_path(os.environ, _FOLDER)
    try:
        from awslambdaric.__main__ import main as serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "awslambdaric":
            raise
        sys.exit(
            "This function is to run under AWS's runtime client, and awslambdaric is not among its dependencies. "
            "Install it (pip install awslambdaric), or take runtime_client out of the function's settings."
        )
    serve([os.environ.get("LAMBDA_TASK_ROOT", ""), os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
