"""``--conformance FILE``: write down how the tests ended that show the rules of the service."""

import gc
import platform
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.conformance import page
from tests.conformance.catalogue import sections

GARBAGE_THRESHOLDS = (20_000, 10, 10)
"""As an engine has them. With the interpreter's own, two fifths of the time of a screen's tests go into looking for
garbage among thousands of collected tests."""

_outcomes = pytest.StashKey[dict[str, page.Outcome]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance", type=Path, metavar="FILE", help="write the conformance page to FILE")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_outcomes] = {}
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For the page alone, only the tests that it names are run."""
    if config.option.conformance is None:
        return
    named = {test for section in sections() for rule in section.rules for test in rule.tests}
    config.hook.pytest_deselected(items=[item for item in items if _name(item.nodeid) not in named])
    items[:] = [item for item in items if _name(item.nodeid) in named]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    ended = item.config.stash[_outcomes]
    name = _name(item.nodeid)
    known = ended.get(name)
    if report.failed:
        ended[name] = page.Outcome(page.FAILED)
    elif report.skipped:
        ended.setdefault(name, page.Outcome(page.SKIPPED, _why_skipped(report)))
    elif report.when == "call" and (known is None or known.ended == page.SKIPPED):
        # Of the parameters of a test, those that this machine has something to show for decide.
        ended[name] = page.Outcome(page.PASSED)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    target: Path | None = session.config.option.conformance
    if target is not None:
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        ended = session.config.stash[_outcomes]
        target.write_text(page.render(sections(), ended, machine))


def _why_skipped(report: pytest.TestReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return str(reason).removeprefix("Skipped: ")


def _name(nodeid: str) -> str:
    """Without parameters."""
    return nodeid.partition("[")[0]
