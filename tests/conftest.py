"""``--conformance FILE``: write down how the tests ended that show the rules of the service."""

import gc
import platform
from pathlib import Path

import pytest

from tests.conformance import page
from tests.conformance.catalogue import sections

GARBAGE_THRESHOLDS = (20_000, 10, 10)
"""As an engine has them. With the interpreter's own, two fifths of the time of a screen's tests go into looking for
garbage among thousands of collected tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance", type=Path, metavar="FILE", help="write the conformance page to FILE")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.conformance is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes())
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For the page alone, only the tests that it names are run."""
    if config.option.conformance is None:
        return
    named = {test for section in sections() for rule in section.rules for test in rule.tests}
    config.hook.pytest_deselected(items=[item for item in items if _name(item.nodeid) not in named])
    items[:] = [item for item in items if _name(item.nodeid) in named]


class Outcomes:
    """How the tests ended, also those that other processes ran."""

    def __init__(self) -> None:
        self.ended: dict[str, page.Outcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = _name(report.nodeid)
        known = self.ended.get(name)
        if report.failed:
            self.ended[name] = page.Outcome(page.FAILED)
        elif report.skipped:
            self.ended.setdefault(name, page.Outcome(page.SKIPPED, _why_skipped(report)))
        elif report.when == "call" and (known is None or known.ended == page.SKIPPED):
            # Of the parameters of a test, those that this machine has something to show for decide.
            self.ended[name] = page.Outcome(page.PASSED)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        target: Path = session.config.option.conformance
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        target.write_text(page.render(sections(), self.ended, machine))


def _why_skipped(report: pytest.TestReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return str(reason).removeprefix("Skipped: ")


def _name(nodeid: str) -> str:
    """Without parameters."""
    return nodeid.partition("[")[0]
