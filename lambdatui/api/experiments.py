"""The part of the control API that experiments: one trial of a function, in an environment made for it."""

import asyncio
import json
from collections.abc import Iterable

from lambdatui.api.answers import JSON, spawn_answer
from lambdatui.api.control import PREFIX
from lambdatui.api.errors import invalid_parameter
from lambdatui.api.lookup import query_values
from lambdatui.api.payload import check_json
from lambdatui.api.ports import Service
from lambdatui.api.routes import Handler, Parameters
from lambdatui.model import limits
from lambdatui.model.experiments import Trial, TrialOrder
from lambdatui.net.request import Request
from lambdatui.service.experiments import run_trial
from lambdatui.service.invoking import ServiceError
from lambdatui.telemetry.json_codec import encoder

MAX_WARM_INVOKES = 1000
_encode = encoder(Trial)


class ExperimentsApi:
    """The experiments' route of one engine. Whoever hangs up ends the trial, and with it the environment.

    The answer is a Trial, or where none came about ``refused`` with AWS's exception name and ``message``.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> Iterable[tuple[str, str, Handler]]:
        return (("POST", f"{PREFIX}/functions/{{name}}/trials", self.trial),)

    def trial(self, request: Request, parameters: Parameters) -> None:
        """The body is the event; ``?warm=`` invokes follow the cold one, ``?memory_mb=`` is the size."""
        values = query_values(request.query)
        payload = request.body or b"{}"
        check_json(payload)
        size = values.get("memory_mb")
        order = TrialOrder(
            payload=payload,
            warm_invokes=_number(values.get("warm", "1"), "warm", 0, MAX_WARM_INVOKES),
            memory_mb=None if size is None else _number(size, "memory_mb", limits.MIN_MEMORY_MB, limits.MAX_MEMORY_MB),
            import_times="import_times" in values,
            cpu_share="cpu_share" in values,
        )
        name = parameters["name"]
        self._service.function(name)
        # An answer that has begun is what makes the listener tell of a caller that hangs up.
        request.start_stream(200, [("Content-Type", JSON)])
        spawn_answer(self._service, f"trial:{name}", request, self._answer(request, name, order))

    async def _answer(self, request: Request, name: str, order: TrialOrder) -> None:
        task = asyncio.current_task()
        assert task is not None

        def gone(_: Request) -> None:
            task.cancel()

        request.on_disconnect = gone
        try:
            if not request.closed:
                request.send_chunk(_encode(await run_trial(self._service, name, order)).encode())
        except ServiceError as error:
            request.send_chunk(json.dumps({"refused": error.name, "message": error.message}).encode())
        request.end_stream()


def _number(text: str, name: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise invalid_parameter(f"'{name}' is a number from {least} to {most}, not '{text}'.")
    return int(text)
