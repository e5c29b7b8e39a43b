"""A telemetry event as one line of JSON and back: the form of the control API's stream.

``{"seq":1,"time":"…Z","type":"platform.start","function":"…","environment":"…","record":{…}}``. Whatever a newer
engine adds comes back as an UnknownRecord, or is ignored where it is a field.
"""

import json
from typing import cast

from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import Record, UnknownRecord
from lambdatui.telemetry.catalogue import BY_TYPE
from lambdatui.telemetry.event import TelemetryEvent
from lambdatui.telemetry.json_codec import DecodeError, Encode, Json, UnknownValue, decoder, encoder
from lambdatui.telemetry.timestamps import iso_micros, parse_iso

_quote = json.encoder.encode_basestring_ascii
_ENCODERS: dict[type[Record], tuple[str, Encode]] = {}
"""Names and encoders of the kinds that were written so far."""


class WireError(ValueError):
    """A line that is no telemetry event; the message says what is wrong with it."""


def encode_event(event: TelemetryEvent) -> str:
    """One line, without its line end."""
    record = event.record
    name, body = encode_record(record)
    about = ""
    if event.function is not None:
        about = f'"function":{_quote(event.function)},'
    if event.environment is not None:
        about += f'"environment":{_quote(event.environment)},'
    return f'{{"seq":{event.seq},"time":"{iso_micros(event.time_s)}","type":{_quote(name)},{about}"record":{body}}}'


def encode_record(record: Record) -> tuple[str, str]:
    """The type's name and the record's own JSON."""
    if isinstance(record, UnknownRecord):
        return record.name, record.body
    name, encode = record_encoder(type(record))
    return name, encode(record)


def record_encoder(kind: type[Record]) -> tuple[str, Encode]:
    """The name of a kind, and what writes records of it; there is none for UnknownRecord, each of which has its own."""
    known = _ENCODERS.get(kind)
    if known is None:
        known = _ENCODERS[kind] = kind.TYPE, encoder(kind)
    return known


def decode_event(line: str | bytes) -> TelemetryEvent:
    """Raises WireError for anything but an event."""
    try:
        document = json.loads(line)
    except ValueError as error:
        raise WireError(f"not JSON ({error}): {_start_of(line)}") from None
    if not isinstance(document, dict):
        raise WireError(f"not an event: {_start_of(line)}")
    try:
        time_s = parse_iso(_text(document, "time"))
        seq = document["seq"]
        if type(seq) is not int:
            raise WireError(f"'seq' is no number: {_start_of(line)}")
        return TelemetryEvent(
            seq=seq,
            time_s=time_s,
            record=record_of(_text(document, "type"), document.get("record")),
            function=cast("FunctionName | None", _optional_text(document, "function")),
            environment=cast("EnvironmentId | None", _optional_text(document, "environment")),
        )
    except WireError:
        raise
    except KeyError as error:
        raise WireError(f"{error} is missing: {_start_of(line)}") from None
    except ValueError as error:
        raise WireError(f"{error}: {_start_of(line)}") from None


def decode_record(name: str, body: str) -> Record:
    """The inverse of ``encode_record``. Raises WireError."""
    try:
        return record_of(name, json.loads(body))
    except ValueError as error:
        raise WireError(f"{error}: {_start_of(body)}") from None


def record_of(name: str, document: Json) -> Record:
    """A record from its parsed JSON; what this version cannot know becomes an UnknownRecord. Raises WireError."""
    cls = BY_TYPE.get(name)
    if cls is not None:
        try:
            return cast("Record", decoder(cls)(document))
        except UnknownValue:
            pass
        except DecodeError as error:
            raise WireError(f"{name}: {error}") from None
    return UnknownRecord(name=name, body=json.dumps(document, separators=(",", ":")))


def _text(document: dict[str, Json], key: str) -> str:
    value = document[key]
    if not isinstance(value, str):
        raise WireError(f"{key!r} is no string")
    return value


def _optional_text(document: dict[str, Json], key: str) -> str | None:
    return None if document.get(key) is None else _text(document, key)


def _start_of(line: str | bytes) -> str:
    text = repr(line)
    return text if len(text) <= 100 else text[:97] + "..."
