"""How answers are written: the headers every one of AWS's operations carries, JSON bodies, refusals."""

import json
import logging
import uuid
from collections.abc import Coroutine

from lambdatui.api.errors import ERROR_TYPE_HEADER, error_body, internal_error
from lambdatui.api.ports import Service
from lambdatui.net.request import Request
from lambdatui.service.invoking import ServiceError

REQUEST_ID_HEADER = "x-amzn-RequestId"
JSON = "application/json"
_log = logging.getLogger(__name__)


def answer_json(request: Request, document: object) -> None:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    answer_body(request, body, JSON)


def answer_body(request: Request, body: bytes, content_type: str) -> None:
    request.respond(200, [(REQUEST_ID_HEADER, str(uuid.uuid4())), ("Content-Type", content_type)], body)


def refuse(request: Request, error: ServiceError) -> None:
    """Answer with AWS's error envelope."""
    headers = [(REQUEST_ID_HEADER, str(uuid.uuid4())), (ERROR_TYPE_HEADER, error.name), ("Content-Type", JSON)]
    request.respond(error.status_code, headers, error_body(error))


def spawn_answer(service: Service, name: str, request: Request, work: Coroutine[None, None, None]) -> None:
    """Run ``work``, which answers ``request``, as a task of the engine; its refusals and our bugs are answered here."""
    service.spawn(name, _answered(request, work))


def spawn_background_answer(service: Service, name: str, request: Request, work: Coroutine[None, None, None]) -> None:
    """As ``spawn_answer``, for an answer that goes on until the engine stops."""
    service.spawn_background(name, _answered(request, work))


async def _answered(request: Request, work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except ServiceError as error:
        refuse(request, error)
    except Exception:  # noqa: BLE001 - whoever asked must get an answer; the log has the traceback
        _log.exception("%s %s failed: this is a bug in lambdatui", request.method, request.path)
        if request.streaming:
            request.end_stream()
        else:
            refuse(request, internal_error())
