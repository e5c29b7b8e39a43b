"""Which environment holds the snapshot of a function's newest code, and which others were restored from which.

A part of placement. A snapshot outlives what was restored from it: those end with it.
"""

from enum import Enum, auto

from lambdatui.model.ids import EnvironmentId


class _Stage(Enum):
    NONE = auto()
    MAKING = auto()
    SHARED = auto()
    ALONE = auto()
    """Nothing can be restored from it elsewhere: every environment makes its own."""


class Snapshots:
    """``wanted``: the function has SnapStart, and its runtime may be able to serve many environments."""

    def __init__(self) -> None:
        self.wanted = False
        self._stage = _Stage.NONE
        self._current: EnvironmentId | None = None
        self._holders: set[EnvironmentId] = set()
        self._restored: dict[EnvironmentId, EnvironmentId] = {}

    @property
    def must_be_made(self) -> bool:
        return self.wanted and self._stage is _Stage.NONE

    @property
    def is_being_made(self) -> bool:
        """Whoever waits for an environment waits for this."""
        return self.wanted and self._stage is _Stage.MAKING

    def is_made_by(self, environment_id: EnvironmentId) -> bool:
        return self._stage is _Stage.MAKING and environment_id == self._current

    def make(self, environment_id: EnvironmentId) -> None:
        self._current, self._stage = environment_id, _Stage.MAKING

    def taken(self, environment_id: EnvironmentId) -> None:
        """It is for all; of older code perhaps, then nobody needs it."""
        self._holders.add(environment_id)
        if environment_id == self._current:
            self._stage = _Stage.SHARED

    def alone(self) -> None:
        self._stage = _Stage.ALONE

    def restored(self, environment_id: EnvironmentId) -> EnvironmentId | None:
        """An environment is started from the present one, which is returned; None where there is none."""
        if self._stage is not _Stage.SHARED or self._current is None:
            return None
        self._restored[environment_id] = self._current
        return self._current

    def forget(self) -> None:
        """There is newer code."""
        self._current, self._stage = None, _Stage.NONE

    def lost(self, environment_id: EnvironmentId) -> None:
        """Its processes have ended; what was restored from it may go on."""
        if environment_id == self._current:
            self.forget()

    def gone(self, environment_id: EnvironmentId) -> None:
        """It may have held a snapshot, or been restored from one."""
        self._holders.discard(environment_id)
        self._restored.pop(environment_id, None)
        self.lost(environment_id)

    def of_no_use(self) -> list[EnvironmentId]:
        """Holders that are not the present one, and that nobody depends on."""
        if not self._holders:
            return []
        needed = {self._current, *self._restored.values()}
        return [holder for holder in self._holders if holder not in needed]
