"""Remembered invocations as JSON and back: what the control API answers and `lambdatui history --json` prints. Pure."""

import base64
import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from lambdatui.model.experiments import experiment_named
from lambdatui.model.history import InvocationDetail, InvocationSummary, RanOn
from lambdatui.model.invocation import Invocation, InvocationType
from lambdatui.telemetry.json_codec import DecodeError, decoder, encoder
from lambdatui.telemetry.payload_redaction import holds_hidden

Json = Any  # what json.loads returns
_encode_summary = encoder(InvocationSummary)
_decode_summary = decoder(InvocationSummary)
_encode_ran_on = encoder(RanOn)
_decode_ran_on = decoder(RanOn)
_CALL = tuple(field.name for field in fields(Invocation) if field.name != "payload")


class InvocationDocumentError(ValueError):
    """A document that is no invocation as this version knows it."""


def summary_document(summary: InvocationSummary) -> Json:
    return json.loads(_encode_summary(summary))


def summaries_text(summaries: Sequence[InvocationSummary]) -> str:
    return "[" + ",".join(map(_encode_summary, summaries)) + "]"


def read_summaries(document: Json) -> tuple[InvocationSummary, ...]:
    """Raises InvocationDocumentError."""
    try:
        return tuple(_decode_summary(each) for each in document)
    except (DecodeError, TypeError) as error:
        raise InvocationDocumentError(str(error)) from error


def detail_document(detail: InvocationDetail) -> dict[str, Json]:
    """Bodies are base64, for they need not be text; ``secretsHidden``: the event is not what was sent, to the byte."""
    invocation, response = detail.invocation, detail.response
    return {
        "summary": summary_document(detail.summary),
        "call": {name: getattr(invocation, name) for name in _CALL},
        "payload": base64.b64encode(invocation.payload).decode(),
        "response": None if response is None else base64.b64encode(response).decode(),
        "secretsHidden": holds_hidden(invocation.payload),
        "logs": list(detail.logs),
        "ranOn": None if detail.ran_on is None else json.loads(_encode_ran_on(detail.ran_on)),
    }


def read_detail(document: Json) -> InvocationDetail:
    """The inverse. Raises InvocationDocumentError."""
    try:
        response = document["response"]
        call = {name: document["call"][name] for name in _CALL if name in document["call"]}
        invocation = Invocation(**call, payload=base64.b64decode(document["payload"]))
        return InvocationDetail(
            summary=_decode_summary(document["summary"]),
            invocation=replace(
                invocation,
                invocation_type=InvocationType(invocation.invocation_type),
                experiment=experiment_named(invocation.experiment),
            ),
            response=None if response is None else base64.b64decode(response),
            logs=tuple(document["logs"]),
            ran_on=_read_ran_on(document.get("ranOn")),
        )
    except (DecodeError, KeyError, TypeError, ValueError) as error:
        raise InvocationDocumentError(f"not an invocation as this version knows it: {error!r}") from error


def _read_ran_on(document: Json) -> RanOn | None:
    """None where an older engine does not tell."""
    return None if document is None else _decode_ran_on(document)
