"""Single values of a template as settings: evaluated, with the line, the key and the place that decided them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lambdatui.model.function import Origin, Source
from lambdatui.project.intrinsics import Intrinsics, NoValue
from lambdatui.project.located import Node
from lambdatui.project.settings import Refused, Setting, SettingValue, Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value for a parameter of the template from outside of it. ``origin`` without a file: the template's own line
    is what there is to show; None: as if the value stood in the template. ``unresolved`` are the placeholders that a
    parent template could not fill in.
    """

    text: str
    origin: Origin | None = None
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in the template: ``line`` is the key's, ``key`` the whole path, ``source`` what kind of place it is."""

    line: int
    key: str
    source: Source = Source.TEMPLATE

    def below(self, name: str, line: int) -> "Where":
        return Where(line=line, key=f"{self.key}.{name}", source=self.source)


class Values:
    """The evaluation of one template file, ``file`` as people read it."""

    def __init__(self, file: str, intrinsics: Intrinsics, given: Mapping[str, Given]) -> None:
        self.intrinsics = intrinsics
        self._file, self._given = file, given

    def resolved(self, node: Node, where: Where) -> Setting | None:
        """None for a property that is left empty or is ``AWS::NoValue``."""
        resolved = self.intrinsics.resolve(node)
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
        origin = self._strongest(resolved.overridden, where)
        handed_down = (part for name in resolved.overridden for part in self._given[name].unresolved)
        unresolved = tuple(dict.fromkeys((*resolved.unresolved, *handed_down)))
        return Setting(value=value, origin=origin, key=where.key, unresolved=unresolved)

    def setting(self, value: SettingValue, where: Where) -> Setting:
        return Setting(value=value, origin=self.origin(where), key=where.key)

    def origin(self, where: Where) -> Origin:
        return Origin(source=where.source, file=self._file, line=where.line)

    def _strongest(self, overridden: Iterable[str], where: Where) -> Origin:
        """Where a value comes from that parameters with given values are part of."""
        origins = [origin for name in overridden if (origin := self._given[name].origin) is not None]
        order = list(Source)
        strongest = max(origins, key=lambda origin: order.index(origin.source), default=None)
        if strongest is None:
            return self.origin(where)
        if strongest.file is not None:
            return strongest
        return Origin(source=strongest.source, file=self._file, line=where.line)
