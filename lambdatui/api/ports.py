"""What the API needs of the engine, and nothing more."""

from collections.abc import Coroutine
from typing import Protocol

from lambdatui.model.function import Function, Project
from lambdatui.model.views import Views
from lambdatui.service.invoking import InvokeOutcome, InvokeRequest
from lambdatui.telemetry.bus import Bus


class Service(Protocol):
    """The engine, as seen from its doors."""

    @property
    def project(self) -> Project: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def views(self) -> Views: ...

    def function(self, name: str) -> Function:
        """Raises ServiceError 404 with the bare ARN."""

    async def invoke(self, request: InvokeRequest) -> InvokeOutcome:
        """Raises ServiceError."""

    def kill_environment(self, environment_id: str) -> None:
        """Raises KeyError."""

    async def read_scratch(self, environment_id: str, path: str) -> bytes:
        """Raises KeyError for the environment, FileNotFoundError for the path."""

    def spawn(self, name: str, work: Coroutine[None, None, None]) -> object:
        """Run ``work``; it is waited for when the engine stops."""

    def spawn_background(self, name: str, work: Coroutine[None, None, None]) -> object:
        """Run ``work`` until the engine stops."""
