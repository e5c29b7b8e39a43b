"""An Invocation as JSON beside its payload, which is kept apart."""

import json
from dataclasses import fields, replace

from lambdatui.model.invocation import Invocation, InvocationType

_PLAIN = tuple(field.name for field in fields(Invocation) if field.name != "payload")


def write_call(invocation: Invocation) -> str:
    return json.dumps({name: getattr(invocation, name) for name in _PLAIN}, separators=(",", ":"))


def read_call(text: str, payload: bytes) -> Invocation:
    """Fields that this version does not know are left out."""
    stored = {name: value for name, value in json.loads(text).items() if name in _PLAIN}
    invocation = Invocation(**stored, payload=payload)
    return replace(invocation, invocation_type=InvocationType(invocation.invocation_type))
