"""`make bench`: every row, or those named: `python -m benchmarks warm cold`. Reports; never fails a build."""

import argparse
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from benchmarks import pythons
from benchmarks.measure import Result
from benchmarks.sides import make_project

FAMILIES = ("warm", "cold", "parallel", "footprint", "starting", "log_view", "frames")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("families", nargs="*", choices=[*FAMILIES, []], help="what to measure; everything by default")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    arguments = parser.parse_args()
    # An installed program has its bytecode.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    results: list[Result] = []
    for family in arguments.families or FAMILIES:
        for result in _results(importlib.import_module(f"benchmarks.{family}")):
            results.append(result)
            print(result, flush=True)
    missed = [result for result in results if not result.meets]
    print(f"{len(results) - len(missed)} of {len(results)} rows meet their target")
    if arguments.json:
        rows = [{"row": r.row, "what": r.what, "value": r.value, "limit": r.limit, "meets": r.meets} for r in results]
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")
    return 0


def _results(family: ModuleType) -> Iterator[Result]:
    """On this Python; then, where AWS's client is the peer, on the newest one as well."""
    with tempfile.TemporaryDirectory(prefix="lambdatui-bench-") as directory:
        yield from family.rows(make_project(Path(directory) / "project"))
        if hasattr(family, "rows_by_python") and (venv := pythons.newest()) is not None:
            project = make_project(Path(directory) / "newest", venv)
            for result in family.rows_by_python(project):
                yield replace(result, what=f"{result.what}, on Python {pythons.of(project).minor}")


if __name__ == "__main__":
    sys.exit(main())
