"""One function as it is being put together out of several files, before its values are checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lambdatui.model.function import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """Part of a value that only a deployment knows; ``expression`` is how the template spells it."""

    expression: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineCode:
    """Source text written into the template (``ZipFile``, ``InlineCode``)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A value that is legal on AWS and has no meaning here, such as code in a bucket."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChoice:
    """One entry of a function's layers. ``names`` are what ``[layers]`` may call it, most exact first; ``path`` is
    where it lies if nothing there says otherwise, a ``Refused`` why it does not lie here at all.

    ``arn`` is how the service names the version, or the path where nothing else is known.
    """

    arn: str
    names: tuple[str, ...] = ()
    path: Path | Refused | None = None

    @property
    def layer(self) -> str:
        """Without the version."""
        head, _, version = self.arn.rpartition(":")
        return head if version.isdecimal() and ":layer:" in head else self.arn


SettingValue = str | tuple[str, ...] | Path | InlineCode | LayerChoice | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value, where it was written, and its key as the user's file spells the whole path."""

    value: SettingValue
    origin: Origin
    key: str
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``settings`` is keyed by the field names of :class:`~lambdatui.model.function.Function`, as far as there is one.

    ``stack`` are the logical ids of the nested templates that lead to the one it stands in.
    ``layers`` are in the order they are merged; their values are ``LayerChoice`` unless they are unusable.
    """

    id: str
    key: str
    origin: Origin
    settings: Mapping[str, Setting] = field(default_factory=dict)
    environment: Mapping[str, Setting] = field(default_factory=dict)
    layers: tuple[Setting, ...] = ()
    events: tuple[str, ...] = ()
    from_template: bool = False
    stack: tuple[str, ...] = ()

    def overlaid(self, settings: Mapping[str, Setting], environment: Mapping[str, Setting]) -> "Draft":
        """This draft with stronger values put over its own."""
        return replace(self, settings={**self.settings, **settings}, environment={**self.environment, **environment})

    @property
    def name(self) -> str:
        """The function's name, as far as the files tell it; an unresolved name falls back on the logical id."""
        setting = self.settings.get("name")
        if setting is None or setting.unresolved or not isinstance(setting.value, str):
            return self.id
        return setting.value
