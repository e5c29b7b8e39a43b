"""What an extension may do, when: the whole answer is the table below.

Rule 1: a call that is not in the table does not exist; made by an extension it is refused with AWS's error document.
Rule 2: names are those the service prints in its refusals and in EXTENSION lines.
"""

from collections.abc import Mapping
from enum import StrEnum

from lambdatui.lifecycle.extension_inputs import (
    ExtensionCalledNext,
    ExtensionInput,
    ExtensionLaunchFailed,
    ExtensionPostedExitError,
    ExtensionPostedInitError,
    ExtensionRegistered,
)


class ExtensionState(StrEnum):
    STARTED = "Started"
    """An external extension whose process was started; an internal one begins at Registered."""
    REGISTERED = "Registered"
    READY = "Ready"
    """It waits in event/next."""
    RUNNING = "Running"
    """It has an event."""
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"
    LAUNCH_ERROR = "LaunchError"


_S = ExtensionState

EXTENSION: Mapping[ExtensionState, Mapping[type[ExtensionInput], ExtensionState]] = {
    _S.STARTED: {ExtensionRegistered: _S.REGISTERED, ExtensionLaunchFailed: _S.LAUNCH_ERROR},
    _S.REGISTERED: {
        ExtensionCalledNext: _S.READY,
        ExtensionPostedInitError: _S.INIT_ERROR,
        ExtensionPostedExitError: _S.EXIT_ERROR,
    },
    _S.READY: {ExtensionPostedExitError: _S.EXIT_ERROR},
    _S.RUNNING: {ExtensionCalledNext: _S.READY, ExtensionPostedExitError: _S.EXIT_ERROR},
    # The same error may be posted again; the first one counts.
    _S.INIT_ERROR: {ExtensionPostedInitError: _S.INIT_ERROR},
    _S.EXIT_ERROR: {ExtensionPostedExitError: _S.EXIT_ERROR},
    _S.LAUNCH_ERROR: {},
}

EXTENSION_MOVES: Mapping[type[ExtensionInput], str] = {
    ExtensionRegistered: "Registered",
    ExtensionCalledNext: "Ready",
    ExtensionPostedInitError: "InitError",
    ExtensionPostedExitError: "Exited",
}
"""The state each call asks for, as a refusal names it."""
