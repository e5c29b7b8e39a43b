"""Estimates of money."""

import pytest

from lambdatui.model.ids import FunctionName
from lambdatui.model.prices import dollars_per_million
from lambdatui.model.views import FunctionView, MetricsView
from lambdatui.telemetry.cost import cost


def billed(*, invocations: int, gb_s: float, architecture: str = "x86_64") -> FunctionView:
    metrics = MetricsView(invocations=invocations, billed_gb_s=gb_s)
    return FunctionView(name=FunctionName("f"), architecture=architecture, metrics=metrics)


def test_estimate_is_that_of_equal_invokes() -> None:
    found = cost(billed(invocations=4, gb_s=4 * 0.1 * 0.125))
    assert found is not None
    assert found.per_million == pytest.approx(dollars_per_million(100, 128, "x86_64"))
    assert found.so_far == pytest.approx(found.per_million * 4 / 1_000_000)


def test_arm_is_cheaper() -> None:
    x86, arm = (cost(billed(invocations=1, gb_s=1.0, architecture=one)) for one in ("x86_64", "arm64"))
    assert x86 is not None
    assert arm is not None
    assert arm.so_far < x86.so_far


def test_nothing_is_estimated_before_an_invoke_or_without_a_price() -> None:
    assert cost(billed(invocations=0, gb_s=0.0)) is None
    assert cost(billed(invocations=1, gb_s=1.0, architecture="riscv")) is None
