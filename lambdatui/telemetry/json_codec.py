"""Dataclasses to JSON text and back, by their type hints alone; knows nothing of events or views.

Own code instead of pydantic: importing that costs 100 ms and more, which a one-shot command must not pay. A compiled
closure per class writes a record in 1 to 2 µs, measured: twice what ``TypeAdapter.dump_json`` takes, a quarter of
``json.dumps(asdict(...))``; it reads one in 2 to 5 µs.

Names become camelCase as AWS spells them, None is left out, fields of a newer version are ignored. Text is ASCII, so
that whatever a function printed survives, lone surrogates included.
"""

import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

Json = Any  # what json.loads returns; every use below checks what it got
Hint = Any  # a type, a NewType or a generic alias: typing has no common word for them
Value = Any  # an instance of whatever the hint says
Encode = Callable[[Any], str]
Decode = Callable[[Json], Any]

_quote: Encode = json.encoder.encode_basestring_ascii


class DecodeError(ValueError):
    """JSON that is not what its type says; the message names the place."""


class UnknownValue(DecodeError):
    """A word of an enumeration that this version does not know: a newer engine wrote it."""


def wire_name(name: str) -> str:
    """``max_memory_used_mb`` is ``maxMemoryUsedMB``, and otherwise every word but the first gets a capital."""
    camel = re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
    return re.sub(r"Mb$", "MB", camel)


def encoder(hint: Hint) -> Encode:
    """The function that writes values of this type."""
    return _encoder(hint)


def decoder(hint: Hint) -> Decode:
    """The function that reads values of this type from what ``json.loads`` returned. Raises DecodeError."""
    return _decoder(hint)


@cache
def _encoder(hint: Hint) -> Encode:
    hint = bare(hint)
    if _origin(hint) is tuple:
        item = _encoder(get_args(hint)[0])
        return lambda value: "[" + ",".join(map(item, value)) + "]"
    if _origin(hint) is Mapping:
        item = _encoder(get_args(hint)[1])
        return lambda value: "{" + ",".join(f"{_quote(key)}:{item(each)}" for key, each in value.items()) + "}"
    if is_dataclass(hint):
        return _object_encoder(hint)
    if issubclass(hint, str):
        return _quote
    simple: Mapping[type, Encode] = {bool: lambda value: "true" if value else "false", int: str, float: _number}
    return simple[hint]


@cache
def _decoder(hint: Hint) -> Decode:
    hint = bare(hint)
    if _origin(hint) is tuple:
        return _array_decoder(_decoder(get_args(hint)[0]))
    if _origin(hint) is Mapping:
        return _mapping_decoder(_decoder(get_args(hint)[1]))
    if is_dataclass(hint):
        return _object_decoder(hint)
    if issubclass(hint, StrEnum):
        return _enum_decoder(hint)
    return _SCALARS[hint]


def _origin(hint: Hint) -> object:
    return get_origin(hint)


def bare(hint: Hint) -> Hint:
    """Without NewType and without ``| None``."""
    hint = getattr(hint, "__supertype__", hint)
    if _origin(hint) in (types.UnionType, Union):
        (hint,) = (each for each in get_args(hint) if each is not types.NoneType)
        return bare(hint)
    return hint


def _number(value: float) -> str:
    return repr(value) if value - value == 0 else _refuse_number(value)


def _refuse_number(value: float) -> NoReturn:
    raise ValueError(f"{value!r} cannot be written as JSON")


def _object_encoder(cls: Hint) -> Encode:
    """One expression per class, compiled as the class's own ``__init__`` was: a loop over its fields takes three times
    as long, and there are nine records to every invoke.
    """
    hints = get_type_hints(cls)
    scope: dict[str, Any] = {"quote": _quote, "refuse": _refuse_number}
    text, may_be_empty = "", True
    for field in fields(cls):
        scope[f"encode_{field.name}"] = _encoder(hints[field.name])
        piece = f",{_quote(wire_name(field.name))}:{{{_source(bare(hints[field.name]), field.name)}}}"
        if types.NoneType in get_args(hints[field.name]):
            piece = f"' + ('' if value.{field.name} is None else f'{piece}') + f'"
        elif not text:
            piece, may_be_empty = piece[1:], False
        text += piece
    body = f"'{{' + (f'{text}')[1:] + '}}'" if may_be_empty else f"f'{{{{{text}}}}}'"
    exec(f"def encode_object(value):\n    return {body}", scope)
    encode: Encode = scope["encode_object"]
    return encode


def _source(hint: Hint, name: str) -> str:
    """The expression of a field's text, with what an f-string wants to know behind it."""
    value = f"value.{name}"
    if hint is float:  # what is infinite or not a number is not 0 when it is taken from itself
        return f"(x if (x := {value}) - x == 0 else refuse(x))!r"
    if hint is int:
        return value
    return f"quote({value})" if _is_text(hint) else f"encode_{name}({value})"


def _is_text(hint: Hint) -> bool:
    return isinstance(hint, type) and issubclass(hint, str)


def _object_decoder(cls: Hint) -> Decode:
    hints = get_type_hints(cls)
    plan: list[tuple[str, str, Decode, bool]] = []
    for field in fields(cls):
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        plan.append((field.name, wire_name(field.name), _decoder(hints[field.name]), has_default))
    nullable = {name for name, hint in hints.items() if types.NoneType in get_args(hint)}

    def decode_object(document: Json) -> Value:
        if not isinstance(document, dict):
            raise DecodeError(f"{cls.__name__}: expected an object, got {_shown(document)}")
        values: dict[str, Any] = {}
        for name, key, decode, has_default in plan:
            found = document.get(key)
            if found is not None:
                try:
                    values[name] = decode(found)
                except UnknownValue:
                    raise
                except DecodeError as error:
                    raise DecodeError(f"{cls.__name__}.{key}: {error}") from None
            elif name in nullable:
                values[name] = None
            elif not has_default:
                raise DecodeError(f"{cls.__name__}: {key!r} is missing")
        return cls(**values)

    return decode_object


def _array_decoder(item: Decode) -> Decode:
    def decode_array(document: Json) -> tuple[Any, ...]:
        if not isinstance(document, list):
            raise DecodeError(f"expected an array, got {_shown(document)}")
        return tuple(map(item, document))

    return decode_array


def _mapping_decoder(item: Decode) -> Decode:
    def decode_mapping(document: Json) -> dict[str, Any]:
        if not isinstance(document, dict):
            raise DecodeError(f"expected an object, got {_shown(document)}")
        return {key: item(value) for key, value in document.items()}

    return decode_mapping


def _enum_decoder(enum: type[StrEnum]) -> Decode:
    members = {member.value: member for member in enum}

    def decode_enum(document: Json) -> StrEnum:
        if not isinstance(document, str):
            raise DecodeError(f"expected a word, got {_shown(document)}")
        if document not in members:
            raise UnknownValue(f"{document!r} is no {enum.__name__}")
        return members[document]

    return decode_enum


def _decode_str(document: Json) -> str:
    if type(document) is not str:
        raise DecodeError(f"expected a string, got {_shown(document)}")
    return document


def _decode_int(document: Json) -> int:
    if type(document) is not int:
        raise DecodeError(f"expected a whole number, got {_shown(document)}")
    return document


def _decode_float(document: Json) -> float:
    if type(document) is not float and type(document) is not int:
        raise DecodeError(f"expected a number, got {_shown(document)}")
    return float(document)


def _decode_bool(document: Json) -> bool:
    if type(document) is not bool:
        raise DecodeError(f"expected true or false, got {_shown(document)}")
    return document


_SCALARS: Mapping[type, Decode] = {str: _decode_str, int: _decode_int, float: _decode_float, bool: _decode_bool}


def _shown(document: Json) -> str:
    text = repr(document)
    return text if len(text) <= 60 else text[:57] + "..."
