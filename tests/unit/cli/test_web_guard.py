"""Who is let in to the workbench in a browser."""

import pytest

from lambdatui.cli.web_guard import Guard, Visit, new_token

LOCAL = Guard(token="right", port=8000, names=frozenset({"localhost"}))
ANYWHERE = Guard(token="right", port=8000, names=None)
HERE = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "visit",
    [
        Visit(host="127.0.0.1:8000", token="right"),
        Visit(host="localhost:8000", cookie="right"),
        Visit(host="[::1]:8000", cookie="right"),
        Visit(host="127.0.0.1:8000", cookie="right", origin=HERE),
        Visit(host="127.0.0.1:8000", cookie="right", origin=HERE, is_socket=True),
    ],
)
def test_who_knows_the_token_and_comes_from_our_page_is_let_in(visit: Visit) -> None:
    assert LOCAL.refusal(visit) is None


@pytest.mark.parametrize(
    "visit",
    [
        Visit(host="127.0.0.1:8000"),
        Visit(host="127.0.0.1:8000", token="wrong", cookie="righ"),
        Visit(host="", token="right"),
        Visit(host="[::1:8000", token="right"),
        Visit(host="rebound.example:8000", token="right"),
        Visit(host="127.0.0.1:8000", token="right", origin="null"),
        Visit(host="127.0.0.1:8000", cookie="right", origin="http://127.0.0.1:9000"),
        Visit(host="127.0.0.1:8000", cookie="right", is_socket=True),
        Visit(host="127.0.0.1:8000", cookie="right", origin="http://elsewhere.example", is_socket=True),
    ],
)
def test_everybody_else_is_refused_with_a_reason(visit: Visit) -> None:
    assert LOCAL.refusal(visit)


def test_beyond_this_machine_any_name_will_do_for_the_token_cannot_be_guessed() -> None:
    assert ANYWHERE.refusal(Visit(host="workstation.example:8000", token="right")) is None
    assert ANYWHERE.refusal(Visit(host="workstation.example:8000")) is not None


def test_tokens_are_long_and_never_the_same() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 32
