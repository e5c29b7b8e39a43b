"""The part of the control API that changes things for a session: a function's settings, the clock, the following."""

import json
from collections.abc import Iterable, Mapping
from typing import TypeGuard
from urllib.parse import parse_qsl

from lambdatui.api.answers import JSON, answer_body, answer_json, spawn_answer
from lambdatui.api.control import PREFIX
from lambdatui.api.errors import invalid_parameter
from lambdatui.api.lookup import query_values
from lambdatui.api.ports import Service
from lambdatui.api.routes import Handler, Parameters
from lambdatui.model.settings import Changes, SettingView, WrittenSettings
from lambdatui.net.request import Request
from lambdatui.telemetry.json_codec import encoder

_encode_row = encoder(SettingView)
_encode_written = encoder(WrittenSettings)
SLOWEST, FASTEST = 0.001, 100_000
_FUNCTION = f"{PREFIX}/functions/{{name}}/settings"


class SettingsApi:
    """The settings' routes of one engine. Whatever changes a function answers with its settings as they are then."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> Iterable[tuple[str, str, Handler]]:
        return (
            ("GET", _FUNCTION, self.show),
            ("PATCH", _FUNCTION, self.change),
            ("DELETE", _FUNCTION, self.undo),
            ("POST", f"{_FUNCTION}/write", self.write),
            ("PATCH", f"{PREFIX}/engine", self.change_engine),
        )

    def show(self, request: Request, parameters: Parameters) -> None:
        self._answer_rows(request, parameters["name"])

    def change(self, request: Request, parameters: Parameters) -> None:
        """The body is ``{"memory_mb": 512, "environment.STAGE": "test", "environment.OLD": null}``."""
        self._service.settings.change(parameters["name"], _changes(_document(request)))
        self._answer_rows(request, parameters["name"])

    def undo(self, request: Request, parameters: Parameters) -> None:
        """``?key=`` once or several times; without it, everything."""
        keys = [value for name, value in parse_qsl(request.query, keep_blank_values=True) if name == "key"]
        self._service.settings.undo(parameters["name"], keys)
        self._answer_rows(request, parameters["name"])

    def write(self, request: Request, parameters: Parameters) -> None:
        """``?secrets``: those too, in plain."""
        secrets = "secrets" in query_values(request.query)
        work = self._answer_written(request, parameters["name"], secrets=secrets)
        spawn_answer(self._service, "write settings", request, work)

    async def _answer_written(self, request: Request, name: str, *, secrets: bool) -> None:
        written = await self._service.settings.write(name, secrets=secrets)
        answer_body(request, _encode_written(written).encode(), JSON)

    def change_engine(self, request: Request, parameters: Parameters) -> None:
        """The body is ``{"speed": 60, "reloading": false}``, or one of the two."""
        document = _document(request)
        speed, reloading = document.get("speed"), document.get("reloading")
        if unknown := set(document) - {"speed", "reloading"}:
            raise invalid_parameter(f"An engine has no setting called '{sorted(unknown)[0]}': speed and reloading are.")
        if speed is not None and not _is_speed(speed):
            raise invalid_parameter(f"'speed' is a number from {SLOWEST} to {FASTEST:,}, not {json.dumps(speed)[:40]}.")
        if reloading is not None and not isinstance(reloading, bool):
            raise invalid_parameter(f"'reloading' is true or false, not {json.dumps(reloading)}.")
        wanted = None if speed is None else float(speed)
        spawn_answer(self._service, "change settings", request, self._answer_engine(request, wanted, reloading))

    async def _answer_engine(self, request: Request, speed: float | None, reloading: bool | None) -> None:
        settings = self._service.settings
        await settings.change_engine(speed=speed, reloading=reloading)
        answer_json(request, {"speed": settings.speed, "reloading": settings.reloading})

    def _answer_rows(self, request: Request, name: str) -> None:
        rows = ",".join(map(_encode_row, self._service.settings.rows(name)))
        answer_body(request, f"[{rows}]".encode(), JSON)


def _is_speed(speed: object) -> TypeGuard[float]:
    return isinstance(speed, int | float) and not isinstance(speed, bool) and SLOWEST <= speed <= FASTEST


def _document(request: Request) -> Mapping[str, object]:
    try:
        document = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid_parameter(f"The body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise invalid_parameter("The body is a JSON object.")
    return document


def _changes(document: Mapping[str, object]) -> Changes:
    """Numbers as their text."""
    found: dict[str, str | None] = {}
    for key, given in document.items():
        if isinstance(given, bool) or not isinstance(given, str | int | None):
            raise invalid_parameter(f"'{key}' is a text, a whole number or null, not {json.dumps(given)}.")
        found[key] = given if given is None else str(given)
    return found
