"""The extensions of one generation: who is there, what each may do now, what it is answered.

Judges and remembers. What follows for the environment (a crash, the end of init) is not decided here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from lambdatui.lifecycle import extension_commands as do
from lambdatui.lifecycle import extension_inputs as inputs
from lambdatui.lifecycle import extension_refusals as refusals
from lambdatui.lifecycle.extension_states import EXTENSION, EXTENSION_MOVES, ExtensionState
from lambdatui.lifecycle.inputs import Token
from lambdatui.lifecycle.outbox import Outbox
from lambdatui.lifecycle.refusals import Refusal
from lambdatui.model import error_types
from lambdatui.model.invocation import Invocation
from lambdatui.model.records import (
    LogsSubscription,
    PlatformExtension,
    TelemetrySubscription,
)

INVOKE, SHUTDOWN = "INVOKE", "SHUTDOWN"
INTERNAL_BUDGET_S = 0.5
EXTERNAL_BUDGET_S = 2.0
"""How long an orderly end may take, with internal extensions only and with external ones."""

_REPORTED = {
    inputs.ExtensionPostedInitError: error_types.EXTENSION_INIT_ERROR,
    inputs.ExtensionPostedExitError: error_types.EXTENSION_EXIT_ERROR,
}


@dataclass(slots=True, kw_only=True)
class Extension:
    """Private to one machine. ``alive``: its process was started and has not ended; always True for internal ones."""

    name: str
    external: bool
    state: ExtensionState = ExtensionState.STARTED
    alive: bool = True
    extension_id: str = ""
    events: tuple[str, ...] = ()
    token: Token | None = None
    told_to_end: bool = False
    error_type: str | None = None
    api: inputs.SubscriptionApi | None = None
    types: tuple[str, ...] = ()


class Extensions:
    """``external`` are the files that are executed; each name that registers besides those is an internal one."""

    def __init__(self, external: tuple[str, ...], out: Outbox) -> None:
        self._out = out
        self._all = [Extension(name=name, external=True) for name in external]
        self._by_id: dict[str, Extension] = {}
        self._invoked: list[Extension] = []
        self._registration_open = True
        self._subscription_open = True
        if len(external) > refusals.MAX_EXTENSIONS:
            last = self._all[refusals.MAX_EXTENSIONS]
            last.state, last.error_type = ExtensionState.LAUNCH_ERROR, "TooManyExtensions"
            del self._all[refusals.MAX_EXTENSIONS + 1 :]
            for each in self._all:
                each.alive = False

    def __bool__(self) -> bool:
        return bool(self._all)

    def __iter__(self) -> Iterator[Extension]:
        return iter(self._all)

    @property
    def too_many(self) -> bool:
        return len(self._all) > refusals.MAX_EXTENSIONS

    @property
    def budget_s(self) -> float:
        """How long an orderly end may take; nothing is asked to end where there is no extension."""
        if any(each.external for each in self._all):
            return EXTERNAL_BUDGET_S
        return INTERNAL_BUDGET_S if self._all else 0.0

    @property
    def any_external_lives(self) -> bool:
        return any(each.external and each.alive for each in self._all)

    @property
    def external_registered(self) -> bool:
        return not any(each.external and each.state is ExtensionState.STARTED for each in self._all)

    @property
    def all_ready(self) -> bool:
        return all(each.state is ExtensionState.READY for each in self._all)

    @property
    def invoked_ready(self) -> bool:
        """Whoever got the event of the present invoke has asked for the next one."""
        return all(each.state is ExtensionState.READY for each in self._invoked)

    # What they do

    def hear(self, happened: inputs.ExtensionInput) -> str | None:
        """Judge it, remember it, answer it. The error type, where an extension has reported that it failed."""
        match happened:
            case inputs.ExtensionRegistered():
                self._registered(happened)
            case inputs.ExtensionCalledNext():
                if (caller := self._caller(happened, refusals.unknown_extension(happened.extension_id))) is not None:
                    caller.token = happened.token
            case inputs.ExtensionPostedInitError() | inputs.ExtensionPostedExitError():
                if (caller := self._caller(happened, refusals.UNKNOWN_IDENTIFIER)) is not None:
                    caller.error_type = caller.error_type or happened.error_type
                    caller.token = None
                    self._out.accept(happened.token)
                    return _REPORTED[type(happened)]
            case inputs.ExtensionSubscribed():
                self._subscribed(happened)
            case inputs.ExtensionHungUp():
                for each in self._all:
                    if each.token == happened.token:
                        each.token = None
            case inputs.ExtensionExited():
                self._named(happened.name).alive = False
            case inputs.ExtensionLaunchFailed():
                failed = self._named(happened.name)
                failed.alive = False
                failed.state, failed.error_type = EXTENSION[failed.state][type(happened)], happened.error_type
            case _:
                raise TypeError(f"{type(happened).__name__} is no input of an extension")
        return None

    def _registered(self, happened: inputs.ExtensionRegistered) -> None:
        found = next((each for each in self._all if each.name == happened.name), None)
        refusal = self._refusal_to_register(happened, found)
        if refusal is not None:
            self._refuse(happened.token, refusal)
            return
        if found is None:
            found = Extension(name=happened.name, external=False)
            self._all.append(found)
        found.state = EXTENSION[found.state][type(happened)]
        found.extension_id = happened.extension_id
        found.events = tuple(dict.fromkeys(happened.events))
        self._by_id[found.extension_id] = found
        self._out.do(
            do.AnswerRegister(
                token=happened.token,
                extension_id=found.extension_id,
                with_account_id=happened.wants_account_id,
            )
        )

    def _refusal_to_register(self, happened: inputs.ExtensionRegistered, found: Extension | None) -> Refusal | None:
        """The order of the checks is the service's."""
        if found is not None and found.external:
            if type(happened) in EXTENSION[found.state]:
                return None
            return refusals.invalid_state(found.state, EXTENSION_MOVES[type(happened)], found.name)
        if SHUTDOWN in happened.events:
            return refusals.NO_SHUTDOWN_FOR_INTERNAL
        if not self._registration_open:
            return refusals.REGISTRATION_CLOSED
        if len(self._all) >= refusals.MAX_EXTENSIONS:
            return refusals.TOO_MANY
        return refusals.NAME_TAKEN if found is not None else None

    def _caller(
        self,
        happened: inputs.ExtensionCalledNext | inputs.ExtensionPostedInitError | inputs.ExtensionPostedExitError,
        unknown: Refusal,
    ) -> Extension | None:
        """Whose call it is, in the state that follows from it; None where it was refused."""
        caller = self._by_id.get(happened.extension_id)
        if caller is None:
            self._refuse(happened.token, unknown)
            return None
        following = EXTENSION[caller.state].get(type(happened))
        if following is None:
            asked = EXTENSION_MOVES[type(happened)]
            self._refuse(happened.token, refusals.invalid_state(caller.state, asked, caller.extension_id))
            return None
        caller.state = following
        return caller

    def _subscribed(self, happened: inputs.ExtensionSubscribed) -> None:
        caller = self._by_id.get(happened.extension_id)
        if caller is None:
            self._refuse(happened.token, refusals.unknown_extension(happened.extension_id))
        elif not self._subscription_open:
            self._refuse(happened.token, refusals.SUBSCRIPTION_CLOSED[happened.api])
        elif caller.api not in (None, happened.api):
            self._refuse(happened.token, refusals.OTHER_API_USED[happened.api])
        else:
            told, caller.types = caller.types, happened.types
            caller.api = happened.api
            self._out.do(
                do.AcceptSubscription(
                    token=happened.token, extension_id=caller.extension_id, name=caller.name, api=happened.api
                )
            )
            # Whoever subscribes again to the same has one subscription, and one line that says so.
            if told != happened.types:
                self._out.publish(_subscription(happened.api, caller.name, happened.types))

    def _refuse(self, token: Token, refusal: Refusal) -> None:
        self._out.misbehaved(token, refusal)

    def _named(self, name: str) -> Extension:
        return next(each for each in self._all if each.external and each.name == name)

    # What is done to them

    def close_registration(self) -> None:
        self._registration_open = False

    def close_subscription(self) -> None:
        self._subscription_open = False

    def records(self) -> tuple[PlatformExtension, ...]:
        """What the log says of each at the end of init."""
        return tuple(
            PlatformExtension(name=each.name, state=each.state, events=each.events, error_type=each.error_type)
            for each in self._all
        )

    def send_invoke(self, invocation: Invocation, deadline_at: float) -> None:
        """To everyone subscribed, whether it listens or not: who hung up has missed its event."""
        self._invoked = [each for each in self._all if INVOKE in each.events]
        for each in self._invoked:
            if each.state is not ExtensionState.READY:
                continue
            each.state = ExtensionState.RUNNING
            if (token := _take_token(each)) is not None:
                self._out.do(do.SendInvokeEvent(token=token, invocation=invocation, deadline_at=deadline_at))

    def kill_the_unsubscribed(self) -> None:
        """Nothing would tell them that the end has come."""
        for each in self._all:
            if each.external and each.alive and SHUTDOWN not in each.events:
                self._out.do(do.KillExtension(name=each.name))

    def send_shutdown(self, deadline_at: float, reason: str) -> None:
        """To everyone subscribed who waits now and was not told yet; who is busy is told when it asks."""
        for each in self._all:
            if each.external and each.alive and SHUTDOWN in each.events and not each.told_to_end:
                if (token := _take_token(each)) is None:
                    continue
                each.told_to_end, each.state = True, ExtensionState.RUNNING
                self._out.do(do.SendShutdownEvent(token=token, deadline_at=deadline_at, reason=reason))


def _take_token(extension: Extension) -> Token | None:
    token, extension.token = extension.token, None
    return token


def _subscription(
    api: inputs.SubscriptionApi, name: str, types: tuple[str, ...]
) -> TelemetrySubscription | LogsSubscription:
    match api:
        case inputs.SubscriptionApi.TELEMETRY:
            return TelemetrySubscription(name=name, types=types)
        case inputs.SubscriptionApi.LOGS:
            return LogsSubscription(name=name, types=types)
        case _:
            assert_never(api)
