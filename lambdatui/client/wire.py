"""How the client and an engine speak: requests, answers as JSON, and what goes wrong on the way in words.

ClientError
├── EngineUnreachable   nobody answers, or the answer broke off
└── EngineRefused       the engine answered with an error
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from lambdatui.net.client import HttpClient, Response
from lambdatui.telemetry.json_codec import DecodeError

Json = Any  # what json.loads returns
Row = TypeVar("Row")


class ClientError(Exception):
    """Base of what this client raises; the text is for people."""


class EngineUnreachable(ClientError):
    """Nobody answers at the address, or the connection broke; ``hint`` says what to type."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class EngineRefused(ClientError):
    """The engine answered with an error; ``error_type`` is AWS's exception name."""

    def __init__(self, status_code: int, error_type: str, message: str) -> None:
        super().__init__(message or error_type or f"HTTP status {status_code}")
        self.status_code = status_code
        self.error_type = error_type
        self.message = message


class Wire:
    """One engine. Every method raises EngineUnreachable and EngineRefused."""

    def __init__(self, http: HttpClient, *, address: str, token: str | None = None) -> None:
        self.http = http
        self.address = address
        self.headers = [] if token is None else [("Authorization", f"Bearer {token}")]

    async def get(self, target: str) -> Response:
        return await self.request("GET", target, self.headers)

    async def get_rows(self, target: str, make: Callable[..., Row]) -> tuple[Row, ...]:
        rows = await self.get_json(target)
        try:
            return tuple(make(**row) for row in rows)
        except TypeError as error:
            raise self.not_understood(error) from error

    async def get_json(self, target: str) -> Json:
        try:
            return json.loads((await self.get(target)).body)
        except ValueError as error:
            raise self.not_understood(error) from error

    async def request(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes = b"") -> Response:
        try:
            response = await self.http.request(method, target, headers, body)
        except OSError as error:
            raise self.unreachable(error) from error
        if response.status >= 300:
            raise refused(response)
        return response

    def decoded(self, read: Callable[[Json], Row], response: Response) -> Row:
        try:
            return read(json.loads(response.body))
        except (DecodeError, ValueError, TypeError) as error:
            raise self.not_understood(error) from error

    def unreachable(self, error: OSError) -> EngineUnreachable:
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return EngineUnreachable(f"no engine runs at {self.address}", "start one with `lambdatui serve`")
        return EngineUnreachable(
            f"the engine at {self.address} went away: {error}",
            "its last words are where `lambdatui serve` was typed; those of the terminal UI's in .lambdatui/engine.log",
        )

    def not_understood(self, error: Exception) -> EngineUnreachable:
        return EngineUnreachable(
            f"the engine at {self.address} answers what this version does not understand: {error}",
            "use the same version of lambdatui for both, or end that engine and start it again",
        )


def refused(response: Response) -> EngineRefused:
    """From AWS's error envelope; an answer that is none becomes its own message."""
    try:
        document = json.loads(response.body)
        message = document.get("message") or document.get("Message") or ""
    except (ValueError, AttributeError):
        message = response.body[:200].decode("utf-8", "replace").strip()
    error_type = response.headers.get("x-amzn-errortype", "").partition(":")[0]
    return EngineRefused(response.status, error_type, str(message))
