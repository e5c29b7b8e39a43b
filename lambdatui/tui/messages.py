"""What widgets tell the screen, in the past tense."""

from dataclasses import dataclass

from textual.message import Message

from lambdatui.model.function import Problem
from lambdatui.model.history import InvocationDetail
from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.views import Views
from lambdatui.tui.log_lines import LogLine
from lambdatui.tui.scene import Link
from lambdatui.tui.time_window import TimeWindow


@dataclass
class ViewsChanged(Message):
    """A new picture; a newer one replaces it while it waits in a queue."""

    views: Views
    link: Link
    problems: tuple[Problem, ...]

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, ViewsChanged)


@dataclass
class FunctionSelected(Message):
    function: FunctionName


@dataclass
class EnvironmentSelected(Message):
    environment: EnvironmentId


@dataclass
class EnvironmentOpened(Message):
    """An environment was chosen: look into it."""

    environment: EnvironmentId


@dataclass
class WindowMoved(Message):
    """Pane 2 shows another stretch of time, or a moment of it was picked or let go."""

    window: TimeWindow


@dataclass
class RequestSelected(Message):
    """A finished invoke was chosen: show what it logged."""

    request_id: RequestId


@dataclass
class FileOpened(Message):
    environment: EnvironmentId
    path: str


@dataclass
class SampleWanted(Message):
    """The function has no event yet: ``events`` says what would fit it."""

    function: FunctionName
    events: tuple[str, ...]


@dataclass
class PastEventWanted(Message):
    """The event of a past invocation is wanted in the workbench's editor."""

    detail: InvocationDetail


@dataclass
class PastInvokeWanted(Message):
    """A moment was picked in which this invoke ran: its event and its answer are wanted."""

    request_id: RequestId


@dataclass
class OlderLinesWanted(Message):
    """What the history has of the log before the lines of ``beginning``; empty parts leave the choice open."""

    function: FunctionName | None
    request_id: RequestId | None
    text: str
    beginning: tuple[LogLine, ...]
    quiet: bool
    """Nobody asked for older lines alone: that there are none is not worth a word."""


class PickerWanted(Message):
    """The sample catalogue was asked for."""


@dataclass
class PaneWanted(Message):
    number: int
