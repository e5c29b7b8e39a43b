"""The properties of one function in a template, and of Globals, put over a draft."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lambdatui.project.close_match import did_you_mean
from lambdatui.project.located import Node, Scalar, Table
from lambdatui.project.settings import Draft, InlineCode, Refused, Setting, SettingValue
from lambdatui.project.template_layers import Layers
from lambdatui.project.template_properties import FIELDS, MEMBERS
from lambdatui.project.template_values import Values, Where

_EXAMPLES = {
    "Size": "1024",
    "Mode": "Active",
    "ApplyOn": "PublishedVersions",
    "LogFormat": "JSON",
    "ProvisionedConcurrentExecutions": "1",
}

Report = Callable[[str, str, Where], None]
"""Takes a message, a hint and the place of a warning."""


class FunctionProperties:
    """Reads properties of functions of one template, whose relative paths start in ``directory``."""

    def __init__(self, directory: Path, values: Values, layers: Layers, report: Report) -> None:
        self._directory, self._values, self._layers, self._report = directory, values, layers, report

    def overlaid(self, draft: Draft, properties: Table, where: Where) -> Draft:
        """``draft`` with these values put over its own; layers, a list, are added as SAM does it."""
        settings: dict[str, Setting] = {}
        for name, entry in properties.entries.items():
            place = where.below(name, entry.line)
            if name in MEMBERS:
                settings |= self._members(name, entry.node, place)
            elif name == "VpcConfig":
                settings |= self._vpc(entry.node, place)
            elif field := FIELDS.get(name):
                read = self._code if field == "code_path" else self._values.resolved
                if setting := read(entry.node, place):
                    settings[field] = setting
        draft = draft.overlaid(settings, dict(self._environment(properties, where)))
        entry_of_layers = properties.entries.get("Layers")
        if entry_of_layers is None:
            return draft
        layers = self._layers.of(entry_of_layers.node, where.below("Layers", entry_of_layers.line))
        return replace(draft, layers=(*draft.layers, *layers))

    def _members(self, name: str, node: Node, where: Where) -> dict[str, Setting]:
        fields = MEMBERS[name]
        first = next(iter(fields))
        node = self._values.intrinsics.chosen(node)
        if _is_no_value(node):
            return {}
        if not isinstance(node, Table) or (len(fields) == 1 and first not in node.entries):
            keys = f"key {first}" if len(fields) == 1 else f"keys {', '.join(fields)}"
            hint = f"write {name}: {{{first}: {_EXAMPLES[first]}}}"
            refused = Refused(message=f"must be a table with the {keys}", hint=hint)
            return {fields[first]: self._values.setting(refused, where)}
        settings = {}
        for member, entry in node.entries.items():
            place = where.below(member, entry.line)
            if member not in fields:
                known = f"it has: {', '.join(fields)}"
                self._report(f"is not a part of {name}", did_you_mean(member, fields) or known, place)
            elif setting := self._values.resolved(entry.node, place):
                settings[fields[member]] = setting
        return settings

    def _vpc(self, node: Node, where: Where) -> dict[str, Setting]:
        """That there is one, for a note: which subnets it has means nothing here."""
        node = self._values.intrinsics.chosen(node)
        empty = _is_no_value(node) or (isinstance(node, Table) and not node.entries) or isinstance(node, Scalar)
        return {} if empty else {"vpc": self._values.setting("", where)}

    def _environment(self, properties: Table, where: Where) -> Iterator[tuple[str, Setting]]:
        entry = properties.entries.get("Environment")
        if entry is None:
            return
        place = where.below("Environment", entry.line)
        written = self._values.intrinsics.chosen(entry.node)
        variables = written.get("Variables") if isinstance(written, Table) else None
        variables = self._values.intrinsics.chosen(variables) if variables is not None else None
        if not isinstance(variables, Table):
            self._report("has no table of Variables", "write Environment: {Variables: {NAME: value}}", place)
            return
        for name, variable in variables.entries.items():
            at = place.below(f"Variables.{name}", variable.line)
            if isinstance(variable.node, Scalar) and variable.node.text is None:
                self._report("is left empty; the function sees an empty text", 'write ""', at)
                yield name, self._values.setting("", at)
            elif setting := self._values.resolved(variable.node, at):
                yield name, setting

    def _code(self, node: Node, where: Where) -> Setting | None:
        node = self._values.intrinsics.chosen(node)
        inline = where.key.endswith(".InlineCode")
        if isinstance(node, Table) and len(node.entries) == 1 and "ZipFile" in node.entries:
            entry = node.entries["ZipFile"]
            node, where, inline = entry.node, where.below("ZipFile", entry.line), True
        if isinstance(node, Table) and (refused := _refused_code(node)):
            return self._values.setting(refused, where)
        setting = self._values.resolved(node, where)
        if setting is None or not isinstance(setting.value, str):
            return setting
        value: SettingValue
        if inline:
            value = InlineCode(text=setting.value)
        elif setting.value.startswith("s3://"):
            value = _in_a_bucket()
        else:
            value = self._directory / setting.value
        return replace(setting, value=value)


def _is_no_value(node: Node) -> bool:
    return isinstance(node, Table) and node.text("Ref") == "AWS::NoValue"


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
