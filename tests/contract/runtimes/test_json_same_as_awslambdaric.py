"""Any value and any text, through our marshaller and through AWS's: the same result or the same complaint."""

from __future__ import annotations

import collections
import decimal
import enum
from typing import Any

import pytest
from awslambdaric.lambda_runtime_exception import FaultException
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatui.runtimes.python.faults import Fault
from lambdatui.runtimes.python.marshal import Marshaller

Pair = collections.namedtuple("Pair", "left right")


class Level(enum.IntEnum):
    LOW = 1


ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(max_size=5),
    st.decimals(),
    st.sampled_from([Level.LOW, object(), b"\xff", {1}, 1j]),
)
KEYS = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.just(b"k"), st.just((1,)))
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
        st.tuples(inner, inner),
        st.builds(Pair, inner, inner),
        st.builds(collections.OrderedDict, st.dictionaries(st.text(), inner, max_size=3)),
    ),
    max_leaves=12,
)
# Pieces that make documents which are nearly right.
PIECES = st.sampled_from(
    r"""{ } [ ] , : " \ \u00e9 \ud83d \x "a" 1 - 0 .5 e3 true null NaN Infinity é x {"a":1} [1,2] "k":""".split()  # noqa: SIM905
    + list(" \n\t\x01\ufeff"),
)
TEXTS = st.one_of(st.lists(PIECES, max_size=10).map("".join), st.text(max_size=8))


def _own_response(own: Marshaller, value: Any) -> tuple[Any, str]:
    try:
        return own.response_from(value)
    except Fault as fault:
        return fault.message, fault.error_type


def _official_response(official: LambdaMarshaller, value: Any) -> tuple[Any, str]:
    try:
        return official.marshal_response(value)  # type: ignore[no-any-return]
    except FaultException as fault:
        return fault.msg, fault.exception_type


def _own_event(own: Marshaller, body: bytes) -> str:
    try:
        return repr(own.event_from(body, "application/json"))
    except Fault as fault:
        return fault.message


def _official_event(official: LambdaMarshaller, body: bytes) -> str:
    try:
        return repr(official.unmarshal_request(body))
    except FaultException as fault:
        return str(fault.msg)


@pytest.fixture(scope="module", params=["AWS_Lambda_python3.11", "AWS_Lambda_python3.13"])
def marshallers(request: pytest.FixtureRequest) -> tuple[Marshaller, LambdaMarshaller]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_EXECUTION_ENV", request.param)
        return Marshaller(request.param), LambdaMarshaller()


@given(value=VALUES)
@settings(max_examples=300, deadline=None)
def test_result_is_encoded_the_same(marshallers: tuple[Marshaller, LambdaMarshaller], value: Any) -> None:
    own, official = marshallers
    assert _own_response(own, value) == _official_response(official, value)


@given(text=TEXTS)
@settings(max_examples=1000, deadline=None)
def test_event_is_decoded_or_refused_the_same(marshallers: tuple[Marshaller, LambdaMarshaller], text: str) -> None:
    own, official = marshallers
    body = text.encode()
    assert _own_event(own, body) == _official_event(official, body)


def test_decimals_are_numbers_with_every_digit(marshallers: tuple[Marshaller, LambdaMarshaller]) -> None:
    own, _ = marshallers
    assert own.response_from({"price": decimal.Decimal("1.10")})[0] == '{"price": 1.10}'
