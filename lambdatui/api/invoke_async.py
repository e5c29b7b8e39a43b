"""The InvokeAsync operation, deprecated by AWS: Invoke with the type Event has replaced it. Old SDKs still call it."""

import json

from lambdatui.api.answers import JSON, REQUEST_ID_HEADER, spawn_answer
from lambdatui.api.invoke import parse_invoke
from lambdatui.api.ports import Service
from lambdatui.api.routes import Parameters
from lambdatui.model.invocation import InvocationType
from lambdatui.net.request import Request
from lambdatui.service.invoking import InvokeRequest


class InvokeAsyncOperation:
    """Hands events over, and says so in the body as well: ``{"Status":202}``."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def handle(self, request: Request, parameters: Parameters) -> None:
        """Raises ServiceError for what is refused without running code."""
        asked = parse_invoke(self._service, request, parameters["FunctionName"], (InvocationType.EVENT,))
        spawn_answer(self._service, f"invoke:{asked.function}", request, self._run(request, asked))

    async def _run(self, request: Request, asked: InvokeRequest) -> None:
        outcome = await self._service.invoke(asked)
        body = json.dumps({"Status": outcome.status_code}, separators=(",", ":")).encode()
        headers = [(REQUEST_ID_HEADER, outcome.request_id), ("Content-Type", JSON)]
        request.respond(outcome.status_code, headers, body)
