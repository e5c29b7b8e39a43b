"""Values of a template's Parameters: what CloudFormation would refuse about them, in its own words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lambdatui.project.close_match import did_you_mean
from lambdatui.project.located import Items, Scalar, Table

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LONG_FORM = re.compile(r"ParameterKey=([A-Za-z0-9]+),ParameterValue=")
_STARTS_PAIR = re.compile(r"[A-Za-z0-9]+=")
_PAIR = re.compile(r'([A-Za-z0-9]+)=("(?:\\.|[^"\\])*"|.*?)(?=\s+[A-Za-z0-9]+=|\s*\Z)', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadParameter:
    name: str
    message: str
    hint: str


def parse_overrides(text: str) -> dict[str, str]:
    """``K=V``, ``K="two words"`` and ``ParameterKey=K,ParameterValue=V``, several in one text, as ``sam`` takes them;
    the last value of a key counts. Raises ValueError with a text that is none of these.
    """
    written = _LONG_FORM.sub(r"\1=", text.strip())
    if not _STARTS_PAIR.match(written):
        raise ValueError(text)
    return {match[1]: _unquoted(match[2]) for match in _PAIR.finditer(written)}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value


def refusals(parameters: Table, values: Mapping[str, str]) -> Iterator[BadParameter]:
    """What CloudFormation would say to ``values`` of these declared ``Parameters``."""
    for name, value in values.items():
        parameter = parameters.get(name)
        if not isinstance(parameter, Table):
            continue
        for message, hint in _broken_rules(name, parameter, value):
            description = parameter.text("ConstraintDescription")
            if description:
                message = f"Parameter '{name}' failed to satisfy constraint: {description}"
            yield BadParameter(name=name, message=message, hint=hint)
            break


def _broken_rules(name: str, parameter: Table, value: str) -> Iterator[tuple[str, str]]:
    kind = parameter.text("Type") or "String"
    parts = [part.strip() for part in value.split(",")] if "List" in kind else [value]
    for part in parts:
        yield from _allowed_values(name, parameter, part)
        if "Number" in kind:
            yield from _number(name, parameter, part)
        else:
            yield from _text(name, parameter, part)


def _allowed_values(name: str, parameter: Table, value: str) -> Iterator[tuple[str, str]]:
    node = parameter.get("AllowedValues")
    if not isinstance(node, Items):
        return
    allowed = [item.text or "" for item in node.items if isinstance(item, Scalar)]
    if value not in allowed:
        message = f"Parameter '{name}' must be one of AllowedValues, not {value[:80]!r}"
        near = did_you_mean(value, allowed)
        listed = f"allowed: {', '.join(allowed)}"
        yield message, f"{near} {listed}" if near else listed


def _number(name: str, parameter: Table, value: str) -> Iterator[tuple[str, str]]:
    try:
        number = float(value)
    except ValueError:
        yield f"Parameter '{name}' must be a number, not {value[:80]!r}", "give a number"
        return
    least, most = _bound(parameter, "MinValue"), _bound(parameter, "MaxValue")
    if least is not None and number < least:
        yield f"Parameter '{name}' must be a number not less than {least:g}", f"{value[:80]} is less"
    if most is not None and number > most:
        yield f"Parameter '{name}' must be a number not greater than {most:g}", f"{value[:80]} is greater"


def _text(name: str, parameter: Table, value: str) -> Iterator[tuple[str, str]]:
    least, most = _bound(parameter, "MinLength"), _bound(parameter, "MaxLength")
    if least is not None and len(value) < least:
        yield f"Parameter '{name}' must contain at least {least:g} characters", f"{value[:80]!r} has {len(value)}"
    if most is not None and len(value) > most:
        yield f"Parameter '{name}' must contain at most {most:g} characters", f"{value[:80]!r} has {len(value)}"
    pattern = parameter.text("AllowedPattern")
    if pattern is None:
        return
    try:
        matches = re.fullmatch(pattern, value[:4096]) is not None
    except re.error:  # a pattern of Java's, which Python does not understand, is not judged
        return
    if not matches:
        yield f"Parameter '{name}' must match pattern {pattern}", f"{value[:80]!r} does not"


def _bound(parameter: Table, key: str) -> float | None:
    try:
        return float(parameter.text(key) or "")
    except ValueError:
        return None
