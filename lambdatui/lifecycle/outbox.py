"""Where a machine collects the effects of one input, and remembers which timers it has armed."""

from lambdatui.lifecycle import commands
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.refusals import Refusal
from lambdatui.lifecycle.timers import Timer
from lambdatui.model.records import Record, RuntimeMisbehaved


class Outbox:
    """Effects in the order in which they must be done."""

    def __init__(self) -> None:
        self._effects: list[commands.Command] = []
        self._armed: dict[Timer, int] = {}
        self._arm_count = 0

    def take(self) -> commands.Effects:
        """Everything since the last take."""
        effects, self._effects = tuple(self._effects), []
        return effects

    def do(self, command: commands.Command) -> None:
        self._effects.append(command)

    def publish(self, *records: Record) -> None:
        self._effects.extend(records)

    def accept(self, token: Token) -> None:
        self._effects.append(commands.AcceptPost(token=token))

    def refuse(self, token: Token, refusal: Refusal) -> None:
        self._effects.append(
            commands.RefuseRequest(
                token=token,
                status_code=refusal.status_code,
                error_type=refusal.error_type,
                message=refusal.message,
            )
        )

    def misbehaved(self, token: Token, refusal: Refusal) -> None:
        """Refuse it, and tell the world."""
        self.refuse(token, refusal)
        self.publish(
            RuntimeMisbehaved(status_code=refusal.status_code, error_type=refusal.error_type, message=refusal.message)
        )

    def arm(self, timer: Timer, due_at: float) -> None:
        """A timer has one arming at a time; a new one makes the old one stale."""
        self._arm_count += 1
        self._armed[timer] = self._arm_count
        self._effects.append(commands.ArmTimer(timer=timer, arm_id=self._arm_count, due_at=due_at))

    def disarm(self, timer: Timer) -> None:
        if self._armed.pop(timer, None) is not None:
            self._effects.append(commands.DisarmTimer(timer=timer))

    def disarm_all(self) -> None:
        for timer in tuple(self._armed):
            self.disarm(timer)

    def take_timer(self, timer: Timer, arm_id: int) -> bool:
        """Whether this firing belongs to the present arming; it is used up then."""
        if self._armed.get(timer) != arm_id:
            return False
        del self._armed[timer]
        return True
