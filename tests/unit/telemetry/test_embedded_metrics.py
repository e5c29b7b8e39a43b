"""Embedded metric format: which lines are metrics, why others are not, and what the views keep of them."""

import json
from typing import Any

import pytest

from lambdatui.model.records import FunctionLog
from lambdatui.model.views import EmbeddedMetric, EmbeddedMetricsView, Views
from lambdatui.telemetry.embedded_metrics import InvalidMetrics, Sample, samples_in
from lambdatui.telemetry.embedded_metrics_draft import KEPT_SERIES
from lambdatui.telemetry.views import apply
from tests.unit.telemetry.samples import NOON_S, ORDERS, event
from tests.unit.telemetry.streams import LOADED

COLD = {
    "Namespace": "shop",
    "Dimensions": [["service"], ["service", "method"]],
    "Metrics": [{"Name": "sold", "Unit": "Count"}],
}


def line(directive: object = COLD, **beside: object) -> str:
    values = {"service": "cart", "method": "POST", "sold": 2, **beside}
    return json.dumps({"_aws": {"Timestamp": 1795219595000, "CloudWatchMetrics": [directive]}, **values})


def embedded(*lines: str) -> EmbeddedMetricsView:
    logs = [FunctionLog(request_id=None, lines=(each,)) for each in lines]
    events = [event(record, seq=number, at=NOON_S + number) for number, record in enumerate([LOADED, *logs], 1)]
    return apply(Views(), events).functions[ORDERS].embedded


def test_metric_is_found_once_for_each_set_of_dimensions() -> None:
    assert samples_in(line()) == (
        Sample("shop", "sold", "Count", (("service", "cart"),), (2.0,)),
        Sample("shop", "sold", "Count", (("method", "POST"), ("service", "cart")), (2.0,)),
    )


def test_metric_without_dimensions_and_unit_is_one_all_the_same() -> None:
    directive = {"Namespace": "shop", "Metrics": [{"Name": "sold"}]}
    assert samples_in(line(directive, sold=[1, 2.5])) == (Sample("shop", "sold", "None", (), (1.0, 2.5)),)


@pytest.mark.parametrize(
    "text", ["_aws", '{"_aws"', '["_aws"]', '{"_aws":1}', '{"_aws":{"Timestamp":1}}', "[" * 100_000]
)
def test_line_that_is_something_else_has_no_metrics(text: str) -> None:
    assert samples_in(text) == ()


def changed(**change: object) -> dict[str, Any]:
    return {**COLD, **change}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"_aws":{"CloudWatchMetrics":[]}}', "Timestamp is not a number"),
        ('{"_aws":{"Timestamp":1,"CloudWatchMetrics":{}}}', "CloudWatchMetrics is not an array"),
        (line("x"), "directive of _aws.CloudWatchMetrics is not an object"),
        (line(changed(Namespace="")), "Namespace is not a text"),
        (line(changed(Namespace="n" * 1025)), "Namespace is longer than 1024"),
        (line(changed(Metrics=None)), "Metrics of namespace 'shop' is not an array"),
        (line(changed(Metrics=[{}] * 101)), "101 metrics in one directive"),
        (line(changed(Metrics=["sold"])), "a metric of namespace 'shop' is not an object"),
        (line(changed(Metrics=[{"Name": "sold", "Unit": "Pieces"}])), "metric 'sold': 'Pieces' is no unit"),
        (line(changed(Metrics=[{"Name": "lost"}])), "metric 'lost' has no number of its name"),
        (line(sold="2"), "metric 'sold' has no number of its name"),
        (line(sold=True), "metric 'sold' has no number of its name"),
        (line(sold=[]), "metric 'sold' has no number of its name"),
        (line(sold=float("inf")), "metric 'sold' has a value beyond"),
        (line(sold=float("nan")), "metric 'sold' has a value beyond"),
        (line(sold=10**400), "metric 'sold' has a value beyond"),
        (line(sold=[1] * 101), "metric 'sold' has 101 values"),
        (line(changed(Dimensions=["service"])), "Dimensions is not an array of arrays"),
        (line(changed(Dimensions=[["shop"]])), "dimension 'shop' has no text"),
        (line(changed(Dimensions=[[{}]])), "dimension"),
        (line(service=7), "dimension 'service' has no text"),
        (line(changed(Dimensions=[["service"] * 31])), "31 dimensions in one set"),
    ],
)
def test_line_that_means_to_be_metrics_and_is_not_says_why(text: str, why: str) -> None:
    with pytest.raises(InvalidMetrics, match=why):
        samples_in(text)


def test_views_sum_a_metric_up() -> None:
    directive = changed(Dimensions=[["service"]])
    view = embedded(line(directive, sold=2), "plain", line(directive, sold=[1, 6]))
    metric = EmbeddedMetric(
        namespace="shop",
        name="sold",
        unit="Count",
        dimensions={"service": "cart"},
        count=3,
        total=9.0,
        minimum=1.0,
        maximum=6.0,
        last=6.0,
        last_s=NOON_S + 4,
    )
    assert view == EmbeddedMetricsView(metrics=(metric,))
    assert view.metrics[0].average == 3.0


def test_views_keep_a_bounded_number_of_metrics_and_count_the_rest() -> None:
    directive = changed(Dimensions=[["service"]])
    view = embedded(*(line(directive, service=f"customer-{number}") for number in range(KEPT_SERIES + 7)))
    assert (len(view.metrics), view.left_out) == (KEPT_SERIES, 7)


def test_views_tell_of_metrics_that_cloudwatch_will_not_take() -> None:
    view = embedded(line(sold="2"), line(sold="3"))
    assert (view.metrics, view.invalid) == ((), 2)
    assert view.complaint == "metric 'sold' has no number of its name beside _aws"


def test_metrics_of_a_real_library_are_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    from aws_lambda_powertools import Metrics
    from aws_lambda_powertools.metrics import MetricUnit

    metrics = Metrics(namespace="shop", service="cart")
    metrics.add_metric(name="sold", unit=MetricUnit.Count, value=2)
    metrics.flush_metrics()
    view = embedded(*capsys.readouterr().out.splitlines())
    assert [(each.name, each.unit, each.dimensions, each.total) for each in view.metrics] == [
        ("sold", "Count", {"service": "cart"}, 2.0)
    ]
