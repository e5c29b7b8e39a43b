"""Every rule is shown by tests that exist, or says why not, and the page has it."""

import ast
from collections import Counter
from functools import cache

import pytest

from tests.conformance.catalogue import CHECKOUT, Rule, sections
from tests.conformance.page import cell

RULES = [rule for section in sections() for rule in section.rules]
PAGE = CHECKOUT / "docs" / "conformance.md"


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file: functions, and methods as ``Class::name``."""
    tree = ast.parse((CHECKOUT / file).read_text())
    classes = [(node.name + "::", node.body) for node in tree.body if isinstance(node, ast.ClassDef)]
    return frozenset(
        prefix + node.name
        for prefix, body in [("", tree.body), *classes]
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_shown_by_tests_that_exist_or_says_why_not(rule: Rule) -> None:
    missing = [test for test in rule.tests if not exists(test)]
    assert missing == []
    assert sum(map(bool, (rule.tests, rule.unenforceable, rule.not_done))) == 1


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    return (CHECKOUT / file).is_file() and name in names_in(file)


def test_no_rule_stands_twice() -> None:
    counted = Counter(rule.text for rule in RULES)
    assert [text for text, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_page_has_the_rule_as_it_stands(rule: Rule) -> None:
    (row,) = [line for line in PAGE.read_text().splitlines() if line.startswith(f"| {cell(rule.text)} |")]
    assert all(test.partition("::")[0] in row for test in rule.tests)
    assert rule.unenforceable in row
    assert rule.not_done in row
