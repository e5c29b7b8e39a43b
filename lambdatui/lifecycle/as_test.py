"""A retold trail as the text of a Python test: what was told to the machine, and that it gives the same commands."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.retelling import Retold
from lambdatui.model.invocation import Invocation

Value = Any  # whatever a field of an input or a command may hold
_INDENT = " " * 4


def source_of_test(retold: Retold, *, environment: str, function: str) -> str:
    """A module that pytest runs as it is."""
    writer = _Writer()
    body = [
        "def test_recorded_inputs_give_the_recorded_commands() -> None:",
        f"{_INDENT}machine = {writer.name(Environment)}({writer.source(retold.identity)})",
    ]
    body += [f"{_INDENT}machine.handle({writer.source(happened)})" for happened in retold.before]
    if retold.before:
        body.append(f"{_INDENT}# From here on it is recorded{_left_out(retold.left_out)}.")
    for step in retold.steps:
        told = f"machine.handle({writer.source(step.happened)})"
        body += [f"{_INDENT}assert {told} == {_effects(writer, step.commands)}"]
    said = f"{len(retold.steps)} recorded inputs of environment {environment} of {function}, and what came of each."
    head = [
        f'"""{said}',
        "",
        "Payloads are zeros of the recorded length; times are seconds since the environment's first input.",
        '"""',
        "",
    ]
    return "\n".join([*head, *writer.imports(), "", *writer.constants(), "", "", *body, ""])


def _left_out(count: int) -> str:
    return f"; {count} inputs between are left out" if count else ""


def _effects(writer: "_Writer", commands: Iterable[object]) -> str:
    lines = [f"{_INDENT * 2}{writer.source(each)}," for each in commands]
    return "\n".join(["(", *lines, f"{_INDENT})"]) if lines else "()"


class _Writer:
    """Writes values as the expressions that make them, and remembers what has to be imported for that."""

    def __init__(self) -> None:
        self._imported: dict[str, set[str]] = {}
        self._invocations: dict[Invocation, str] = {}

    def name(self, kind: type) -> str:
        self._imported.setdefault(kind.__module__, set()).add(kind.__name__)
        return kind.__name__

    def imports(self) -> list[str]:
        return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self._imported.items())]

    def constants(self) -> list[str]:
        return [f"{name} = {self._made(each)}" for each, name in self._invocations.items()]

    def source(self, value: Value) -> str:
        if isinstance(value, Invocation):
            self._made(value)  # for its imports, which are listed before it
            return self._invocations.setdefault(value, f"INVOCATION_{len(self._invocations) + 1}")
        if isinstance(value, Enum):
            return f"{self.name(type(value))}.{value.name}"
        if is_dataclass(value):
            return self._made(value)
        if isinstance(value, bytes):
            return f"bytes({len(value)})" if value.count(0) == len(value) else repr(value)
        if isinstance(value, tuple):
            items = [self.source(each) for each in value]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{each!r}: {self.source(found)}" for each, found in value.items()) + "}"
        return repr(value)

    def _made(self, value: Value) -> str:
        given = [each for each in fields(value) if not _is_default(each, getattr(value, each.name))]
        arguments = ", ".join(f"{each.name}={self.source(getattr(value, each.name))}" for each in given)
        return f"{self.name(type(value))}({arguments})"


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return bool(field.default == value) and type(field.default) is type(value)
    return field.default_factory is not MISSING and bool(field.default_factory() == value)
