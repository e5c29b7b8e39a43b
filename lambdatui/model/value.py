"""The decorator of what is made many times for every invoke: records, inputs, commands, decisions."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """``dataclass(frozen=True, slots=True, kw_only=True)`` for whoever reads the code and for the type checker, which
    refuses every assignment; equal and hashable by its fields.

    At runtime nothing stands in the way of an assignment: a dataclass that is frozen there takes three times as long to
    make, and an invoke makes fifty of them.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
