"""One environment with the lid off, as of one moment: what ``lambdatui environments show`` prints and the screen shows.

Times are seconds since the epoch unless they say how long; sizes say their unit. A tuple is empty where there is
nothing, and where nothing can be told a sentence for people says why.
"""

from lambdatui.model.capability import CapabilityReport
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.machine_picture import MachinePicture
from lambdatui.model.value import value


@value
class ArmedTimer:
    """``remaining_s`` is real time; what is due and was not handled yet has 0."""

    name: str
    remaining_s: float


@value
class StepText:
    """An input of the machine and the commands that it gave for it, in words."""

    time_s: float
    happened: str
    commands: tuple[str, ...] = ()


@value
class StateSpan:
    """For how long an extension was in a state; ``end_s`` is None while it lasts."""

    state: str
    start_s: float
    end_s: float | None = None


@value
class ExtensionLine:
    """The states of an extension one after the other, as far back as inputs are kept."""

    name: str
    spans: tuple[StateSpan, ...] = ()


@value
class ProcessFacts:
    """A process as the kernel tells of it. ``pid`` is this machine's, ``pid_inside`` what it sees itself as.

    ``role``: init, runtime, or extension NAME; empty for what those have started. ``cpu_s`` is time it has used.
    """

    pid: int
    parent_pid: int
    pid_inside: int
    role: str
    command: str
    state: str
    threads: int
    memory_kb: int
    peak_kb: int
    cpu_s: float
    descriptors: int | None = None
    """How many it has open; None where we may not look."""


@value
class Descriptor:
    """An open file, socket or pipe of the runtime."""

    number: int
    target: str


@value
class Mount:
    """A place in what the environment sees of files; ``source`` is a directory of this machine, or what it is."""

    path: str
    source: str
    kind: str
    read_only: bool
    options: str = ""


@value
class EnvironmentVariable:
    """``hidden``: the value is a secret by its name, or had a password in it, and was left out."""

    name: str
    value: str
    hidden: bool = False
    of_function: bool = False
    """The function's own configuration says so; the others are Lambda's."""


@value
class EnvironmentDetail:
    """``inputs`` counts all there ever were; ``steps`` are the last ones, oldest first.

    ``processes_unknown`` and ``mounts_unknown`` say why there are none.
    """

    id: EnvironmentId
    function: FunctionName
    version: str
    revision: int
    log_stream: str
    as_of_s: float
    machine: MachinePicture
    timers: tuple[ArmedTimer, ...] = ()
    inputs: int = 0
    steps: tuple[StepText, ...] = ()
    extension_lines: tuple[ExtensionLine, ...] = ()
    memory_mb: int
    memory_used_mb: int | None = None
    processes: tuple[ProcessFacts, ...] = ()
    processes_unknown: str = ""
    descriptors: tuple[Descriptor, ...] = ()
    variables: tuple[EnvironmentVariable, ...] = ()
    mounts: tuple[Mount, ...] = ()
    mounts_unknown: str = ""
    capabilities: tuple[CapabilityReport, ...] = ()
