"""What invokes did to a /tmp, from listings and phases alone."""

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.records import EnvironmentPhase, Record, ScratchChanged, ScratchFile
from lambdatui.model.views import EnvironmentView, Views
from lambdatui.telemetry.scratch_changes import ScratchChanges, changes, difference
from lambdatui.telemetry.views import FILES_KNOWN_S, apply
from tests.unit.telemetry.samples import E1A, NOON_S, event

OLD = ScratchFile(path="old.txt", size_bytes=3, modified_s=1.0)
NEW = ScratchFile(path="new.txt", size_bytes=3, modified_s=2.0)
FOLDER = ScratchFile(path="folder", size_bytes=0, modified_s=1.0, is_dir=True)


def grown(file: ScratchFile) -> ScratchFile:
    return ScratchFile(path=file.path, size_bytes=file.size_bytes + 1, modified_s=9.0, is_dir=file.is_dir)


def test_files_are_created_modified_or_deleted() -> None:
    found = difference([OLD, FOLDER], [grown(OLD), NEW])
    assert found == ScratchChanges(created=frozenset({"new.txt"}), modified=frozenset({"old.txt"}), deleted=(FOLDER,))


def test_directory_is_not_modified_by_what_is_put_into_it() -> None:
    assert not difference([FOLDER], [grown(FOLDER)])


def invoke(name: str) -> Record:
    return EnvironmentPhase(phase=Phase.INVOKE, generation=1, request_id=RequestId(name))


READY = EnvironmentPhase(phase=Phase.READY, generation=1)


def listed(*files: ScratchFile, truncated: bool = False) -> Record:
    return ScratchChanged(files=files, total_bytes=0, truncated=truncated)


def seen(*told: tuple[float, Record]) -> EnvironmentView:
    """The environment after these records, each so many seconds after the one before."""
    views, at = Views(), NOON_S
    for seq, (after_s, record) in enumerate(told, 1):
        at += after_s
        views = apply(views, [event(record, seq=seq, at=at)])
    return views.environments[E1A]


def test_change_belongs_to_the_invoke_that_began_before_it_was_seen() -> None:
    view = seen((0, invoke("one")), (0.05, listed(OLD)), (0, READY), (5, invoke("two")), (0.05, listed(OLD, NEW)))
    assert view.files_since == "two"
    assert view.files_invokes == 1
    assert changes(view).created == {"new.txt"}


def test_invokes_too_fast_to_tell_apart_are_told_together() -> None:
    soon_s = FILES_KNOWN_S / 4
    view = seen((0, invoke("one")), (0.01, READY), (soon_s, invoke("two")), (0.01, READY), (soon_s, invoke("three")),
                (0.05, listed(OLD)))  # fmt: skip
    assert view.files_since == "one"
    assert view.files_invokes == 3
    assert changes(view).created == {"old.txt"}


def test_invoke_that_changed_nothing_has_no_changes() -> None:
    view = seen((0, invoke("one")), (0.05, listed(OLD)), (0, READY), (5, invoke("two")))
    assert not changes(view)


def test_nothing_is_known_before_the_first_invoke() -> None:
    assert not changes(
        EnvironmentView(id=EnvironmentId("e"), function=FunctionName("f"), phase=Phase.READY, files=(OLD,))
    )


def test_list_that_is_cut_short_tells_of_no_deletions() -> None:
    view = seen((0, invoke("one")), (0.05, listed(OLD)), (0, READY), (5, invoke("two")),
                (0.05, listed(NEW, truncated=True)))  # fmt: skip
    assert changes(view) == ScratchChanges(created=frozenset({"new.txt"}))
