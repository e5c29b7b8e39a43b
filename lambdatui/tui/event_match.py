"""Which sample events fit a function, best first. Pure."""

from collections.abc import Sequence

from lambdatui.tui.ports import SampleInfo

GREETING = "hello"
"""The sample for a function that declares no event source."""

_PREFIXES = {
    "Api": "rest",
    "CloudWatchEvent": "eventbridge",
    "CloudWatchLogs": "logs",
    "EventBridgeRule": "eventbridge",
    "FunctionUrl": "url",
    "HttpApi": "http",
    "Schedule": "eventbridge-schedule",
    "ScheduleV2": "eventbridge-schedule",
}
"""SAM's event source types whose samples are not called like the type itself."""


def ranked(samples: Sequence[SampleInfo], events: Sequence[str]) -> tuple[SampleInfo, ...]:
    """``samples`` with those that fit ``events`` in front, in the order of ``events``; order is kept otherwise."""
    return tuple(sorted(samples, key=lambda sample: _rank(sample, events)))


def fits(sample: SampleInfo, events: Sequence[str]) -> bool:
    """Whether the function declares a source that sends such events."""
    return _rank(sample, events) < len(events)


def best(samples: Sequence[SampleInfo], events: Sequence[str]) -> str | None:
    """The name of the sample to start with: the first that fits, else a greeting, else none."""
    order = ranked(samples, events)
    if order and fits(order[0], events):
        return order[0].name
    return GREETING if any(sample.name == GREETING for sample in samples) else None


def _rank(sample: SampleInfo, events: Sequence[str]) -> int:
    for place, event in enumerate(events):
        prefix = _PREFIXES.get(event, event.lower())
        if sample.name.startswith(prefix) or sample.service == prefix:
            return place
    return len(events)
