"""The X-Ray header of an invocation: what of the caller's is kept, and what a function that traces makes of it."""

import pytest

from lambdatui.service.trace import trace_header

DIGITS = "0123456789abcdef" * 3
OWN = DIGITS[24:40]
NEW = f"Root=1-00000001-{DIGITS[:24]};Parent={OWN}"


def header(given: str | None, *, active: bool) -> str:
    return trace_header(given, epoch_s=1.0, random_hex=DIGITS, active=active)


@pytest.mark.parametrize("given", [None, "", "garbage", "Parent=4;Sampled=1"])
def test_without_a_root_there_is_a_new_trace_which_the_function_decides_on(given: str | None) -> None:
    assert header(given, active=True) == f"{NEW};Sampled=1"
    assert header(given, active=False) == f"{NEW};Sampled=0"


@pytest.mark.parametrize("sampled", ["Sampled=0", "Sampled=1;Lineage=a87bd80c:1|68fd508a:5"])
def test_header_of_the_caller_is_passed_through_where_the_function_does_not_trace(sampled: str) -> None:
    assert header(f"Root=1-2-3;Parent=4;{sampled}", active=False) == f"Root=1-2-3;Parent=4;{sampled}"


@pytest.mark.parametrize("sampled", ["Sampled=0", "Sampled=1;Lineage=a87bd80c:1|68fd508a:5"])
def test_function_that_traces_hangs_on_a_segment_of_its_own_and_keeps_the_decision(sampled: str) -> None:
    assert header(f"Root=1-2-3;Parent=4;{sampled}", active=True) == f"Root=1-2-3;Parent={OWN};{sampled}"


@pytest.mark.parametrize("undecided", ["Root=1-2-3;Parent=4", "Root=1-2-3; Parent=4;Sampled=?"])
def test_where_the_caller_did_not_decide_the_function_does(undecided: str) -> None:
    assert header(undecided, active=True) == f"Root=1-2-3;Parent={OWN};Sampled=1"
    assert header(undecided, active=False) == "Root=1-2-3;Parent=4;Sampled=0"


def test_caller_that_names_no_segment_gets_one() -> None:
    assert header("Self=1-5-6;Root=1-2-3;Sampled=1", active=False) == f"Root=1-2-3;Parent={OWN};Sampled=1;Self=1-5-6"
