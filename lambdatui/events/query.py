"""The words of a search in the history: ``fn:orders-api status:error dur:>100 cold some text``. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from lambdatui.model.experiments import Experiment
from lambdatui.model.history import HistoryQuery, Outcome
from lambdatui.model.ids import EnvironmentId

_WORD = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
_DURATION = re.compile(r"(?P<sign>[<>])(?P<ms>\d+(?:\.\d+)?)(?P<unit>ms|s)?")
EXPLAINED = (
    "fn:NAME  status:ok|error|timeout|refused|unanswered|interrupted  error:TYPE  dur:>100 (ms)  cold  warm  "
    "sample:NAME  in:trial|series|any|none  env:ID  since:TIME  until:TIME  text"
)


class QueryError(ValueError):
    """A word that is no search; the message says what may stand there."""


def parse_query(text: str) -> HistoryQuery:
    """Words that are no ``key:value`` must stand in the event or the response. Raises QueryError."""
    query = HistoryQuery()
    for found in _WORD.finditer(text):
        key, value = found["key"], found["plain"] if found["quoted"] is None else found["quoted"]
        if key is not None and key not in _KEYS:
            raise QueryError(f"'{key}:' is no key of a search; there are {EXPLAINED}")
        if key is not None:
            query = _KEYS[key](query, value)
        elif value in ("cold", "warm") and found["quoted"] is None:
            query = replace(query, cold=value == "cold")
        else:
            query = replace(query, texts=(*query.texts, value))
    return query


def _function(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, function=value)


def _status(query: HistoryQuery, value: str) -> HistoryQuery:
    if value not in list(Outcome):
        raise QueryError(f"'{value}' is no status; there are {', '.join(Outcome)}")
    return replace(query, outcomes=query.outcomes | {Outcome(value)})


def _error(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, error_type=value)


def _sample(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, sample=value)


def _experiment(query: HistoryQuery, value: str) -> HistoryQuery:
    if value not in _EXPERIMENTS:
        raise QueryError(f"'{value}' is no experiment; there are {', '.join(_EXPERIMENTS)}")
    return replace(query, experiments=query.experiments | _EXPERIMENTS[value])


def _environment(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, environment=EnvironmentId(value))


def _since(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, since_s=_time_s("since", value))


def _until(query: HistoryQuery, value: str) -> HistoryQuery:
    return replace(query, until_s=_time_s("until", value))


def _time_s(key: str, value: str) -> float:
    """Local time, unless it says otherwise."""
    try:
        return datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise QueryError(f"'{key}:{value}' is no time; write {key}:2026-02-02T14:30 or {key}:2026-02-02") from error


def _duration(query: HistoryQuery, value: str) -> HistoryQuery:
    found = _DURATION.fullmatch(value)
    if found is None:
        raise QueryError(f"'dur:{value}' is no duration; write dur:>100 or dur:<2s")
    ms = float(found["ms"]) * (1000 if found["unit"] == "s" else 1)
    return replace(query, over_ms=ms) if found["sign"] == ">" else replace(query, under_ms=ms)


_EXPERIMENTS: Mapping[str, frozenset[Experiment | None]] = {
    **{each.value: frozenset({each}) for each in Experiment},
    "any": frozenset(Experiment),
    "none": frozenset({None}),
}
_KEYS: Mapping[str, Callable[[HistoryQuery, str], HistoryQuery]] = {
    "fn": _function,
    "status": _status,
    "error": _error,
    "sample": _sample,
    "in": _experiment,
    "dur": _duration,
    "env": _environment,
    "since": _since,
    "until": _until,
}
