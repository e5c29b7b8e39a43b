import pytest

from lambdatui.events.query import QueryError, parse_query
from lambdatui.model.experiments import Experiment
from lambdatui.model.history import HistoryQuery, InvocationSummary, Outcome
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId

SLOW = InvocationSummary(
    request_id=RequestId("req-1"),
    function=FunctionName("orders-api"),
    accepted_s=0.0,
    outcome=Outcome.ERROR,
    error_type="ValueError",
    cold=True,
    duration_ms=150.0,
    sample="http-get",
    environment=EnvironmentId("e1"),
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", HistoryQuery()),
        ("fn:orders-api", HistoryQuery(function="orders-api")),
        ("status:error status:timeout", HistoryQuery(outcomes=frozenset({Outcome.ERROR, Outcome.TIMEOUT}))),
        ("dur:>100", HistoryQuery(over_ms=100.0)),
        ("dur:<1.5s", HistoryQuery(under_ms=1500.0)),
        ("in:trial", HistoryQuery(experiments=frozenset({Experiment.TRIAL}))),
        ("in:none in:series", HistoryQuery(experiments=frozenset({None, Experiment.SERIES}))),
        ("cold", HistoryQuery(cold=True)),
        ("env:e1", HistoryQuery(environment=EnvironmentId("e1"))),
        ("since:1970-01-01T00:01:00Z until:1970-01-01T00:01:00.500Z", HistoryQuery(since_s=60.0, until_s=60.5)),
        ("warm", HistoryQuery(cold=False)),
        ('"cold"', HistoryQuery(texts=("cold",))),
        ('customer "two words"', HistoryQuery(texts=("customer", "two words"))),
        ('error:Value sample:"http-get"', HistoryQuery(error_type="Value", sample="http-get")),
    ],
)
def test_words_of_a_search(text: str, query: HistoryQuery) -> None:
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("status:broken", "'broken' is no status"),
        ("dur:100", "write dur:>100"),
        ("name:x", "'name:' is no key"),
        ("in:x", "'x' is no experiment"),
        ("until:noon", "'until:noon' is no time; write until:2026"),
    ],
)
def test_what_is_no_search_is_told_with_what_may_stand_there(text: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        parse_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "fn:orders-api",
        "status:error",
        "dur:>100 dur:<200",
        "cold",
        "error:value",
        "sample:http-get",
        "env:e1",
        "since:1970-01-01T00:00Z until:1970-01-01T00:00Z",
    ],
)
def test_invocation_that_is_searched_for_is_found(text: str) -> None:
    assert parse_query(text).includes(SLOW)


@pytest.mark.parametrize(
    "text", ["fn:other", "status:ok", "dur:>150", "dur:<150", "warm", "error:Key", "sample:s3-put"]
)
def test_another_invocation_is_not(text: str) -> None:
    assert not parse_query(text).includes(SLOW)
