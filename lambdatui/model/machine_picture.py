"""The life-cycle machine of one environment as it stands at one moment, in words for people and programs."""

from collections.abc import Mapping

from lambdatui.model.ids import RequestId
from lambdatui.model.phase import Phase
from lambdatui.model.value import value


@value
class ExtensionPicture:
    """``external``: a process of its own, ``alive`` while that lives; an internal one lives in the runtime."""

    name: str
    external: bool
    state: str
    alive: bool = True
    events: tuple[str, ...] = ()
    subscribed_by: str | None = None
    """Which API it gets telemetry by, ``telemetry`` or ``logs``."""
    error_type: str | None = None


@value
class MachinePicture:
    """``stage`` says what the phase waits for. ``frozen_s`` is how long it stands still by now, None while it runs.

    ``retiring`` is why it will end, empty where it stays. ``refusals`` has every order, with why it makes no sense now,
    or empty where it would be carried out.
    """

    phase: Phase
    stage: str
    runtime: str
    generation: int
    dropped_inputs: int
    frozen_s: float | None = None
    retiring: str = ""
    request_id: RequestId | None = None
    invoke_s: float | None = None
    """For how long the present invoke has run, by its own time."""
    extensions: tuple[ExtensionPicture, ...] = ()
    refusals: Mapping[str, str]
