"""Invocations that were cut off with an earlier engine: a log that begins with START says how it ended, too."""

import logging

from lambdatui.model.records import PlatformFault
from lambdatui.store.errors import StoreError
from lambdatui.store.interrupted import Interrupted
from lambdatui.store.store import Store
from lambdatui.telemetry.bus import Bus

_log = logging.getLogger(__name__)


async def tell_interrupted(store: Store, bus: Bus) -> None:
    """In the stream of this engine: that of the other one has ended. No environment of it is left to be named."""
    try:
        interrupted = await store.take_interrupted()
    except StoreError as error:
        _log.warning("what an earlier engine left unfinished cannot be looked up: %s", error)
        return
    for each in interrupted:
        bus.publish(PlatformFault(request_id=each.request_id, message=_message(each)), function=each.function)


def _message(interrupted: Interrupted) -> str:
    """The beginning is the service's own for a process that is gone."""
    where = "in the middle of it" if interrupted.begun else "before it was begun"
    return (
        f"RequestId: {interrupted.request_id} Process exited before completing request: "
        f"the engine was killed {where}, so there is no END and no REPORT"
    )
