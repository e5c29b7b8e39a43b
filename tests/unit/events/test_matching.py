"""A function's declared event sources choose the sample that is offered first."""

import pytest

from lambdatui.events.catalogue import catalogue
from lambdatui.events.matching import _SAMPLE_BY_SOURCE, best_first, best_sample_name

SAMPLES = catalogue()


@pytest.mark.parametrize(
    ("sources", "name"),
    [
        (("HttpApi", "HttpApi"), "http-get"),
        (("S3",), "s3-put"),
        (("SQS",), "sqs-single"),
        (("MSK", "Schedule"), "eventbridge-schedule"),
        (("MSK",), "hello"),
        ((), "hello"),
    ],
)
def test_the_first_source_we_know_decides(sources: tuple[str, ...], name: str) -> None:
    assert best_sample_name(sources) == name


def test_every_source_leads_to_a_sample_that_exists() -> None:
    assert set(_SAMPLE_BY_SOURCE.values()) <= {sample.name for sample in SAMPLES}


def test_the_best_sample_and_then_its_service_come_first() -> None:
    names = [sample.name for sample in best_first(SAMPLES, ("SQS",))]
    assert names[:3] == ["sqs-single", "sqs-batch", "sqs-fifo"]
    assert sorted(names) == sorted(sample.name for sample in SAMPLES)


def test_without_sources_the_greeting_comes_first_and_the_rest_keep_their_order() -> None:
    names = [sample.name for sample in best_first(SAMPLES, ())]
    assert names == ["hello", *(sample.name for sample in SAMPLES if sample.name != "hello")]
