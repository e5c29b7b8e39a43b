"""`make bench`: every row, or those named: `python -m benchmarks warm cold`. Reports; never fails a build."""

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Result
from benchmarks.sides import make_project

FAMILIES = ("warm", "cold", "parallel", "footprint", "starting", "log_view")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("families", nargs="*", choices=[*FAMILIES, []], help="what to measure; everything by default")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    arguments = parser.parse_args()
    results: list[Result] = []
    for family in arguments.families or FAMILIES:
        module = importlib.import_module(f"benchmarks.{family}")
        with tempfile.TemporaryDirectory(prefix="lambdatui-bench-") as directory:
            for result in module.rows(make_project(Path(directory) / "project")):
                results.append(result)
                print(result, flush=True)
    missed = [result for result in results if not result.meets]
    print(f"{len(results) - len(missed)} of {len(results)} rows meet their target")
    if arguments.json:
        rows = [{"row": r.row, "what": r.what, "value": r.value, "limit": r.limit, "meets": r.meets} for r in results]
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
