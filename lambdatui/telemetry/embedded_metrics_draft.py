"""The metrics of one function's log lines, while a batch of events is folded into them."""

from collections.abc import Iterable

from lambdatui.model.views import EmbeddedMetric, EmbeddedMetricsView
from lambdatui.telemetry.embedded_metrics import InvalidMetrics, Sample, samples_in

KEPT_SERIES = 100
"""Of one function. Every further combination of dimensions is only counted: each would be a metric to pay for."""

_Key = tuple[str, str, str, tuple[tuple[str, str], ...]]


class EmbeddedMetricsDraft:
    """An EmbeddedMetricsView that can be changed."""

    def __init__(self, view: EmbeddedMetricsView) -> None:
        self._series: dict[_Key, EmbeddedMetric] = {_key(each): each for each in view.metrics}
        self._left_out = view.left_out
        self._invalid = view.invalid
        self._complaint = view.complaint

    def add(self, lines: Iterable[str], time_s: float) -> None:
        for line in lines:
            self._add(line, time_s)

    def finish(self) -> EmbeddedMetricsView:
        return EmbeddedMetricsView(
            metrics=tuple(self._series.values()),
            left_out=self._left_out,
            invalid=self._invalid,
            complaint=self._complaint,
        )

    def _add(self, line: str, time_s: float) -> None:
        try:
            samples = samples_in(line)
        except InvalidMetrics as invalid:
            self._invalid += 1
            self._complaint = str(invalid)
            return
        for sample in samples:
            key = (sample.namespace, sample.name, sample.unit, sample.dimensions)
            known = self._series.get(key)
            if known is None and len(self._series) >= KEPT_SERIES:
                self._left_out += 1
            else:
                self._series[key] = _grown(known, sample, time_s)


def _key(metric: EmbeddedMetric) -> _Key:
    return metric.namespace, metric.name, metric.unit, tuple(sorted(metric.dimensions.items()))


def _grown(known: EmbeddedMetric | None, sample: Sample, time_s: float) -> EmbeddedMetric:
    values = sample.values if known is None else (*sample.values, known.minimum, known.maximum)
    return EmbeddedMetric(
        namespace=sample.namespace,
        name=sample.name,
        unit=sample.unit,
        dimensions=dict(sample.dimensions),
        count=len(sample.values) + (0 if known is None else known.count),
        total=sum(sample.values) + (0.0 if known is None else known.total),
        minimum=min(values),
        maximum=max(values),
        last=sample.values[-1],
        last_s=time_s,
    )
