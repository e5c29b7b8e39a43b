"""CloudFormation's intrinsic functions, as far as one machine can know their values.

What only a deployment knows is never invented: it stays in the value as a named placeholder, ``{Ref OrdersTable}``
or ``{GetAtt OrdersTable.Arn}``, and is listed, so that whoever uses the value can say so.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lambdatui.project.close_match import did_you_mean
from lambdatui.project.located import MAX_DEPTH, Items, Node, Scalar, Table
from lambdatui.project.settings import Unresolved

MAX_TEXT_CHARS = 100_000
"""Longest text an expression may grow to: nested Join and Sub could otherwise double it at every level."""


@dataclass(frozen=True, slots=True)
class NoValue:
    """What ``AWS::NoValue`` stands for: leave the property out."""


NO_VALUE: Final = NoValue()

Plain = str | None | NoValue | list["Plain"] | dict[str, "Plain"]

_NAMED_BY = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::SimpleTable": "TableName",
}
"""Resources whose ``Ref`` is the name they are given, where they are given one."""

_SUB_VARIABLE = re.compile(r"\$\{([^}!][^}]*)\}|\$\{!([^}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:([^}]*)\}\}")
_AFTER_DEPLOYMENT = "is known only after a deployment"
_TOO_LONG = f"grows to more than {MAX_TEXT_CHARS:,} characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """``unresolved`` names the placeholders left in ``value``; ``overridden`` the parameters with overrides in it."""

    value: Plain
    unresolved: tuple[Unresolved, ...] = ()
    overridden: frozenset[str] = frozenset()


class Intrinsics:
    """Evaluates the expressions of one template. ``pseudo`` holds the ``AWS::…`` parameters; ``overrides`` are values
    of the template's own ones, stronger than their Default.
    """

    def __init__(self, template: Table, pseudo: Mapping[str, str], overrides: Mapping[str, str] | None = None) -> None:
        self._parameters = template.table("Parameters")
        self._mappings = template.table("Mappings")
        self._resources = template.table("Resources").entries
        self._conditions = template.table("Conditions")
        self._pseudo = pseudo
        self._overrides = overrides or {}
        self._overridden: set[str] = set()
        self._known_conditions: dict[str, bool | None] = {}
        self._being_evaluated: set[str] = set()
        self._unresolved: dict[str, Unresolved] = {}
        self._functions: dict[str, Callable[[Node], Plain]] = {
            "Ref": self._ref_node,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
            "Fn::If": self._if,
            "Fn::Base64": self._base64,
            **dict.fromkeys(("Condition", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"), self._condition_value),
        }

    def resolve(self, node: Node) -> Resolved:
        self._unresolved, self._overridden = {}, set()
        value = self._value(node)
        return Resolved(
            value=value, unresolved=tuple(self._unresolved.values()), overridden=frozenset(self._overridden)
        )

    def chosen(self, node: Node) -> Node:
        """The branch that an ``If`` takes, unevaluated; any other node, or an undecided ``If``, is itself."""
        while isinstance(node, Table) and len(node.entries) == 1:
            choice = node.get("Fn::If")
            if not isinstance(choice, Items) or len(choice.items) != 3 or not isinstance(choice.items[0], Scalar):
                break
            holds = self.holds(choice.items[0].text or "")
            if holds is None:
                break
            node = choice.items[1 if holds else 2]
        return node

    def holds(self, condition: str) -> bool | None:
        """Whether the named condition is true; None when that depends on something only a deployment knows."""
        if condition in self._known_conditions:
            return self._known_conditions[condition]
        node = self._conditions.get(condition)
        # A condition that refers to itself, or through a hundred others, has no value.
        if node is None or condition in self._being_evaluated or len(self._being_evaluated) >= MAX_DEPTH:
            return None
        self._being_evaluated.add(condition)
        self._known_conditions[condition] = self._truth(node)
        self._being_evaluated.discard(condition)
        return self._known_conditions[condition]

    def _value(self, node: Node) -> Plain:
        match node:
            case Scalar(text=text):
                for reference in _DYNAMIC_REFERENCE.findall(text) if text and "{{resolve:" in text else ():
                    self._note(f"{{{{resolve:{reference}}}}}", "is read from AWS at deployment")
                return text
            case Items(items=items):
                return [value for item in items if not isinstance(value := self._value(item), NoValue)]
            case Table(entries=entries):
                if len(entries) == 1:
                    (name, entry) = next(iter(entries.items()))
                    if name in self._functions:
                        return self._functions[name](entry.node)
                    if name.startswith("Fn::"):
                        argument = self._text(entry.node) or ""
                        return self._unknown(
                            f"{name.removeprefix('Fn::')} {argument}".strip(), "is not evaluated locally"
                        )
                values = ((key, self._value(entry.node)) for key, entry in entries.items())
                return {key: value for key, value in values if not isinstance(value, NoValue)}

    def _ref_node(self, node: Node) -> Plain:
        name = self._text(node)
        return self._ref(name) if name is not None else self._unknown("Ref", "needs a name")

    def _ref(self, name: str) -> Plain:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        parameter = self._parameters.get(name)
        if isinstance(parameter, Table):
            return self._parameter(name, parameter)
        if name in self._resources:
            return self._given_name(name) or self._unknown(f"Ref {name}", _AFTER_DEPLOYMENT)
        known = [*self._parameters.entries, *self._resources, *self._pseudo]
        return self._unknown(f"Ref {name}", "names nothing in this template", did_you_mean(name, known))

    def _given_name(self, resource: str) -> str | None:
        """What the template itself calls the resource; None where that is CloudFormation's choice."""
        node = self._resources[resource].node
        if not isinstance(node, Table) or (kind := node.text("Type")) not in _NAMED_BY:
            return None
        written, being = node.table("Properties").get(_NAMED_BY[kind]), f"Ref {resource}"
        if written is None or being in self._being_evaluated or len(self._being_evaluated) >= MAX_DEPTH:
            return None
        self._being_evaluated.add(being)
        name = self._text(written)
        self._being_evaluated.discard(being)
        return name

    def _parameter(self, name: str, parameter: Table) -> Plain:
        kind = parameter.text("Type") or "String"
        default = parameter.get("Default")
        if name in self._overrides:
            self._overridden.add(name)
            return _parameter_value(self._overrides[name], kind)
        if kind.startswith("AWS::SSM::"):
            return self._unknown(f"Ref {name}", "is read from the Parameter Store at deployment")
        if not isinstance(default, Scalar):
            return self._unknown(f"Ref {name}", "is a parameter without a Default", _give_a_value(name))
        return _parameter_value(default.text or "", kind)

    def _get_att(self, node: Node) -> Plain:
        value = self._value(node)
        parts = [part for part in value if isinstance(part, str)] if isinstance(value, list) else [str(value)]
        return self._attribute(".".join(parts))

    def _attribute(self, path: str) -> str:
        name = path.split(".", 1)[0]
        if name in self._resources:
            return self._unknown(f"GetAtt {path}", _AFTER_DEPLOYMENT)
        return self._unknown(f"GetAtt {path}", "names nothing in this template", did_you_mean(name, self._resources))

    def _sub(self, node: Node) -> Plain:
        text, variables = node, Table({}, node.line)
        if isinstance(node, Items) and len(node.items) == 2 and isinstance(node.items[1], Table):
            text, variables = node.items[0], node.items[1]
        if not isinstance(text, Scalar) or text.text is None:
            return self._unknown("Sub", "needs a text")
        own = {name: self._join_text(self._value(entry.node)) for name, entry in variables.entries.items()}
        chars = len(text.text)

        def replacement(match: re.Match[str]) -> str:
            nonlocal chars
            value = "${" + match[2] + "}" if match[1] is None else self._sub_variable(match[1].strip(), own)
            chars += len(value)
            return value if chars <= MAX_TEXT_CHARS else ""

        written = _SUB_VARIABLE.sub(replacement, text.text)
        if chars > MAX_TEXT_CHARS:
            return self._unknown("Sub", _TOO_LONG)
        return written

    def _sub_variable(self, name: str, own: Mapping[str, str]) -> str:
        if name in own:
            return own[name]
        return self._attribute(name) if "." in name else self._join_text(self._ref(name))

    def _join(self, node: Node) -> Plain:
        if not isinstance(node, Items) or len(node.items) != 2:
            return self._unknown("Join", "needs a separator and a list")
        separator, parts = self._text(node.items[0]) or "", self._value(node.items[1])
        if not isinstance(parts, list):
            return parts if isinstance(parts, str) else self._unknown("Join", "needs a list")
        texts = [self._join_text(part) for part in parts]
        if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT_CHARS:
            return self._unknown("Join", _TOO_LONG)
        return separator.join(texts)

    def _select(self, node: Node) -> Plain:
        if isinstance(node, Items) and len(node.items) == 2:
            index, choices = self._text(node.items[0]), self._value(node.items[1])
            if (
                index
                and index.isdecimal()
                and len(index) < 6
                and isinstance(choices, list)
                and int(index) < len(choices)
            ):
                return choices[int(index)]
        return self._unknown("Select", "picks an entry that is not there")

    def _split(self, node: Node) -> Plain:
        if isinstance(node, Items) and len(node.items) == 2:
            separator, text = self._text(node.items[0]), self._text(node.items[1])
            if separator and text is not None:
                return list(text.split(separator))
        return self._unknown("Split", "needs a separator and a text")

    def _find_in_map(self, node: Node) -> Plain:
        if isinstance(node, Items) and len(node.items) >= 3:
            names = [self._text(item) or "" for item in node.items[:3]]
            found = self._mappings.table(names[0]).table(names[1]).get(names[2])
            if found is not None:
                return _literal(found)
            if len(node.items) == 4 and isinstance(node.items[3], Table):
                default = node.items[3].get("DefaultValue")
                if default is not None:
                    return self._value(default)
            return self._unknown(f"FindInMap {' '.join(names)}", "is not in Mappings")
        return self._unknown("FindInMap", "needs a map and two keys")

    def _if(self, node: Node) -> Plain:
        if not isinstance(node, Items) or len(node.items) != 3:
            return self._unknown("If", "needs a condition and two values")
        name = self._text(node.items[0]) or ""
        if name not in self._conditions.entries:
            hint = did_you_mean(name, self._conditions.entries)
            return self._unknown(f"If {name}", "names no condition of this template", hint)
        holds = self.holds(name)
        if holds is None:
            return self._unknown(f"If {name}", "depends on something only a deployment knows")
        return self._value(node.items[1 if holds else 2])

    def _base64(self, node: Node) -> Plain:
        text = self._text(node)
        return base64.b64encode(text.encode()).decode() if text is not None else self._unknown("Base64", "needs a text")

    def _condition_value(self, node: Node) -> Plain:
        return self._unknown("Condition", "belongs under Conditions or in an If")

    def _truth(self, node: Node) -> bool | None:
        if not isinstance(node, Table) or len(node.entries) != 1:
            return None
        name, entry = next(iter(node.entries.items()))
        operands = entry.node.items if isinstance(entry.node, Items) else (entry.node,)
        match name:
            case "Condition":
                return self.holds(entry.node.text or "") if isinstance(entry.node, Scalar) else None
            case "Fn::Equals":
                return self._equal(operands)
            case "Fn::Not":
                truth = self._truth(operands[0]) if operands else None
                return None if truth is None else not truth
            case "Fn::And" | "Fn::Or":
                decisive = name == "Fn::Or"
                truths = {self._truth(operand) for operand in operands}
                return decisive if decisive in truths else None if None in truths else not decisive
        return None

    def _equal(self, operands: tuple[Node, ...]) -> bool | None:
        # What a condition is made of is no part of the value that it decides about.
        outer, self._unresolved, self._overridden = (self._unresolved, self._overridden), {}, set()
        values = [self._value(operand) for operand in operands]
        unknown, (self._unresolved, self._overridden) = bool(self._unresolved), outer
        return None if unknown or len(values) != 2 else values[0] == values[1]

    def _text(self, node: Node) -> str | None:
        value = self._value(node)
        return value if isinstance(value, str) else None

    def _join_text(self, value: Plain) -> str:
        if isinstance(value, list):
            return ",".join(part for part in value if isinstance(part, str))
        return value if isinstance(value, str) else ""

    def _unknown(self, expression: str, reason: str, hint: str = "") -> str:
        self._note(f"!{expression}", reason, hint)
        return "{" + expression[:200] + "}"

    def _note(self, expression: str, reason: str, hint: str = "") -> None:
        self._unresolved[expression] = Unresolved(expression=expression[:200], reason=reason, hint=hint)


def _parameter_value(text: str, kind: str) -> Plain:
    return [part.strip() for part in text.split(",")] if "List" in kind else text


def _give_a_value(name: str) -> str:
    return f"give parameter {name} a Default, or a value: --parameter-overrides {name}=..."


def _literal(node: Node) -> Plain:
    """A value of Mappings: a text or a list of them; CloudFormation allows no expressions there."""
    if isinstance(node, Items):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return node.text if isinstance(node, Scalar) else ""
