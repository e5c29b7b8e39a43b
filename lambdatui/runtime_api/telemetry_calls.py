"""The two calls by which extensions subscribe to telemetry: judged as far as that needs no state, then an input.

The machine knows whether this extension exists and may still subscribe; its answer comes back by token.
"""

from lambdatui.lifecycle import refusals
from lambdatui.lifecycle.extension_inputs import ExtensionSubscribed, SubscriptionApi
from lambdatui.lifecycle.inputs import Token
from lambdatui.net.request import Request
from lambdatui.runtime_api import answers, extension_answers, posts
from lambdatui.runtime_api.edge import Edge
from lambdatui.runtime_api.extension_requests import RefusedRequest, extension_identifier
from lambdatui.runtime_api.telemetry_subscription import InvalidSubscription, SubscriptionSpec, parse_subscription

TELEMETRY_PATH = "/2022-07-01/telemetry"
LOGS_PATH = "/2020-08-15/logs"
_API = {TELEMETRY_PATH: SubscriptionApi.TELEMETRY, LOGS_PATH: SubscriptionApi.LOGS}


class TelemetryCalls:
    """``subscribed`` handles a PUT to either path."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def subscribed(self, request: Request) -> None:
        if (fault := posts.body_fault(request)) is not None:
            answers.refused(request, refusals.OF_FAULT[fault])
            return
        try:
            extension_id = extension_identifier(request)
            spec = parse_subscription(_API[request.path], request.body)
        except (RefusedRequest, InvalidSubscription) as refused:
            answers.refused(request, refused.refusal)
            return
        edge = self._edge
        edge.on_input(
            ExtensionSubscribed(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                extension_id=extension_id,
                api=spec.api,
                types=spec.types,
            )
        )

    def accept(self, token: Token) -> SubscriptionSpec | None:
        """200 ``"OK"``. What it subscribed to; None when nobody is there any more to be answered."""
        request = self._edge.waiting.take(token)
        if request is None:
            return None
        spec = parse_subscription(_API[request.path], request.body)
        extension_answers.subscribed(request)
        return spec

    def _hung_up(self, request: Request) -> None:
        self._edge.waiting.take(request.tag)
