"""The part of the control API that remembers: invocations searched, and one of them with all that is kept of it."""

import math
from collections.abc import Iterable
from dataclasses import replace

from lambdatui.api.answers import JSON, answer_body, answer_json, spawn_answer
from lambdatui.api.control import PREFIX
from lambdatui.api.errors import control_not_found, invalid_parameter
from lambdatui.api.lookup import query_values
from lambdatui.api.ports import Service
from lambdatui.api.routes import Handler, Parameters
from lambdatui.api.settled import catch_up, find_reported
from lambdatui.events.query import QueryError, parse_query
from lambdatui.model.history import HistoryQuery
from lambdatui.model.ids import RequestId
from lambdatui.net.request import Request
from lambdatui.service.invocation_document import detail_document, summaries_text
from lambdatui.store.bodies import BodyLost
from lambdatui.telemetry.waterfall import waterfall, waterfall_json

DEFAULT_INVOCATIONS = 100
MAX_INVOCATIONS = 10_000
MAX_WAIT_S = 60.0


class HistoryApi:
    """The history's routes of one engine."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> Iterable[tuple[str, str, Handler]]:
        return (
            ("GET", f"{PREFIX}/invocations", self.invocations),
            ("GET", f"{PREFIX}/invocations/{{id}}", self.invocation),
            ("GET", f"{PREFIX}/invocations/{{id}}/trace", self.trace),
        )

    def invocations(self, request: Request, parameters: Parameters) -> None:
        """``?query=`` is a search as people write it, ``?limit=`` how many, newest first."""
        values = query_values(request.query)
        try:
            query = parse_query(values.get("query", ""))
        except QueryError as error:
            raise invalid_parameter(str(error)) from error
        work = self._answer_invocations(request, query, _limit(values.get("limit")))
        spawn_answer(self._service, "history", request, work)

    async def _answer_invocations(self, request: Request, query: HistoryQuery, limit: int) -> None:
        await catch_up(self._service)
        found = await self._service.store.invocations.find(query, limit=limit)
        answer_body(request, summaries_text(found).encode(), JSON)

    def invocation(self, request: Request, parameters: Parameters) -> None:
        """``{id}`` is a request id, or a beginning that only one has; ``?wait=`` seconds for its REPORT."""
        wait_s = _seconds(query_values(request.query).get("wait"))
        spawn_answer(self._service, "history", request, self._answer_invocation(request, parameters["id"], wait_s))

    def trace(self, request: Request, parameters: Parameters) -> None:
        """The waterfall of the newest attempt; ``{id}`` is the whole request id."""
        spawn_answer(self._service, "history", request, self._answer_trace(request, parameters["id"]))

    async def _answer_trace(self, request: Request, request_id: str) -> None:
        await catch_up(self._service)
        found = waterfall(await self._service.store.history.around(request_id), RequestId(request_id))
        if found is None:
            raise control_not_found(f"The history has no trace of '{request_id}'.")
        answer_body(request, waterfall_json(found).encode(), JSON)

    async def _answer_invocation(self, request: Request, request_id: str, wait_s: float) -> None:
        try:
            found = await find_reported(self._service, request_id, within_s=wait_s)
        except BodyLost as error:
            raise control_not_found(str(error)) from error
        if found is None:
            raise control_not_found(f"The history has no invocation '{request_id}', or more than one begins so.")
        logged = await self._service.store.history.logs(request_id=found.summary.request_id)
        answer_json(request, detail_document(replace(found, logs=tuple(line.line for line in logged))))


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_INVOCATIONS
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_INVOCATIONS):
        raise invalid_parameter(f"'limit' is a number of invocations from 1 to {MAX_INVOCATIONS}, not '{text}'.")
    return int(text)


def _seconds(text: str | None) -> float:
    try:
        seconds = float(text or 0)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MAX_WAIT_S:
        raise invalid_parameter(f"'wait' is a number of seconds from 0 to {MAX_WAIT_S:g}, not '{text}'.")
    return seconds
