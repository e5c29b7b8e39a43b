"""Invocations of the past, as the history tells of them."""

from dataclasses import replace

from lambdatui.model.history import InvocationDetail, InvocationSummary, Outcome
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.invocation import Invocation
from tests.tui.support.fake_client import NOW_S


def past(request_id: str, response: bytes, **changes: object) -> InvocationDetail:
    summary = InvocationSummary(
        request_id=RequestId(request_id),
        function=FunctionName("orders-api"),
        accepted_s=NOW_S - 5,
        answered_s=NOW_S - 4,
        outcome=Outcome.OK,
        environment=EnvironmentId("e1a"),
        cold=True,
        duration_ms=12.3,
        init_duration_ms=80.0,
        billed_duration_ms=93,
        max_memory_used_mb=31,
    )
    return InvocationDetail(
        summary=replace(summary, **changes),  # type: ignore[arg-type]
        invocation=Invocation(
            request_id=RequestId(request_id),
            function=FunctionName("orders-api"),
            payload=b'{"order": 7}',
            invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:orders-api",
            timeout_s=3.0,
        ),
        response=response,
        logs=(f"START RequestId: {request_id} Version: $LATEST", "looking for order 7"),
    )
