"""An Invocation as JSON beside its payload, its request id and its function, which have columns of their own."""

import json
from operator import attrgetter

from lambdatui.model.experiments import experiment_named
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import Invocation, InvocationType

_COLUMNS = frozenset({"request_id", "function", "payload"})
_COMMON = ("invoked_arn", "timeout_s", "trace_id")
"""Every invocation has others; the rest are nearly always as they are by default."""
_FIELDS = tuple(name for name in Invocation.__annotations__ if name not in _COLUMNS)
_RARE = tuple(name for name in _FIELDS if name not in _COMMON)
_rare_values = attrgetter(*_RARE)
_USUAL = _rare_values(
    Invocation(request_id=RequestId(""), function=FunctionName(""), payload=b"", invoked_arn="", timeout_s=0)
)
_quote = json.encoder.encode_basestring_ascii


def write_call(invocation: Invocation) -> str:
    """What is as by default is left out. By hand: every invoke waits, and ``json.dumps`` takes thrice as long."""
    text = f'{{"invoked_arn":{_quote(invocation.invoked_arn)},"timeout_s":{invocation.timeout_s!r}'
    if invocation.trace_id is not None:
        text = f'{text},"trace_id":{_quote(invocation.trace_id)}'
    values = _rare_values(invocation)
    if values != _USUAL:
        unusual = (each for each in zip(_RARE, values, _USUAL, strict=True) if each[1] != each[2])
        text += "".join(f',"{name}":{json.dumps(value)}' for name, value, _ in unusual)
    return text + "}"


def read_call(text: str, *, request_id: RequestId, function: FunctionName, payload: bytes) -> Invocation:
    """Of this version, or an earlier one, which wrote more. Fields that this version does not know are left out."""
    stored = {name: value for name, value in json.loads(text).items() if name in _FIELDS}
    if "invocation_type" in stored:
        stored["invocation_type"] = InvocationType(stored["invocation_type"])
    stored["experiment"] = experiment_named(stored.get("experiment"))
    return Invocation(request_id=request_id, function=function, payload=payload, **stored)
