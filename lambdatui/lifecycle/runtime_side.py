"""The runtime of one environment: its state, whether a call of it is allowed, and who of it waits for an event."""

from lambdatui.lifecycle import inputs, refusals
from lambdatui.lifecycle.errors import IllegalTransition
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.refusals import Refusal, RuntimeState
from lambdatui.lifecycle.runtime_states import MOVES, RUNTIME
from lambdatui.model.ids import RequestId

WITH_REQUEST_ID = (inputs.RuntimePostedResponse, inputs.RuntimePostedError, inputs.RuntimeBeganStreaming)
ASKING = (inputs.RuntimeCalledNext, inputs.RuntimeCalledRestoreNext)

_FAILURES = (RuntimeState.INIT_ERROR, RuntimeState.RESTORE_ERROR)


class RuntimeSide:
    """Remembers; what follows for the environment is decided elsewhere."""

    __slots__ = ("_failed_in", "_waiting", "alone", "restore_token", "state")

    def __init__(self) -> None:
        self.state = RuntimeState.ABSENT
        self._failed_in: RuntimeState | None = None
        """It has reported that its init, or its restore, failed; it may go on calling until it is gone."""
        self.restore_token: Token | None = None
        self.alone: str | None = None
        """Of a snapshot: see ``RuntimeCalledRestoreNext``."""
        self._waiting: list[Token] = []

    def refusal(self, happened: inputs.RuntimeInput, current: RequestId | None) -> Refusal | None:
        """Why it is not allowed now, or None. The request id is checked before the state, as the service does."""
        if isinstance(happened, WITH_REQUEST_ID) and happened.request_id != current:
            return refusals.INVALID_REQUEST_ID
        kind = type(happened)
        if kind in RUNTIME[self.state]:
            return None
        if kind not in MOVES:
            raise IllegalTransition(f"{kind.__name__} while the runtime is {self.state}")
        return refusals.invalid_transition(self.state, MOVES[kind])

    def refusal_of_the_end(self, happened: inputs.RuntimeInput) -> Refusal | None:
        """Of a call that asks for an event while the runtime is being ended: only where it has said that it failed.

        One that did nothing wrong would die waiting for an event, and does.
        """
        if self._failed_in is None or not isinstance(happened, ASKING):
            return None
        return refusals.invalid_transition(self._failed_in, MOVES[type(happened)])

    def starts(self) -> None:
        self.state = RuntimeState.STARTED
        self._failed_in = None

    def move(self, happened: inputs.RuntimeInput) -> RuntimeState:
        """It is allowed: the state that it was allowed in."""
        before = self.state
        self.state = RUNTIME[before][type(happened)]
        if self.state in _FAILURES:
            self._failed_in = self.state
        return before

    def waits(self, token: Token) -> None:
        self._waiting.append(token)

    def hung_up(self, token: Token) -> None:
        if token in self._waiting:
            self._waiting.remove(token)
        if token == self.restore_token:
            self.restore_token = None

    def take_token(self) -> Token | None:
        """Whoever asked last gets the event; None where everybody hung up meanwhile."""
        return self._waiting.pop() if self._waiting else None

    def take_restore_token(self) -> Token | None:
        token, self.restore_token = self.restore_token, None
        return token

    def is_gone(self) -> None:
        """Nothing of it is left."""
        self.state = RuntimeState.ABSENT
        self.restore_token = None
        self._waiting.clear()
