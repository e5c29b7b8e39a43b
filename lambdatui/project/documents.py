"""Reads YAML and JSON files into located trees; knows nothing of what they mean."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lambdatui.project.located import Node, RepeatedKey, TreeBuilder, Unreadable

if TYPE_CHECKING:
    import yaml

MAX_FILE_BYTES = 4 * 1024 * 1024

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+', re.DOTALL)
# YAML 1.1, as CloudFormation and SAM read it; dates and base-60 numbers stay text.
_TRUE = re.compile(r"(?i:yes|true|on)\Z")
_FALSE = re.compile(r"(?i:no|false|off)\Z")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def read_text(path: Path) -> str:
    """The file as text; :class:`Unreadable` says why not."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Unreadable(f"it is larger than {MAX_FILE_BYTES:,} bytes", "point lambdatui at the right file")
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}", f"check it with: ls -l {path}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8", line) from error


def parse_yaml(text: str) -> tuple[Node, list[RepeatedKey]]:
    """The first and only document of ``text``; tags of CloudFormation's short forms become their long forms."""
    import yaml  # 45 ms

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    builder = TreeBuilder()
    documents = 0
    try:
        # Events, not nodes: libyaml composes recursively and an event stream can be left at any depth.
        for event in yaml.parse(text, Loader=loader):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                hint = "keep one document per file: remove the '---'"
                raise Unreadable("it holds a second document", hint, _line(event))
            _build(builder, event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(_yaml_message(error), _yaml_hint(error), mark.line + 1 if mark else None) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(f"character {error.character!r} is not allowed in YAML", "remove it", line) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(f"it is not YAML: {error}", "check it with a YAML linter") from error
    return builder.root, builder.repeated


def parse_json(text: str) -> tuple[Node, list[RepeatedKey]]:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        hint = "JSON wants double quotes, and no comma after the last entry"
        raise Unreadable(f"it is not JSON: {error.msg}", hint, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not usable JSON: {error}", "check it with: python3 -m json.tool") from error
    builder = TreeBuilder()
    line, seen = 1, 0
    for token in _JSON_TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        match token[0]:
            case "{" | "[" as bracket:
                builder.open(line, is_table=bracket == "{")
            case "}" | "]":
                builder.close()
            case quoted if quoted.startswith('"'):
                builder.scalar(json.loads(quoted), line)
            case word:
                builder.scalar(None if word == "null" else word, line)
    return builder.root, builder.repeated


def _build(builder: TreeBuilder, event: "yaml.Event") -> None:
    import yaml

    line = _line(event)
    match event:
        case yaml.ScalarEvent():
            plain = event.tag is None and event.implicit[0]
            text = _plain_text(event.value) if plain else event.value
            builder.scalar(text, line, tag=event.tag, anchor=event.anchor)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            is_table = isinstance(event, yaml.MappingStartEvent)
            builder.open(line, is_table=is_table, tag=event.tag, anchor=event.anchor)
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            builder.close()
        case yaml.AliasEvent():
            builder.alias(cast("str", event.anchor), line)


def _line(event: "yaml.Event") -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _plain_text(text: str) -> str | None:
    if text in _NULLS:
        return None
    if len(text) <= len("false"):
        if _TRUE.match(text):
            return "true"
        if _FALSE.match(text):
            return "false"
    return text


def _yaml_message(error: "yaml.MarkedYAMLError") -> str:
    parts = [part for part in (error.problem, error.context) if part]
    return "it is not YAML: " + " ".join(dict.fromkeys(parts))


def _yaml_hint(error: "yaml.MarkedYAMLError") -> str:
    problem = error.problem or ""
    if "cannot start any token" in problem:
        return "indent with spaces, not tabs, and quote values that start with @, ` or %"
    if "mapping values are not allowed" in problem:
        return "quote values that contain ': '"
    return "check the indentation and the quotes on this line and the one before"
