"""SnapStart as a runtime sees it: hooks, a wait that may last weeks, hooks again; and what a failing one leads to.

Hooks are registered in the module `snapshot_restore_py`. Where nobody has imported it there are none.
"""

from __future__ import annotations

import os
import sys

from .error_documents import all_frames, exception_document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Optional

    from .invocation_loop import Session
    from .snapshot_process import SnapshotProcess

BEFORE_SNAPSHOT_ERROR = "Runtime.BeforeSnapshotError"
AFTER_RESTORE_ERROR = "Runtime.AfterRestoreError"
_BEFORE_SNAPSHOT_STATUS = 64
_AFTER_RESTORE_STATUS = 65
_REGISTRY = "snapshot_restore_py"
# Where a process can be forked for other environments, whoever makes this one into a runtime says so here.
snapshot: Optional[SnapshotProcess] = None


def is_wanted() -> bool:
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def snapshot_and_restore(session: Session) -> None:
    """Returns in the restored process. Exits with status 64 or 65 when a hook fails, after the failure was posted."""
    try:
        _run_before_snapshot()
        _wait(session)
    except BaseException as error:
        _report(session, error, lambda body: session.client.post_init_error(body, BEFORE_SNAPSHOT_ERROR))
        sys.exit(_BEFORE_SNAPSHOT_STATUS)
    try:
        _run_after_restore()
    except BaseException as error:
        _report(session, error, lambda body: session.client.post_restore_error(body, AFTER_RESTORE_ERROR))
        sys.exit(_AFTER_RESTORE_STATUS)


def _wait(session: Session) -> None:
    client = session.client
    if snapshot is None:
        client.restore_next()
        return
    api_fd = client.call_restore_next(snapshot.why_alone)
    address = snapshot.wait(api_fd)
    if address is None:
        client.restored()
    else:
        client.close()
        # Its variable names that of the snapshot still: on Lambda it stays the same.
        session.connect(address)


def _run_before_snapshot() -> None:
    registry = sys.modules.get(_REGISTRY)
    hooks = registry.get_before_snapshot() if registry else []
    while hooks:
        function, args, kwargs = hooks.pop()
        function(*args, **kwargs)


def _run_after_restore() -> None:
    registry = sys.modules.get(_REGISTRY)
    for function, args, kwargs in registry.get_after_restore() if registry else ():
        function(*args, **kwargs)


def _report(session: Session, error: BaseException, post: Callable[[bytes], None]) -> None:
    # What runs the hooks is in the stack trace on Lambda too.
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    document = exception_document(error, all_frames(trace))
    session.log_error(document)
    # Latin-1, as in AWS's client: see `invocation_loop.initialise`.
    post(session.marshaller.to_json(document).encode("latin-1"))
