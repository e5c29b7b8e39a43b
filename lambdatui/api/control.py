"""The control API: what lambdatui's own screens and commands ask of an engine. Everything but the event stream."""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from lambdatui import __version__
from lambdatui.api.answers import JSON, answer_body, answer_json, spawn_answer
from lambdatui.api.errors import conflict, control_not_found, invalid_parameter
from lambdatui.api.lookup import query_values
from lambdatui.api.ports import Service
from lambdatui.api.routes import INVOKE, Handler, Parameters
from lambdatui.api.settled import catch_up
from lambdatui.events.catalogue import SampleNotFound, catalogue, find
from lambdatui.events.saving import BadSampleName, NoEvent, SampleExists, save_sample
from lambdatui.net.request import Request
from lambdatui.service.project_document import project_document
from lambdatui.telemetry.cloudwatch import LogRenderer
from lambdatui.telemetry.log_query import LogQuery
from lambdatui.telemetry.snapshot import encode_views

PREFIX = "/lambdatui/v1"
BYTES = "application/octet-stream"
DEFAULT_LOG_LINES = 1000
MAX_LOG_LINES = 100_000


class ControlApi:
    """The control routes of one engine."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> Iterable[tuple[str, str, Handler]]:
        return (
            ("GET", "/", self.home),
            ("GET", f"{PREFIX}/health", self.health),
            ("GET", f"{PREFIX}/snapshot", self.snapshot),
            ("GET", f"{PREFIX}/functions", self.functions),
            ("GET", f"{PREFIX}/logs", self.logs),
            ("GET", f"{PREFIX}/samples", self.samples),
            ("GET", f"{PREFIX}/samples/{{name}}", self.sample),
            ("PUT", f"{PREFIX}/samples/{{name}}", self.save_sample),
        )

    def home(self, request: Request, parameters: Parameters) -> None:
        """For whoever opens the port in a browser: what this is and how to call it."""
        project = self._service.project
        answer_json(
            request,
            {
                "lambdatui": __version__,
                "project": project.name,
                "functions": [function.name for function in project.functions],
                "invoke": f"{INVOKE.method} {INVOKE.pattern}",
                "health": f"GET {PREFIX}/health",
            },
        )

    def health(self, request: Request, parameters: Parameters) -> None:
        project = self._service.project
        document = {"status": "ok", "version": __version__, "pid": os.getpid(), "root": str(project.root)}
        answer_json(request, document)

    def snapshot(self, request: Request, parameters: Parameters) -> None:
        answer_body(request, encode_views(self._service.views).encode(), JSON)

    def functions(self, request: Request, parameters: Parameters) -> None:
        answer_json(request, project_document(self._service.project))

    def logs(self, request: Request, parameters: Parameters) -> None:
        query = query_values(request.query)
        limit, before_s = _limit(query.get("limit")), _time(query.get("before"))
        spawn_answer(self._service, "logs", request, self._answer_logs(request, query, limit, before_s))

    async def _answer_logs(
        self, request: Request, query: Mapping[str, str], limit: int, before_s: float | None
    ) -> None:
        await catch_up(self._service)
        lines = await self._service.store.history.logs(
            function=query.get("function"),
            request_id=query.get("request_id"),
            query=LogQuery.parse(query.get("filter", "")),
            before_s=before_s,
            limit=limit,
            renderer=LogRenderer.of(self._service.project.functions),
        )
        answer_json(request, [asdict(line) for line in lines])

    def samples(self, request: Request, parameters: Parameters) -> None:
        found = catalogue(self._service.project.root)
        answer_json(request, [{"name": one.name, "service": one.service, "title": one.title} for one in found])

    def sample(self, request: Request, parameters: Parameters) -> None:
        try:
            body = find(parameters["name"], self._service.project.root).body
        except (SampleNotFound, OSError) as error:
            raise control_not_found(str(error)) from error
        answer_body(request, body, JSON)

    def save_sample(self, request: Request, parameters: Parameters) -> None:
        """The body becomes a sample of the project; ``?replace`` where it may take the place of one."""
        replace = "replace" in query_values(request.query)
        try:
            file = save_sample(self._service.project.root, parameters["name"], request.body, replace=replace)
        except SampleExists as error:
            raise conflict(f"{error}; it is replaced only when that is asked for.") from error
        except (BadSampleName, NoEvent, OSError) as error:
            raise invalid_parameter(f"The event cannot be saved: {error}") from error
        answer_json(request, {"name": parameters["name"], "file": file})


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LOG_LINES
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LOG_LINES):
        raise invalid_parameter(f"'limit' is a number of lines from 1 to {MAX_LOG_LINES}, not '{text}'.")
    return int(text)


def _time(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise invalid_parameter(f"'before' is a time in seconds since 1970, not '{text}'.")
    return seconds
