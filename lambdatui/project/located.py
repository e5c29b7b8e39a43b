"""Configuration values that know the line they were written on.

Scalars are kept as the text CloudFormation would see (``3.10`` stays ``3.10``, ``yes`` becomes ``true``), because that
is what ends up in an environment variable. Building is iterative and bounded, so that no input can exhaust the
stack or, through aliases, the memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_DEPTH = 100
MAX_VALUES = 200_000
"""Most values a document may hold once its aliases are written out."""


class Unreadable(Exception):
    """A file that cannot be understood at all. ``line`` counts from 1."""

    def __init__(self, message: str, hint: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.line = message, hint, line


@dataclass(frozen=True, slots=True)
class Scalar:
    """``text`` is None for a value that was left empty."""

    text: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    items: "tuple[Node, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """``line`` is the key's."""

    node: "Node"
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    entries: Mapping[str, Entry]
    line: int

    def get(self, key: str) -> "Node | None":
        entry = self.entries.get(key)
        return entry.node if entry else None

    def table(self, key: str) -> "Table":
        """The table under ``key``; an empty one when it is absent or something else."""
        node = self.get(key)
        return node if isinstance(node, Table) else Table({}, self.line)

    def text(self, key: str) -> str | None:
        node = self.get(key)
        return node.text if isinstance(node, Scalar) else None

    def tables(self) -> "Iterator[tuple[str, int, Table]]":
        """Every entry that is itself a table, with the line of its key."""
        for key, entry in self.entries.items():
            if isinstance(entry.node, Table):
                yield key, entry.line, entry.node


Node = Scalar | Items | Table


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    key: str
    line: int
    first_line: int


@dataclass(slots=True)
class _Open:
    """A list or table whose end has not been seen."""

    line: int
    tag: str | None
    anchor: str | None
    is_table: bool
    size: int = 1
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, int] | None = None
    merged: dict[str, Entry] = field(default_factory=dict)

    def add(self, node: Node, size: int, repeated: list[RepeatedKey]) -> None:
        self.size += size
        if self.size > MAX_VALUES:
            raise Unreadable(
                f"its aliases write out to more than {MAX_VALUES:,} values",
                "write the values without aliases",
                self.line,
            )
        if not self.is_table:
            self.items.append(node)
        elif self.key is None:
            self.key = _key(node)
        else:
            (name, line), self.key = self.key, None
            if name == "<<":
                self._merge(node)
                return
            if name in self.entries:
                repeated.append(RepeatedKey(name, line, self.entries[name].line))
            self.entries[name] = Entry(node, line)

    def close(self) -> Node:
        if not self.is_table:
            return Items(tuple(self.items), self.line)
        return Table({**self.merged, **self.entries} if self.merged else self.entries, self.line)

    def _merge(self, node: Node) -> None:
        for part in node.items if isinstance(node, Items) else (node,):
            if isinstance(part, Table):
                self.merged = {**part.entries, **self.merged}


class TreeBuilder:
    """Makes a tree out of the open, scalar and close events of a parser."""

    def __init__(self) -> None:
        self.repeated: list[RepeatedKey] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._root: Node | None = None

    @property
    def root(self) -> Node:
        return self._root if self._root is not None else Scalar(None, 1)

    def open(self, line: int, *, is_table: bool, tag: str | None = None, anchor: str | None = None) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable(f"it is nested more than {MAX_DEPTH} levels deep", "flatten it", line)
        if anchor:
            self._anchors[anchor] = None
        self._open.append(_Open(line, tag, anchor, is_table))

    def scalar(self, text: str | None, line: int, *, tag: str | None = None, anchor: str | None = None) -> None:
        self._add(_tagged(tag, Scalar(text, line)), 1, anchor)

    def alias(self, name: str, line: int) -> None:
        known = self._anchors.get(name)
        if known is None:
            what = "refers to itself" if name in self._anchors else "refers to an anchor that does not exist"
            raise Unreadable(f"*{name} {what}", f"define it first with &{name}", line)
        self._add(*known, None)

    def close(self) -> None:
        done = self._open.pop()
        self._add(_tagged(done.tag, done.close()), done.size, done.anchor)

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (node, size)
        if self._open:
            self._open[-1].add(node, size, self.repeated)
        elif self._root is None:
            self._root = node


def _key(node: Node) -> tuple[str, int]:
    if not isinstance(node, Scalar):
        raise Unreadable("a key must be a plain word, not a list or a table", "quote it if it is a word", node.line)
    return node.text or "", node.line


def _tagged(tag: str | None, node: Node) -> Node:
    """CloudFormation's short form as its long form: ``!Sub x`` becomes ``{"Fn::Sub": x}``."""
    if tag is None or not tag.startswith("!") or tag == "!":
        return node
    name = tag[1:]
    if name == "GetAtt" and isinstance(node, Scalar) and node.text:
        node = Items(tuple(Scalar(part, node.line) for part in node.text.split(".", 1)), node.line)
    return Table({name if name in ("Ref", "Condition") else f"Fn::{name}": Entry(node, node.line)}, node.line)
