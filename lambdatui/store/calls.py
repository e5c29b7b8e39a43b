"""An Invocation as JSON beside its payload, which is kept apart."""

import json
from dataclasses import fields, replace
from operator import attrgetter

from lambdatui.model.experiments import experiment_named
from lambdatui.model.invocation import Invocation, InvocationType

_PLAIN = tuple(field.name for field in fields(Invocation) if field.name != "payload")
_plain_values = attrgetter(*_PLAIN)
_quote = json.encoder.encode_basestring_ascii


def write_call(invocation: Invocation) -> str:
    """What is None is left out. By hand, because every invoke waits for it: ``json.dumps`` takes thrice as long."""
    texts = [
        f'"{name}":{_quote(value) if isinstance(value, str) else repr(value)}'
        for name, value in zip(_PLAIN, _plain_values(invocation), strict=True)
        if value is not None
    ]
    return "{" + ",".join(texts) + "}"


def read_call(text: str, payload: bytes) -> Invocation:
    """Fields that this version does not know are left out."""
    stored = {name: value for name, value in json.loads(text).items() if name in _PLAIN}
    invocation = Invocation(**stored, payload=payload)
    return replace(
        invocation,
        invocation_type=InvocationType(invocation.invocation_type),
        experiment=experiment_named(invocation.experiment),
    )
