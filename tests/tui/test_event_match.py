"""Samples that fit a function come first."""

from lambdatui.tui.event_match import best, fits, ranked
from tests.tui.support.fake_client import SAMPLES


def test_samples_of_the_declared_source_come_first() -> None:
    assert [sample.name for sample in ranked(SAMPLES, ("HttpApi",))][:2] == ["http-get", "http-post"]


def test_service_itself_is_enough() -> None:
    assert best(SAMPLES, ("S3",)) == "s3-put"
    assert best(SAMPLES, ("SQS",)) == "sqs-batch"


def test_function_without_sources_gets_a_greeting() -> None:
    assert best(SAMPLES, ()) == "hello"
    assert best(SAMPLES, ("Unheard",)) == "hello"
    assert best((), ("S3",)) is None


def test_nothing_fits_a_function_without_sources() -> None:
    assert not any(fits(sample, ()) for sample in SAMPLES)
