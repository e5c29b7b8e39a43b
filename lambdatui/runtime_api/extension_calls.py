"""The calls of extensions, version 2020-01-01: judged as far as that needs no state, then inputs of the environment."""

import uuid
from collections.abc import Callable

from lambdatui.lifecycle import refusals
from lambdatui.lifecycle.extension_inputs import (
    ExtensionCalledNext,
    ExtensionHungUp,
    ExtensionPostedExitError,
    ExtensionPostedInitError,
    ExtensionRegistered,
)
from lambdatui.lifecycle.inputs import Token
from lambdatui.model.invocation import Invocation
from lambdatui.net.request import Request
from lambdatui.runtime_api import answers, extension_answers, posts
from lambdatui.runtime_api.edge import Edge
from lambdatui.runtime_api.extension_answers import FunctionIdentity
from lambdatui.runtime_api.extension_requests import (
    RefusedRequest,
    extension_identifier,
    posted_error_type,
    registration,
)


class ExtensionCalls:
    """One handler per endpoint. ``mint_id`` makes identifiers of extensions and of their events, as UUIDs."""

    def __init__(self, edge: Edge, mint_id: Callable[[], str] | None = None) -> None:
        self._edge = edge
        self._mint_id = mint_id or _uuid

    def answer_register(
        self, token: Token, extension_id: str, function: FunctionIdentity, account_id: str | None
    ) -> None:
        if (request := self._edge.waiting.take(token)) is not None:
            extension_answers.registered(request, extension_id, function, account_id)

    def send_invoke_event(self, token: Token, invocation: Invocation, deadline_epoch_ms: int) -> None:
        if (request := self._edge.waiting.take(token)) is not None:
            extension_answers.invoke_event(
                request, invocation, deadline_epoch_ms=deadline_epoch_ms, event_id=self._mint_id()
            )

    def send_shutdown_event(self, token: Token, deadline_epoch_ms: int, reason: str) -> None:
        if (request := self._edge.waiting.take(token)) is not None:
            extension_answers.shutdown_event(request, deadline_epoch_ms=deadline_epoch_ms, reason=reason)

    # Requests

    def registered(self, request: Request) -> None:
        if (fault := posts.body_fault(request)) is not None:
            answers.refused(request, refusals.OF_FAULT[fault])
            return
        edge = self._edge
        try:
            asked = registration(request)
        except RefusedRequest as refused:
            answers.refused(request, refused.refusal)
            return
        edge.on_input(
            ExtensionRegistered(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                name=asked.name,
                extension_id=self._mint_id(),
                events=asked.events,
                wants_account_id=asked.wants_account_id,
            )
        )

    def called_next(self, request: Request) -> None:
        edge = self._edge
        try:
            extension_id = extension_identifier(request)
        except RefusedRequest as refused:
            answers.refused(request, refused.refusal)
            return
        edge.on_input(
            ExtensionCalledNext(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                extension_id=extension_id,
                memory_used_mb=edge.measure_memory(False),
            )
        )

    def posted_init_error(self, request: Request) -> None:
        self._posted_error(request, ExtensionPostedInitError)

    def posted_exit_error(self, request: Request) -> None:
        self._posted_error(request, ExtensionPostedExitError)

    def _posted_error(
        self, request: Request, kind: type[ExtensionPostedInitError] | type[ExtensionPostedExitError]
    ) -> None:
        """The body is for people only and is not looked at."""
        edge = self._edge
        try:
            extension_id = extension_identifier(request)
            error_type = posted_error_type(request)
        except RefusedRequest as refused:
            answers.refused(request, refused.refusal)
            return
        edge.on_input(
            kind(
                at=edge.stamp(),
                generation=edge.generation(),
                token=edge.waiting.keep(request, self._hung_up),
                extension_id=extension_id,
                error_type=error_type,
            )
        )

    def _hung_up(self, request: Request) -> None:
        edge, token = self._edge, request.tag
        if edge.waiting.take(token) is not None:
            edge.on_input(ExtensionHungUp(at=edge.stamp(), generation=edge.generation(), token=token))


def _uuid() -> str:
    return str(uuid.uuid4())
