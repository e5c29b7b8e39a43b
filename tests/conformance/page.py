"""docs/conformance.md: every rule, what shows it, and how that ended in the run that wrote the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.conformance.catalogue import Rule, Section

PASSED, FAILED, SKIPPED, NOT_DONE, NOT_RUN = "pass", "FAIL", "not enforceable here", "not done", "not run"

_HEAD = """# Conformance

What the Lambda service observably does, rule by rule, and the test that shows lambdatui doing it. Written by a run of
these tests: `make docs`.

- *not enforceable here*: the test needs something of the machine that was not there, or no program of this kind can do
  it; the last column says which
- *not done*: it is missing, or on purpose different; the last column says why

{machine}: {counts}"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one test; ``reason`` is why it was skipped."""

    ended: str
    reason: str = ""


def render(sections: Sequence[Section], outcomes: Mapping[str, Outcome], machine: str) -> str:
    """``outcomes`` by the name of the test, without parameters."""
    rules = [rule for section in sections for rule in section.rules]
    verdicts = [verdict(rule, outcomes) for rule in rules]
    words = (PASSED, FAILED, SKIPPED, NOT_DONE, NOT_RUN)
    counts = ", ".join(f"{verdicts.count(word)} {word}" for word in words if word in verdicts)
    lines = [_HEAD.format(machine=machine, counts=f"{len(rules)} rules: {counts}.")]
    for section in sections:
        lines += ["", f"## {section.title}", "", "| rule | | shown by |", "|---|---|---|"]
        lines += _rows(section, outcomes)
    return "\n".join(lines) + "\n"


def verdict(rule: Rule, outcomes: Mapping[str, Outcome]) -> str:
    """The worst of its tests decides."""
    if rule.not_done:
        return NOT_DONE
    if rule.unenforceable:
        return SKIPPED
    ended = [outcomes.get(test, Outcome(NOT_RUN)).ended for test in rule.tests]
    return next((each for each in (FAILED, NOT_RUN, SKIPPED) if each in ended), PASSED)


def _rows(section: Section, outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    for rule in section.rules:
        shown_by = "<br>".join(_shown(test, outcomes) for test in rule.tests) or rule.unenforceable or rule.not_done
        yield f"| {cell(rule.text)} | {verdict(rule, outcomes)} | {shown_by} |"


def cell(text: str) -> str:
    """``text`` for a table."""
    return text.replace("|", "\\|")


def _shown(test: str, outcomes: Mapping[str, Outcome]) -> str:
    file, *_, name = test.split("::")
    reason = outcomes.get(test, Outcome(NOT_RUN)).reason
    link = f"[{name.removeprefix('test_').replace('_', ' ')}](../{file})"
    return f"{link} ({cell(reason)})" if reason else link
