import pytest

from lambdatui.model.records import CodeBroken, FunctionLog
from lambdatui.telemetry.json_codec import DecodeError, decoder, encoder, wire_name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("request_id", "requestId"),
        ("max_memory_used_mb", "maxMemoryUsedMB"),
        ("memory_size_mb", "memorySizeMB"),
        ("billed_duration_ms", "billedDurationMs"),
        ("instance_max_memory", "instanceMaxMemory"),
        ("p95_ms", "p95Ms"),
        ("due_in_s", "dueInS"),
        ("status", "status"),
    ],
)
def test_names_are_spelled_as_aws_spells_them(name: str, wanted: str) -> None:
    assert wire_name(name) == wanted


def test_none_is_left_out() -> None:
    assert encoder(CodeBroken)(CodeBroken(file="a", line=None, message="m")) == '{"file":"a","message":"m"}'


def test_half_a_surrogate_pair_that_a_function_printed_survives() -> None:
    record = FunctionLog(request_id=None, lines=("\ud83d",))
    text = encoder(FunctionLog)(record)
    assert text.isascii()
    assert text == '{"lines":["\\ud83d"]}'


@pytest.mark.parametrize(
    ("hint", "value", "complaint"),
    [
        (int, True, "expected a whole number, got True"),
        (int, 1.0, "expected a whole number"),
        (float, "1", "expected a number"),
        (bool, 1, "expected true or false"),
        (str, None, "expected a string"),
        (tuple[str, ...], "abc", "expected an array"),
    ],
)
def test_value_of_another_type_is_refused(hint: object, value: object, complaint: str) -> None:
    with pytest.raises(DecodeError, match=complaint):
        decoder(hint)(value)


def test_long_garbage_is_shown_in_short() -> None:
    with pytest.raises(DecodeError) as caught:
        decoder(int)("x" * 10_000)
    assert len(str(caught.value)) < 120
