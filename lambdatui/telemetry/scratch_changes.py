"""What became of the files of a /tmp between two listings of it. Pure."""

from collections.abc import Iterable

from lambdatui.model.records import ScratchFile
from lambdatui.model.value import value
from lambdatui.model.views import EnvironmentView


@value
class ScratchChanges:
    """Paths below /tmp, each in one of them. A directory is created or deleted, but never modified."""

    created: frozenset[str] = frozenset()
    modified: frozenset[str] = frozenset()
    deleted: tuple[ScratchFile, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.created or self.modified or self.deleted)


def changes(view: EnvironmentView) -> ScratchChanges:
    """Since the invoke that ``files_since`` names. Of a list that is cut short, nothing is known to be deleted."""
    if view.files_since is None:
        return ScratchChanges()
    found = difference(view.files_before, view.files)
    return ScratchChanges(created=found.created, modified=found.modified) if view.files_truncated else found


def difference(before: Iterable[ScratchFile], after: Iterable[ScratchFile]) -> ScratchChanges:
    was, now = ({file.path: file for file in files} for files in (before, after))
    kept = was.keys() & now.keys()
    return ScratchChanges(
        created=frozenset(now.keys() - was.keys()),
        modified=frozenset(path for path in kept if not now[path].is_dir and now[path] != was[path]),
        deleted=tuple(was[path] for path in sorted(was.keys() - now.keys())),
    )
