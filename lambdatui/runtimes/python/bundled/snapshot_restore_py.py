"""The library of this name that Lambda's Python runtimes bring along, for functions that do not bring it themselves.

Registers what SnapStart is to call. It is found last, so that one among the function's own dependencies wins.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Dict, List, Tuple, TypeVar

    AnyCallable = TypeVar("AnyCallable", bound=Callable[..., Any])
    Hook = Tuple[Callable[..., Any], Tuple[Any, ...], Dict[str, Any]]

__all__ = ["register_after_restore", "register_before_snapshot"]

_before_snapshot: List[Hook] = []
_after_restore: List[Hook] = []


def register_before_snapshot(func: AnyCallable, *args: Any, **kwargs: Any) -> AnyCallable:
    """Have `func` called before the snapshot is taken; the last one registered is called first. Usable as decorator."""
    _before_snapshot.append((func, args, kwargs))
    return func


def register_after_restore(func: AnyCallable, *args: Any, **kwargs: Any) -> AnyCallable:
    """Have `func` called after each restore, in the order of registration. Usable as decorator."""
    _after_restore.append((func, args, kwargs))
    return func


def get_before_snapshot() -> List[Hook]:
    """The registry itself, for the runtime."""
    return _before_snapshot


def get_after_restore() -> List[Hook]:
    """The registry itself, for the runtime."""
    return _after_restore
