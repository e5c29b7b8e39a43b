"""Reads the functions out of a SAM or CloudFormation template, and out of the local templates nested in it.

Turns resources into drafts with the line of every value; what the values must look like is decided in ``checks``.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lambdatui.model.function import Origin, Problem, Severity, Source
from lambdatui.model.ids import FunctionName
from lambdatui.project.access import denial, denied
from lambdatui.project.close_match import did_you_mean
from lambdatui.project.documents import parse_json, parse_yaml, read_text
from lambdatui.project.intrinsics import Intrinsics
from lambdatui.project.located import Entry, Table, Unreadable
from lambdatui.project.parameters import refusals
from lambdatui.project.places import Places
from lambdatui.project.settings import Draft, LayerChoice
from lambdatui.project.template_function import FunctionProperties
from lambdatui.project.template_layers import Layers
from lambdatui.project.template_properties import (
    FUNCTION_TYPES,
    LAMBDA_PROPERTIES,
    NESTED_TYPES,
    SAM_PROPERTIES,
)
from lambdatui.project.template_values import Given, Values, Where

MAX_NESTED = 10
"""Templates in templates in templates."""
SAME_WORD = 0.9
"""How near a type is to that of functions where nothing else can be meant."""
MAX_TEMPLATES = 200
"""Nested templates of one project, each as often as it is nested."""

_STACK_NAME_GAPS = re.compile(r"[^a-zA-Z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What the pseudo parameters say, and what comes from outside: values of the template's own parameters, and layers
    of a parent template by ARN. ``path`` are the logical ids that lead to a nested one.
    """

    name: str
    region: str
    account_id: str
    given: Mapping[str, Given] = field(default_factory=dict)
    layers: Mapping[str, LayerChoice] = field(default_factory=dict)
    path: tuple[str, ...] = ()

    @property
    def partition(self) -> str:
        return "aws-cn" if self.region.startswith("cn-") else "aws-us-gov" if "gov" in self.region else "aws"

    @property
    def layer_arn_start(self) -> str:
        return f"arn:{self.partition}:lambda:{self.region}:{self.account_id}:layer"

    def pseudo_parameters(self) -> dict[str, str]:
        partition = self.partition
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
    """``files`` are the nested templates that were read."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def read_template(path: Path, places: Places, stack: Stack) -> TemplateReading:
    """The template's functions. Raises ``Unreadable`` when it is not YAML or JSON.

    A function of a nested template has its logical id, or where that is not the only one of the name, the ids that
    lead to it, as in ``Orders-Worker``.
    """
    reading = _read(path, places, stack, (), [])
    ids = Counter(draft.id for draft in reading.drafts)
    reading.drafts = [
        replace(draft, id="-".join((*draft.stack, draft.id))) if draft.stack and ids[draft.id] > 1 else draft
        for draft in reading.drafts
    ]
    return reading


def _read(path: Path, places: Places, stack: Stack, above: tuple[Path, ...], files: list[Path]) -> TemplateReading:
    """``files`` are the nested templates that were read until now; it is added to."""
    text = read_text(path)
    root, repeated = parse_json(text) if text.lstrip()[:1] == "{" else parse_yaml(text)
    reader = _Reader(path, places, root if isinstance(root, Table) else Table({}, 1), stack, above)
    reader.reading.files = files
    for key in repeated:
        reader.problem(
            f"is written twice, first on line {key.first_line}; the last one counts", "remove one", key.line, key.key
        )
    reader.read()
    return reader.reading


class _Reader:
    def __init__(self, path: Path, places: Places, root: Table, stack: Stack, above: tuple[Path, ...]) -> None:
        self.reading = TemplateReading()
        self._path, self._places, self._root, self._stack, self._above = path, places, root, stack, above
        self._file = places.display(path)
        overrides = {name: given.text for name, given in stack.given.items()}
        self._values = Values(self._file, Intrinsics(root, stack.pseudo_parameters(), overrides), stack.given)
        resources = root.table("Resources")
        self._layers = Layers(resources, path.parent, self._values, stack.layer_arn_start, stack.layers)
        self._properties = FunctionProperties(path.parent, self._values, self._layers, self._warn)

    def read(self) -> None:
        self._check_parameters()
        resources = self._root.get("Resources")
        if not isinstance(resources, Table):
            hint = did_you_mean("Resources", self._root.entries) or "functions stand under Resources"
            self.problem("the template has no Resources", hint, None, None, Severity.ERROR)
            return
        for logical_id, entry in resources.entries.items():
            if logical_id.startswith("Fn::"):
                self._not_expanded(logical_id, entry.line)
            elif isinstance(entry.node, Table):
                self._resource(logical_id, entry.line, entry.node)
            else:
                hint = "write its Type and Properties below it, indented; until then it is left out"
                self.problem("is no resource", hint, entry.line, f"Resources.{logical_id}")
        if not self._stack.path and not self.reading.drafts and not self.reading.problems:
            hint = "add a resource of type AWS::Serverless::Function or AWS::Lambda::Function"
            self.problem("the template declares no functions", hint, resources.line, "Resources")

    def problem(
        self,
        message: str,
        hint: str,
        line: int | None,
        key: str | None,
        severity: Severity = Severity.WARNING,
        function: FunctionName | None = None,
    ) -> None:
        problem = Problem(message=message, hint=hint, severity=severity, file=self._file, line=line, key=key)
        self.reading.problems.append(replace(problem, function=function))

    def _warn(self, message: str, hint: str, where: Where) -> None:
        self.problem(message, hint, where.line, where.key)

    def _check_parameters(self) -> None:
        entry = self._root.entries.get("Parameters")
        parameters = self._root.table("Parameters")
        for name, given in self._stack.given.items():
            if name not in parameters.entries:
                self._unknown_parameter(name, given.origin, parameters.entries, entry)
        known = {name: given.text for name, given in self._stack.given.items() if not given.unresolved}
        for bad in refusals(parameters, known):
            origin, line = self._stack.given[bad.name].origin, parameters.entries[bad.name].line
            problem = Problem(message=bad.message, hint=bad.hint, file=self._file, line=line)
            problem = replace(problem, key=f"Parameters.{bad.name}")
            if origin is not None and origin.file is not None:
                problem = replace(problem, file=origin.file, line=origin.line)
            self.reading.problems.append(problem)

    def _unknown_parameter(
        self, name: str, origin: Origin | None, known: Iterable[str], declared: Entry | None
    ) -> None:
        known = list(known)
        listed = f"it has: {', '.join(known)}" if known else "it has no Parameters"
        giver = "the template it is nested in" if origin is None else str(origin.source)
        message = f"{giver}: the template has no parameter {name}"
        self.problem(message, did_you_mean(name, known) or listed, declared.line if declared else None, "Parameters")

    def _not_expanded(self, name: str, line: int) -> None:
        what = "loops are not expanded" if name.startswith("Fn::ForEach") else f"{name} is not evaluated"
        hint = "write the resources out, or name the functions in lambdatui.toml"
        self.problem(f"{what} locally", hint, line, f"Resources.{name}")

    def _resource(self, logical_id: str, line: int, resource: Table) -> None:
        kind = resource.text("Type") or ""
        where = Where(line=line, key=f"Resources.{logical_id}")
        if kind in NESTED_TYPES and self._is_made(resource, where, "the nested template"):
            self._nested(logical_id, resource, where)
        if kind not in FUNCTION_TYPES:
            self._mistyped(kind, resource, where)
            return
        if not self._is_made(resource, where, "the function"):
            return
        is_sam = kind == "AWS::Serverless::Function"
        draft = Draft(
            id=logical_id,
            key=where.key,
            origin=self._values.origin(where),
            from_template=True,
            stack=self._stack.path,
            events=_events(resource) if is_sam else (),
        )
        if is_sam:
            defaults = self._root.table("Globals").table("Function")
            place = Where(line=defaults.line, key="Globals.Function", source=Source.GLOBALS)
            draft = self._properties.overlaid(draft, defaults, place)
        properties = resource.table("Properties")
        place = where.below("Properties", properties.line)
        draft = self._properties.overlaid(draft, properties, place)
        asset = resource.table("Metadata").text("aws:asset:path")
        if asset:  # CDK: the bucket in Code is where a deployment would upload this directory to
            asset_line = resource.table("Metadata").entries["aws:asset:path"].line
            at = where.below("Metadata.aws:asset:path", asset_line)
            draft = draft.overlaid({"code_path": self._values.setting(self._path.parent / asset, at)}, {})
        known = SAM_PROPERTIES if is_sam else LAMBDA_PROPERTIES
        self._unknown_properties(FunctionName(draft.name), properties, place, known)
        self.reading.drafts.append(draft)

    def _mistyped(self, kind: str, resource: Table, where: Where) -> None:
        """Whether a resource of another type was meant to be a function."""
        if kind and (near := did_you_mean(kind, FUNCTION_TYPES, cutoff=SAME_WORD)):
            self._warn(f"{kind} is no type of resource", near, where.below("Type", resource.entries["Type"].line))

    def _is_made(self, resource: Table, where: Where, what: str) -> bool:
        condition = resource.text("Condition")
        if condition is None:
            return True
        holds = self._values.intrinsics.holds(condition)
        if holds is None:
            message = f"condition {condition} cannot be evaluated locally; {what} is kept"
            at = where.below("Condition", resource.entries["Condition"].line)
            self._warn(message, "give the parameters it uses a Default", at)
        return holds is not False

    def _unknown_properties(
        self, function: FunctionName, properties: Table, where: Where, known: frozenset[str]
    ) -> None:
        for name, entry in properties.entries.items():
            at = where.below(name, entry.line)
            if name.startswith("Fn::"):
                message, hint = "is not evaluated locally", "write the properties out"
            elif name not in known:
                message = "is not a property of a function"
                hint = did_you_mean(name, known) or "remove it; a deployment would refuse it"
            else:
                continue
            self.problem(message, hint, at.line, at.key, function=function)

    def _nested(self, logical_id: str, resource: Table, where: Where) -> None:
        properties = resource.table("Properties")
        name = "Location" if "Location" in properties.entries else "TemplateURL"
        entry = properties.entries.get(name)
        at = where.below(f"Properties.{name}", entry.line if entry else where.line)
        setting = self._values.resolved(entry.node, at) if entry else None
        location = setting.value if setting else None
        if not isinstance(location, str) or "://" in location or "{" in location:
            self._warn(f"{logical_id} is not on this machine: its functions are left out", "open it by itself", at)
            return
        path = self._path.parent / location
        if path in (*self._above, self._path) or len(self._above) >= MAX_NESTED:
            self._warn("the template is nested in itself", "correct the path; it is left out", at)
        elif len(self.reading.files) >= MAX_TEMPLATES:
            self._warn(f"more than {MAX_TEMPLATES} nested templates: the rest is left out", "open it by itself", at)
        elif part := denied(path):
            self.problem(*denial(part), at.line, at.key, Severity.ERROR)
        elif not os.path.isfile(path):
            siblings = [each.name for each in path.parent.iterdir()] if os.path.isdir(path.parent) else []
            hint = did_you_mean(path.name, siblings) or f"correct the path; it is relative to {self._file}"
            self.problem(f"{location} does not exist", hint, at.line, at.key, Severity.ERROR)
        else:
            self._read_nested(path, logical_id, properties.table("Parameters"), where)

    def _read_nested(self, path: Path, logical_id: str, parameters: Table, where: Where) -> None:
        stack = replace(
            self._stack,
            name=f"{self._stack.name}-{logical_id}",
            given=self._handed_down(parameters, where),
            layers=self._layers.by_arn,
            path=(*self._stack.path, logical_id),
        )
        self.reading.files.append(path)
        try:
            nested = _read(path, self._places, stack, (*self._above, self._path), self.reading.files)
        except Unreadable as error:
            file = self._places.display(path)
            self.reading.problems.append(Problem(message=error.message, hint=error.hint, file=file, line=error.line))
            return
        self.reading.drafts += nested.drafts
        self.reading.problems += nested.problems

    def _handed_down(self, parameters: Table, where: Where) -> dict[str, Given]:
        """What the nested template's parameters are. A value that only a deployment knows stays a named placeholder."""
        given = {}
        for name, entry in parameters.entries.items():
            if layer := self._layers.referred(entry.node):
                given[name] = Given(text=layer.arn)
                continue
            setting = self._values.resolved(entry.node, where.below(f"Properties.Parameters.{name}", entry.line))
            if setting is None or not isinstance(setting.value, str | tuple):
                continue
            text = ",".join(setting.value) if isinstance(setting.value, tuple) else setting.value
            from_outside = setting.origin.source in (Source.PARAMETERS, Source.SAMCONFIG)
            given[name] = Given(
                text=text, origin=setting.origin if from_outside else None, unresolved=setting.unresolved
            )
        return given


def _events(resource: Table) -> tuple[str, ...]:
    properties = resource.table("Properties")
    kinds = [event.text("Type") or "" for _, _, event in properties.table("Events").tables()]
    if "FunctionUrlConfig" in properties.entries:
        kinds.append("FunctionUrl")
    return tuple(dict.fromkeys(kind for kind in kinds if kind))
