"""What is written of an invocation beside its columns, and read again, of this version's rows and of older ones."""

import json
from dataclasses import replace

from lambdatui.model.experiments import Experiment
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.store.calls import read_call, write_call

ORDINARY = Invocation(
    request_id=RequestId("req-1"),
    function=FunctionName("orders-api"),
    payload=b"{}",
    invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders-api",
    timeout_s=3,
)
UNUSUAL = replace(
    ORDINARY,
    invoked_arn=f"{ORDINARY.invoked_arn}:$LATEST",
    version="7",
    timeout_s=0.5,
    content_type='text/"plain"',
    client_context='{"custom": "\u00e9\ud800"}',
    cognito_identity="{}",
    tenant_id="blue",
    trace_id="Root=1-5759e988-bd862e3fe1be46a994272793",
    invocation_type=InvocationType.EVENT,
    attempt=3,
    experiment=Experiment.SERIES,
)


def read(text: str) -> Invocation:
    return read_call(text, request_id=RequestId("req-1"), function=FunctionName("orders-api"), payload=b"{}")


def test_what_has_a_column_or_is_as_by_default_is_not_written() -> None:
    assert json.loads(write_call(ORDINARY)) == {"invoked_arn": ORDINARY.invoked_arn, "timeout_s": 3}


def test_ordinary_invocation_is_read_as_it_was() -> None:
    assert read(write_call(ORDINARY)) == ORDINARY


def test_invocation_with_everything_is_read_as_it_was() -> None:
    assert read(write_call(UNUSUAL)) == UNUSUAL


def test_invocation_type_and_experiment_are_members_again() -> None:
    found = read(write_call(UNUSUAL))
    assert found.invocation_type is InvocationType.EVENT
    assert found.experiment is Experiment.SERIES


def test_row_of_an_earlier_version_with_all_its_fields_is_read() -> None:
    written = {
        "request_id": "req-1",
        "function": "orders-api",
        "invoked_arn": ORDINARY.invoked_arn,
        "version": "$LATEST",
        "timeout_s": 3,
        "content_type": "application/json",
        "invocation_type": "RequestResponse",
        "attempt": 1,
    }
    assert read(json.dumps(written)) == ORDINARY


def test_field_of_another_version_is_left_out() -> None:
    assert read(write_call(ORDINARY)[:-1] + ',"durable":true}') == ORDINARY
