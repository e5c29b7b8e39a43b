"""No module is so long that nobody reads it to its end: what grows past the limit is two ideas."""

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MOST_LINES = 400


@pytest.mark.parametrize("folder", ["lambdatui", "tests", "benchmarks"])
def test_no_module_is_longer_than_can_be_read_at_once(folder: str) -> None:
    modules = sorted((CHECKOUT / folder).rglob("*.py"))
    long = {str(each.relative_to(CHECKOUT)): lines(each) for each in modules if lines(each) > MOST_LINES}
    assert modules
    assert long == {}


def lines(module: Path) -> int:
    return module.read_bytes().count(b"\n")
