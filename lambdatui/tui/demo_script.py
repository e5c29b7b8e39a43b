"""The steps of ``lambdatui demo``, as data: what to press, how one sees that it has happened, what it means. Pure.

Each step is about one function of the demo project; nothing here draws or presses anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.phase import Status
from lambdatui.model.views import ReportView, Views

Happened = Callable[[Views, Views], bool]
"""Of the picture now and the one when the step began."""

API = FunctionName("orders-api")
MAILER = FunctionName("work-after-return")
COUNTER = FunctionName("lost-globals")
WORKER = FunctionName("order-worker")
RETRIED_TIMES = 2

ENVIRONMENTS, INVOKE, LOGS, REPORTS = 2, 3, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``keys`` are Textual's names. ``event`` is the text to send; ``sample`` names one of the catalogue instead.

    ``looks`` are the panes to look at on a small screen: while it is explained, and once it has happened.
    """

    title: str
    function: FunctionName
    press: str
    keys: tuple[str, ...]
    before: str
    after: str
    happened: Happened
    event: str = "{}"
    sample: str | None = None
    mode: InvocationType = InvocationType.REQUEST_RESPONSE
    looks: tuple[int, int] = (ENVIRONMENTS, LOGS)


def fresh(now: Views, before: Views, function: FunctionName) -> tuple[ReportView, ...]:
    """The reports of a function that the step has brought."""
    known = {report.request_id: report.time_s for report in before.reports}
    return tuple(
        report
        for report in now.reports
        if report.function == function and known.get(report.request_id) != report.time_s
    )


def _ran(function: FunctionName, status: Status | None = None, *, cold: bool | None = None, times: int = 1) -> Happened:
    def happened(now: Views, before: Views) -> bool:
        found = [
            report
            for report in fresh(now, before, function)
            if status in (None, report.status) and cold in (None, report.cold)
        ]
        return len(found) >= times

    return happened


def _frozen_after(function: FunctionName) -> Happened:
    ran = _ran(function)

    def happened(now: Views, before: Views) -> bool:
        frozen = any(view.frozen for view in now.environments.values() if view.function == function)
        return frozen and ran(now, before)

    return happened


def _reloaded(function: FunctionName) -> Happened:
    def revision(views: Views) -> int:
        view = views.functions.get(function)
        return view.reload.revision if view is not None and view.reload is not None else -1

    return lambda now, before: revision(now) > revision(before)


STEPS: tuple[Step, ...] = (
    Step(
        title="Cold start", function=API, sample="http-post", press="i", keys=("i",),
        before="orders-api has no execution environment yet. Its first invoke makes one: INIT imports the code, then "
        "INVOKE runs the handler.",
        after="REPORT has an Init Duration: that was a cold start. The environment is frozen now, with the new order "
        "in a Python list.",
        happened=_ran(API, cold=True),
    ),
    Step(
        title="Warm start", function=API, sample="http-get", press="i", keys=("i",),
        before="The same function again. Its frozen environment is thawed; nothing is imported anew, and its globals "
        "are as they were left.",
        after="No Init Duration, and the answer lists two orders: the one made before is still in memory.",
        happened=_ran(API, cold=False), looks=(ENVIRONMENTS, INVOKE),
    ),
    Step(
        title="The freeze trap", function=MAILER, press="i", keys=("i",),
        before="work-after-return starts a thread that sends a mail 0.4 s later, and returns at once. On a laptop that "
        "works.",
        after="Answered, frozen, and no mail: the freeze holds the thread too. It may wait like this for minutes.",
        happened=_frozen_after(MAILER), looks=(ENVIRONMENTS, ENVIRONMENTS),
    ),
    Step(
        title="Thawed", function=MAILER, event='{"wait": true}', press="i", keys=("i",),
        before="The next invoke thaws the environment, and everything in it goes on from where it stood.",
        after="The log tells: the mail of the first request was sent inside the second one, and billed to it.",
        happened=_ran(MAILER),
    ),
    Step(
        title="Counting in a global", function=COUNTER, press="i", keys=("i",),
        before="lost-globals counts its visits twice: in a global, and in a file in /tmp.",
        after="One and one. As long as the environment lives, both go up together.",
        happened=_ran(COUNTER, Status.SUCCESS), looks=(ENVIRONMENTS, INVOKE),
    ),
    Step(
        title="Timeout", function=COUNTER, event='{"hang": true}', press="i", keys=("i",),
        before="Now it hangs, with a timeout of 1 s. The platform kills the runtime, but keeps the environment.",
        after="Status: timeout. The environment was reset: its processes are gone, its /tmp is not.",
        happened=_ran(COUNTER, Status.TIMEOUT), looks=(ENVIRONMENTS, ENVIRONMENTS),
    ),
    Step(
        title="After the reset", function=COUNTER, press="i", keys=("i",),
        before="Once more without hanging. INIT runs again, inside this invoke. What will the two counters say?",
        after="Memory says 1, /tmp says 3: a timeout loses what was in globals and keeps what was written to disk.",
        happened=_ran(COUNTER, Status.SUCCESS), looks=(ENVIRONMENTS, INVOKE),
    ),
    Step(
        title="Retries", function=WORKER, sample="sqs-batch", mode=InvocationType.EVENT, press="i", keys=("i",),
        before="order-worker gets a batch with a poison record, asynchronously (m switches that). A failure is tried "
        "again after 1 and 2 minutes; at speed 60 these are seconds.",
        after="Three attempts, three errors: the queue line under the environments has told when each was due. Then "
        "Lambda gives up.",
        happened=_ran(WORKER, Status.ERROR, times=1 + RETRIED_TIMES), looks=(ENVIRONMENTS, REPORTS),
    ),
    Step(
        title="Save the code", function=API, sample="http-get", press="^n", keys=("ctrl+n",),
        before="api/app.py is about to be saved, as your editor would do it. Or edit it yourself: ",
        after="Noticed, and ready within milliseconds. Environments with the old code end; the next "
        "invoke starts anew.",
        happened=_reloaded(API), looks=(ENVIRONMENTS, LOGS),
    ),
    Step(
        title="Cold again", function=API, sample="http-get", press="i", keys=("i",),
        before="The same request as before. Which orders will be there?",
        after="A cold start, and one order: new code means new environments, and their globals begin anew.",
        happened=_ran(API, cold=True), looks=(ENVIRONMENTS, INVOKE),
    ),
)  # fmt: skip

SAVE_STEP = next(step for step in STEPS if step.keys == ("ctrl+n",))
"""The one that the demo itself does, when it is told to go on."""

CLOSING = (
    "That was the tour. Everything here stays yours to try: ? shows the keys, h the past invokes, ^p every command, "
    "^q leaves. Your own project: run `lambdatui` in its directory."
)
