"""The layers of a template: LayerVersion resources, and what a function's Layers refer to."""

import os
from collections.abc import Mapping
from pathlib import Path

from lambdatui.project.layer_names import layer_names
from lambdatui.project.located import Items, Node, Scalar, Table
from lambdatui.project.settings import LayerChoice, Refused, Setting, SettingValue
from lambdatui.project.template_properties import LAYER_TYPES
from lambdatui.project.template_values import Values, Where

_CONTENT = frozenset({"python", "nodejs", "java", "ruby", "bin", "lib", "extensions", "bootstrap"})
"""What Lambda looks for in /opt: a directory with any of these needs no build to be a layer."""


class Layers:
    """The layers of one template by logical id, and those that a parent template hands down by ARN."""

    def __init__(
        self, resources: Table, directory: Path, values: Values, arn_start: str, given: Mapping[str, LayerChoice]
    ) -> None:
        """``arn_start`` is ``arn:aws:lambda:REGION:ACCOUNT:layer``."""
        self._directory, self._values, self._arn_start = directory, values, arn_start
        self._own = {
            logical_id: self._resource(logical_id, resource)
            for logical_id, _, resource in resources.tables()
            if resource.text("Type") in LAYER_TYPES
        }
        self.by_arn = {**given, **{layer.arn: layer for layer in self._own.values()}}

    def of(self, node: Node, where: Where) -> tuple[Setting, ...]:
        """The entries of a function's Layers, in order."""
        node = self._values.intrinsics.chosen(node)
        if isinstance(node, Items):
            return tuple(setting for item in node.items for setting in self._entry(item, where))
        return self._entry(node, where)

    def referred(self, node: Node) -> LayerChoice | None:
        """The layer of this template that ``Ref`` or ``GetAtt`` names."""
        if not isinstance(node, Table) or len(node.entries) != 1:
            return None
        attribute = node.get("Fn::GetAtt")
        if isinstance(attribute, Items) and attribute.items and isinstance(attribute.items[0], Scalar):
            return self._own.get(attribute.items[0].text or "")
        return self._own.get(node.text("Ref") or "")

    def _entry(self, node: Node, where: Where) -> tuple[Setting, ...]:
        node = self._values.intrinsics.chosen(node)
        line = node.line if node.line else where.line
        where = Where(line=line, key=where.key, source=where.source)
        if own := self.referred(node):
            return (self._values.setting(own, where),)
        setting = self._values.resolved(node, where)
        if setting is None:
            return ()
        texts = setting.value if isinstance(setting.value, tuple) else (setting.value,)
        return tuple(
            Setting(value=self._known(text), origin=setting.origin, key=setting.key, unresolved=setting.unresolved)
            for text in texts
        )

    def _known(self, value: SettingValue) -> SettingValue:
        if not isinstance(value, str):
            return value
        return self.by_arn.get(value) or LayerChoice(arn=value, names=layer_names(value))

    def _resource(self, logical_id: str, resource: Table) -> LayerChoice:
        properties = resource.table("Properties")
        written = properties.get("LayerName")
        name = self._values.intrinsics.resolve(written).value if written is not None else None
        layer_name = name if isinstance(name, str) and "{" not in name else logical_id
        return LayerChoice(
            arn=f"{self._arn_start}:{layer_name}:1",
            names=tuple(dict.fromkeys((logical_id, layer_name))),
            path=self._content(logical_id, resource),
        )

    def _content(self, logical_id: str, resource: Table) -> Path | Refused:
        metadata = resource.table("Metadata")
        if asset := metadata.text("aws:asset:path"):  # CDK: Content is where a deployment would upload this to
            return self._directory / asset
        properties = resource.table("Properties")
        node = properties.get("ContentUri") or properties.get("Content")
        value = self._values.intrinsics.resolve(self._values.intrinsics.chosen(node)).value if node else None
        give = f'say where it lies: {logical_id} = "path/to/layer" under [layers] in lambdatui.toml'
        if not isinstance(value, str) or value.startswith("s3://"):
            return Refused(message=f"layer {logical_id} lies in a bucket, which lambdatui does not read", hint=give)
        path = self._directory / value
        if "BuildMethod" not in metadata.entries or not os.path.isdir(path) or _has_content(path):
            return path
        built = self._directory / ".aws-sam" / "build" / logical_id
        if os.path.isdir(built):
            return built
        method = metadata.text("BuildMethod")
        message = (
            f"layer {logical_id} has to be built first (BuildMethod {method}): {value} holds only what it is made of"
        )
        return Refused(message=message, hint=f"run sam build, or {give}")


def _has_content(path: Path) -> bool:
    try:
        return any(entry.name in _CONTENT for entry in path.iterdir())
    except OSError:
        return True
