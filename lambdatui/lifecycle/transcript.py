"""Inputs and commands of a machine as words on a line each, for people who look at what it did. Pure text."""

from collections.abc import Iterator
from dataclasses import fields

from lambdatui.lifecycle import commands as do
from lambdatui.lifecycle.inputs import Input
from lambdatui.model.invocation import Invocation, InvokeResult
from lambdatui.model.records import EnvironmentPhase, Record

_UNTOLD = frozenset({"at", "generation", "token", "arm_id", "epoch_s", "begun_at", "invoked_arn", "extension_id"})
_SHORT_ID = 8


def input_text(happened: Input, payload_bytes: int | None = None) -> str:
    """The name and what matters of it. ``payload_bytes``: of a payload that was let go since."""
    return _joined(happened, payload_bytes)


def command_text(command: do.Command, at: float) -> str:
    """As ``input_text``; times of it are told from ``at``."""
    match command:
        case EnvironmentPhase():
            return f"Publish environment.phase {command.phase}" + (f": {command.reason}" if command.reason else "")
        case Record():
            return f"Publish {record_name(command)}"
        case do.ArmTimer():
            return f"ArmTimer {command.timer}, in {command.due_at - at:.3f} s"
        case _:
            return _joined(command, None)


def skeleton(effects: do.Effects) -> tuple[str, ...]:
    """The commands by name: what has to be the same where a story is told again, whatever its numbers are."""
    return tuple(
        f"Publish {record_name(each)}" if isinstance(each, Record) else type(each).__name__ for each in effects
    )


def record_name(record: Record) -> str:
    return f"{record.TYPE} {record.phase}" if isinstance(record, EnvironmentPhase) else record.TYPE


def _joined(value: object, payload_bytes: int | None) -> str:
    return " ".join(filter(None, (type(value).__name__, *_parts(value, payload_bytes))))


def _parts(value: object, payload_bytes: int | None) -> Iterator[str]:
    for field in fields(value):  # type: ignore[arg-type]  # every input and command is a dataclass
        found = getattr(value, field.name)
        if field.name in _UNTOLD or found is None or found is False or found == ():
            continue
        match found:
            case Invocation():
                yield f"{found.request_id[:_SHORT_ID]}, {_size(len(found.payload), payload_bytes)}"
            case InvokeResult():
                yield found.error_type or _size(len(found.payload), payload_bytes)
            case bytes():
                yield _size(len(found), payload_bytes)
            case tuple():
                yield ",".join(map(str, found))
            case _:
                yield _named(field.name, found)


def _named(name: str, found: object) -> str:
    if name == "request_id":
        return str(found)[:_SHORT_ID]
    if name == "deadline_at" or name == "content_type":
        return ""
    if name == "memory_used_mb":
        return f"{found} MB"
    if name in ("exit_code", "signal", "status_code"):
        return f"{name.replace('_', ' ')} {found}"
    return str(found) if found is not True else name.replace("_", " ")


def _size(size: int, let_go: int | None) -> str:
    return f"{size or let_go or 0} bytes"
