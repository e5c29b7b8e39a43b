import pytest

from lambdatui.telemetry.percentiles import percentile


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (75, 3.0), (95, 4.0), (100, 4.0), (0, 1.0)])
def test_percentile_is_a_value_of_the_sample(percent: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], percent) == value


def test_single_value_is_every_percentile() -> None:
    assert percentile([7.0], 50) == percentile([7.0], 95) == 7.0


def test_empty_sample_has_none() -> None:
    assert percentile([], 50) is None
