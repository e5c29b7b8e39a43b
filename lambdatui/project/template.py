"""Reads the functions out of a SAM or CloudFormation template.

Turns resources into drafts with the line of every value; what the values must look like is decided in ``checks``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.documents import parse_json, parse_yaml, read_text
from lambdatui.project.intrinsics import Intrinsics, NoValue
from lambdatui.project.located import Node, Scalar, Table
from lambdatui.project.places import Places
from lambdatui.project.settings import Draft, InlineCode, Refused, Setting, SettingValue
from lambdatui.project.template_properties import (
    FIELDS,
    FUNCTION_TYPES,
    LAMBDA_PROPERTIES,
    NESTED_TYPES,
    SAM_PROPERTIES,
)

_STACK_NAME_GAPS = re.compile(r"[^a-zA-Z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What the pseudo parameters say, and the values of the template's own parameters that are given from outside."""

    name: str
    region: str
    account_id: str
    parameter_overrides: Mapping[str, str] = field(default_factory=dict)

    def pseudo_parameters(self) -> dict[str, str]:
        partition = "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if "gov" in self.region else "aws"
        name = _STACK_NAME_GAPS.sub("-", self.name).strip("-") or "project"
        return {
            "AWS::Region": self.region,
            "AWS::AccountId": self.account_id,
            "AWS::Partition": partition,
            "AWS::StackName": name,
            "AWS::StackId": f"arn:{partition}:cloudformation:{self.region}:{self.account_id}:stack/{name}/local",
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        }


@dataclass(slots=True, kw_only=True)
class TemplateReading:
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_template(path: Path, places: Places, stack: Stack) -> TemplateReading:
    """The template's functions. Raises ``Unreadable`` when it is not YAML or JSON."""
    text = read_text(path)
    root, repeated = parse_json(text) if text.lstrip()[:1] == "{" else parse_yaml(text)
    reader = _Reader(path, places, root if isinstance(root, Table) else Table({}, 1), stack)
    for key in repeated:
        reader.problem(
            f"is written twice, first on line {key.first_line}; the last one counts", "remove one", key.line, key.key
        )
    reader.read()
    return reader.reading


class _Reader:
    def __init__(self, path: Path, places: Places, root: Table, stack: Stack) -> None:
        self.reading = TemplateReading()
        self._path = path
        self._file = places.display(path)
        self._root = root
        self._intrinsics = Intrinsics(root, stack.pseudo_parameters(), stack.parameter_overrides)
        self._overrides = stack.parameter_overrides

    def read(self) -> None:
        self._unknown_overrides()
        resources = self._root.get("Resources")
        if not isinstance(resources, Table):
            hint = did_you_mean("Resources", self._root.entries) or "functions stand under Resources"
            self.problem("the template has no Resources", hint, None, None, Severity.ERROR)
            return
        for logical_id, entry in resources.entries.items():
            if logical_id.startswith("Fn::ForEach"):
                hint = "write the resources out, or name the functions in lambdatui.toml"
                self.problem("loops are not expanded locally", hint, entry.line, f"Resources.{logical_id}")
            elif isinstance(entry.node, Table):
                self._resource(logical_id, entry.line, entry.node)
        if not self.reading.drafts and not self.reading.problems:
            hint = "add a resource of type AWS::Serverless::Function or AWS::Lambda::Function"
            self.problem("the template declares no functions", hint, resources.line, "Resources")

    def problem(
        self, message: str, hint: str, line: int | None, key: str | None, severity: Severity = Severity.WARNING
    ) -> None:
        problem = Problem(message=message, hint=hint, severity=severity, file=self._file, line=line, key=key)
        self.reading.problems.append(problem)

    def _unknown_overrides(self) -> None:
        entry = self._root.entries.get("Parameters")
        known = self._root.table("Parameters").entries
        for name in self._overrides:
            if name not in known:
                listed = f"it has: {', '.join(known)}" if known else "it has no Parameters"
                message = f"--parameter-overrides: the template has no parameter {name}"
                self.problem(message, did_you_mean(name, known) or listed, entry.line if entry else None, "Parameters")

    def _resource(self, logical_id: str, line: int, resource: Table) -> None:
        kind = resource.text("Type") or ""
        key = f"Resources.{logical_id}"
        if kind in NESTED_TYPES:
            self.problem("nested templates are not followed", "open that template itself", line, key)
        if kind not in FUNCTION_TYPES or not self._is_made(resource, key):
            return
        is_sam = kind == "AWS::Serverless::Function"
        draft = Draft(
            id=logical_id,
            key=key,
            origin=self._origin(Source.TEMPLATE, line),
            from_template=True,
            events=self._events(resource) if is_sam else (),
        )
        if is_sam:
            defaults = self._root.table("Globals").table("Function")
            draft = self._with(draft, defaults, "Globals.Function", Source.GLOBALS)
        properties = resource.table("Properties")
        draft = self._with(draft, properties, f"{key}.Properties", Source.TEMPLATE)
        asset = resource.table("Metadata").text("aws:asset:path")
        if asset:  # CDK: the bucket in Code is where a deployment would upload this directory to
            asset_line = resource.table("Metadata").entries["aws:asset:path"].line
            setting = self._setting(self._path.parent / asset, asset_line, f"{key}.Metadata.aws:asset:path")
            draft = draft.overlaid({"code_path": setting}, {})
        self._unknown_properties(properties, key, SAM_PROPERTIES if is_sam else LAMBDA_PROPERTIES)
        self.reading.drafts.append(draft)

    def _is_made(self, resource: Table, key: str) -> bool:
        condition = resource.text("Condition")
        if condition is None:
            return True
        holds = self._intrinsics.holds(condition)
        if holds is None:
            line = resource.entries["Condition"].line
            message = f"condition {condition} cannot be evaluated locally; the function is kept"
            self.problem(message, "give the parameters it uses a Default", line, f"{key}.Condition")
        return holds is not False

    def _with(self, draft: Draft, properties: Table, key: str, source: Source) -> Draft:
        settings: dict[str, Setting] = {}
        for name, entry in properties.entries.items():
            field_name = FIELDS.get(name)
            node, full_key = entry.node, f"{key}.{name}"
            setting: Setting | None
            if field_name == "code_path":
                setting = self._code(node, entry.line, full_key, source)
            elif field_name == "ephemeral_storage_mb":
                setting = self._storage(node, entry.line, full_key, source)
            elif field_name:
                setting = self._resolved(node, entry.line, full_key, source)
            else:
                continue
            if setting:
                settings[field_name] = setting
        return draft.overlaid(settings, dict(self._environment(properties, key, source)))

    def _environment(self, properties: Table, key: str, source: Source) -> Iterator[tuple[str, Setting]]:
        entry = properties.entries.get("Environment")
        if entry is None:
            return
        written = self._intrinsics.chosen(entry.node)
        variables = written.get("Variables") if isinstance(written, Table) else None
        variables = self._intrinsics.chosen(variables) if variables is not None else None
        if not isinstance(variables, Table):
            hint = "write Environment: {Variables: {NAME: value}}"
            self.problem("has no table of Variables", hint, entry.line, f"{key}.Environment")
            return
        for name, variable in variables.entries.items():
            full_key = f"{key}.Environment.Variables.{name}"
            if isinstance(variable.node, Scalar) and variable.node.text is None:
                self.problem("is left empty; the function sees an empty text", 'write ""', variable.line, full_key)
                yield name, self._setting("", variable.line, full_key, source)
            elif setting := self._resolved(variable.node, variable.line, full_key, source):
                yield name, setting

    def _resolved(self, node: Node, line: int, key: str, source: Source) -> Setting | None:
        resolved = self._intrinsics.resolve(node)
        value: SettingValue
        match resolved.value:
            case None | NoValue():
                return None
            case list() as parts:
                value = tuple(part if isinstance(part, str) else "" for part in parts)
            case dict():
                value = Refused(
                    message="must be one value, not a table", hint="write the value on the same line as the key"
                )
            case str() as text:
                value = text
        setting = self._setting(value, line, key, Source.PARAMETERS if resolved.overridden else source)
        if not resolved.unresolved:
            return setting
        return Setting(value=value, origin=setting.origin, key=key, unresolved=resolved.unresolved)

    def _code(self, node: Node, line: int, key: str, source: Source) -> Setting | None:
        node = self._intrinsics.chosen(node)
        if isinstance(node, Table) and len(node.entries) == 1 and "ZipFile" in node.entries:
            entry = node.entries["ZipFile"]
            node, line, key = entry.node, entry.line, f"{key}.ZipFile"
            inline = True
        else:
            inline = key.endswith(".InlineCode")
        if isinstance(node, Table) and (refused := _refused_code(node)):
            return self._setting(refused, line, key, source)
        setting = self._resolved(node, line, key, source)
        if setting is None or not isinstance(setting.value, str):
            return setting
        value: SettingValue
        if inline:
            value = InlineCode(text=setting.value)
        elif setting.value.startswith("s3://"):
            value = _in_a_bucket()
        else:
            value = self._path.parent / setting.value
        return Setting(value=value, origin=setting.origin, key=key, unresolved=setting.unresolved)

    def _storage(self, node: Node, line: int, key: str, source: Source) -> Setting | None:
        if not isinstance(node, Table) or "Size" not in node.entries:
            refused = Refused(message="must be a table with the key Size", hint="write EphemeralStorage: {Size: 1024}")
            return self._setting(refused, line, key, source)
        size = node.entries["Size"]
        return self._resolved(size.node, size.line, f"{key}.Size", source)

    def _events(self, resource: Table) -> tuple[str, ...]:
        properties = resource.table("Properties")
        kinds = [event.text("Type") or "" for _, _, event in properties.table("Events").tables()]
        if "FunctionUrlConfig" in properties.entries:
            kinds.append("FunctionUrl")
        return tuple(dict.fromkeys(kind for kind in kinds if kind))

    def _unknown_properties(self, properties: Table, key: str, known: frozenset[str]) -> None:
        for name, entry in properties.entries.items():
            if name not in known and not name.startswith("Fn::"):
                hint = did_you_mean(name, known) or "remove it; a deployment would refuse it"
                self.problem("is not a property of a function", hint, entry.line, f"{key}.Properties.{name}")

    def _setting(self, value: SettingValue, line: int, key: str, source: Source = Source.TEMPLATE) -> Setting:
        return Setting(value=value, origin=self._origin(source, line), key=key)

    def _origin(self, source: Source, line: int) -> Origin:
        return Origin(source=source, file=self._file, line=line)


def _refused_code(node: Table) -> Refused | None:
    if any(name in node.entries for name in ("S3Bucket", "S3Key", "Bucket", "Key")):
        return _in_a_bucket()
    if "ImageUri" in node.entries:
        return Refused(
            message="is a container image", hint="container images need the docker backend, which does not exist yet"
        )
    return None


def _in_a_bucket() -> Refused:
    return Refused(
        message="the code lies in a bucket, which lambdatui does not read",
        hint="give its local directory: code_uri under [functions.{name}] in lambdatui.toml",
    )
