"""Log lines in CloudWatch's embedded metric format, as the metrics that CloudWatch makes of them. Pure.

A line that means to be one and is not makes no metric, and CloudWatch says nothing of it: here it is told why.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

MAX_METRICS = 100
"""Of one directive."""
MAX_DIMENSIONS = 30
"""Of one dimension set."""
MAX_VALUES = 100
"""Of one metric in one line."""
MAX_MAGNITUDE = 2.0**360
"""Of one value."""
MAX_TEXT_CHARS = 1024
"""Of a namespace, a name, or a dimension's value."""
_SIZES = tuple(f"{size}{what}" for size in ("", "Kilo", "Mega", "Giga", "Tera") for what in ("bytes", "bits"))
UNITS = frozenset(
    {"Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"}.union(
        *({size.capitalize(), f"{size.capitalize()}/Second"} for size in _SIZES)
    )
)


class Sample(NamedTuple):
    """Values of one metric with one set of dimensions: ``dimensions`` are names and values, by name."""

    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[float, ...]


class InvalidMetrics(Exception):
    """A line that CloudWatch takes no metric from; the message says why."""


def means_to_be_metrics(line: str) -> bool:
    """Cheap: whether ``samples_in`` is worth its time."""
    return '"_aws"' in line


def samples_in(line: str) -> tuple[Sample, ...]:
    """None for JSON that has another use of ``_aws``, and for what is no JSON object. Raises InvalidMetrics."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return ()
    about = document.get("_aws") if isinstance(document, dict) else None
    if not isinstance(about, dict) or "CloudWatchMetrics" not in about:
        return ()
    if type(about.get("Timestamp")) is not int:
        raise InvalidMetrics("_aws.Timestamp is not a number of milliseconds")
    directives = about["CloudWatchMetrics"]
    if not isinstance(directives, list):
        raise InvalidMetrics("_aws.CloudWatchMetrics is not an array")
    return tuple(sample for directive in directives for sample in _samples(directive, document))


def _samples(directive: object, document: dict[str, object]) -> Iterator[Sample]:
    if not isinstance(directive, dict):
        raise InvalidMetrics("a directive of _aws.CloudWatchMetrics is not an object")
    namespace = _text(directive.get("Namespace"), "Namespace")
    metrics = directive.get("Metrics")
    if not isinstance(metrics, list):
        raise InvalidMetrics(f"Metrics of namespace {namespace!r} is not an array")
    if len(metrics) > MAX_METRICS:
        raise InvalidMetrics(f"{len(metrics)} metrics in one directive, at most {MAX_METRICS} are taken")
    sets = [_dimensions(names, document) for names in _dimension_sets(directive.get("Dimensions"))]
    for metric in metrics:
        if not isinstance(metric, dict):
            raise InvalidMetrics(f"a metric of namespace {namespace!r} is not an object")
        name = _text(metric.get("Name"), "Name of a metric")
        unit = metric.get("Unit", "None")
        if unit not in UNITS:
            raise InvalidMetrics(f"metric {name!r}: {unit!r} is no unit of CloudWatch")
        values = _values(name, document.get(name))
        for dimensions in sets:
            yield Sample(namespace, name, unit, dimensions, values)


def _dimension_sets(given: object) -> list[list[object]]:
    """Without any, a metric has one set that is empty."""
    if given is None or given == []:
        return [[]]
    if not isinstance(given, list) or not all(isinstance(each, list) for each in given):
        raise InvalidMetrics("Dimensions is not an array of arrays")
    return given


def _dimensions(names: list[object], document: dict[str, object]) -> tuple[tuple[str, str], ...]:
    if len(names) > MAX_DIMENSIONS:
        raise InvalidMetrics(f"{len(names)} dimensions in one set, at most {MAX_DIMENSIONS} are taken")
    return tuple(sorted((_text(name, "a dimension"), _dimension_value(str(name), document)) for name in names))


def _dimension_value(name: str, document: dict[str, object]) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise InvalidMetrics(f"dimension {name!r} has no text of its name beside _aws")
    return _text(value, f"the value of dimension {name!r}")


def _values(name: str, given: object) -> tuple[float, ...]:
    found = given if isinstance(given, list) else [given]
    values = [each for each in found if isinstance(each, int | float) and not isinstance(each, bool)]
    if not values or len(values) < len(found):
        raise InvalidMetrics(f"metric {name!r} has no number of its name beside _aws")
    if not all(-MAX_MAGNITUDE <= each <= MAX_MAGNITUDE for each in values):
        raise InvalidMetrics(f"metric {name!r} has a value beyond 2 to the power of 360")
    if len(values) > MAX_VALUES:
        raise InvalidMetrics(f"metric {name!r} has {len(values)} values, at most {MAX_VALUES} are taken")
    return tuple(map(float, values))


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidMetrics(f"{what} is not a text")
    if len(value) > MAX_TEXT_CHARS:
        raise InvalidMetrics(f"{what} is longer than {MAX_TEXT_CHARS} characters")
    return value
