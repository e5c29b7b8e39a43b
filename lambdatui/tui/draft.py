"""What a function is about to be invoked with, and what came of the last time. Pure; one per function."""

from dataclasses import dataclass
from typing import Final

from lambdatui.model.ids import FunctionName
from lambdatui.model.invocation import InvocationType
from lambdatui.model.views import ReportView
from lambdatui.tui import figures
from lambdatui.tui.calls import Refusal
from lambdatui.tui.ports import InvokeAnswer
from lambdatui.tui.response_text import body
from lambdatui.tui.sanitise import clean
from lambdatui.tui.source_places import failing_line
from lambdatui.tui.spans import Line, Span, plain

MODES: Final = (InvocationType.REQUEST_RESPONSE, InvocationType.EVENT, InvocationType.DRY_RUN)
MODE_WORDS: Final = {
    InvocationType.REQUEST_RESPONSE: "sync",
    InvocationType.EVENT: "async",
    InvocationType.DRY_RUN: "dry run",
}
SHORT_BYTES = 512
"""No terminal has a row for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """``sample`` names the event the text came from; ``pristine`` is that text, to see whether it was edited."""

    text: str = ""
    sample: str | None = None
    pristine: str = ""
    mode: InvocationType = InvocationType.REQUEST_RESPONSE
    qualifier: str | None = None

    @property
    def sent_sample(self) -> str | None:
        """The name of the sample that is sent; None for what somebody wrote."""
        return None if self.edited else self.sample

    @property
    def edited(self) -> bool:
        return self.text != self.pristine

    @property
    def name(self) -> str:
        return (self.sample or "own event") + (" *" if self.edited and self.sample else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One send. ``outcome`` is None while it runs; ``took_ms`` is what the caller waited, not Duration."""

    function: FunctionName
    mode: InvocationType
    started_s: float
    outcome: InvokeAnswer | Refusal | None = None
    took_ms: float | None = None

    @property
    def running(self) -> bool:
        return self.outcome is None

    def status(self, now_s: float, report: ReportView | None) -> Line:
        """The head line of the response; ``report`` is this invoke's, once it came."""
        outcome = self.outcome
        if outcome is None:
            return (
                ("● ", "invoke"),
                ("running ", "invoke bold"),
                (figures.duration((now_s - self.started_s) * 1000), "plain"),
            )
        spans = _verdict(outcome)
        if isinstance(outcome, Refusal):
            return tuple(spans)
        if report is None:
            spans.append((f"  answered in {figures.duration(self.took_ms)}", "dim"))
        else:
            spans += [(f"  {figures.duration(report.duration_ms)}", "plain bold"),
                      (f"  billed {report.billed_duration_ms} ms", "dim")]  # fmt: skip
            if report.cold:
                what = "init" if report.restore_duration_ms is None else "restore"
                spans.append((f"  cold, {what} {figures.duration(report.start_duration_ms)}", "init"))
        if outcome.payload:
            spans.append((f"  {figures.size(len(outcome.payload))}", "dim"))
        spans.append((f"  {clean(str(outcome.request_id))[:8]}", "faint"))
        return tuple(spans)

    def in_short(self) -> Line:
        """The beginning of it all, in one row; of a payload as the function wrote it, but for its white space."""
        outcome = self.outcome
        if outcome is None:
            return (("● ", "invoke"), ("running", "invoke bold"))
        if isinstance(outcome, Refusal) or outcome.status_code in (202, 204):
            return (*_verdict(outcome), *(("  " + plain(row), "dim") for row in self.rows()[:1]))
        beginning = " ".join(outcome.payload[:SHORT_BYTES].decode("utf-8", errors="replace").split())
        more = "…" if len(outcome.payload) > SHORT_BYTES else ""
        return (*_verdict(outcome), (f"  {clean(beginning)}{more}", "plain"))

    def rows(self) -> tuple[Line, ...]:
        """What is under the head line."""
        outcome = self.outcome
        if outcome is None:
            return ()
        if isinstance(outcome, Refusal):
            return (((clean(outcome.hint), "dim"),),) if outcome.hint else ()
        match outcome.status_code:
            case 202:
                return ((("Accepted: it runs in the background and is retried twice when it fails.", "dim"),),
                        (("Watch the queue in pane 2 and the log in pane 4.", "dim"),))  # fmt: skip
            case 204:
                return ((("Dry run: the call would be accepted. Nothing ran.", "dim"),),)
        if outcome.function_error is None:
            return body(outcome.payload, failed=False)
        return (*_way_to_the_code(outcome.payload), *body(outcome.payload, failed=True))


def _verdict(outcome: InvokeAnswer | Refusal) -> list[Span]:
    if isinstance(outcome, Refusal):
        return [("✖ ", "bad"), ("not invoked ", "bad bold"), (clean(outcome.message), "bad")]
    if not outcome.function_error:
        return [("✔ ", "ok"), (str(outcome.status_code), "ok bold")]
    return [("✖ ", "bad"), (str(outcome.status_code), "bad bold"), (f" {clean(outcome.function_error)}", "bad bold")]


def _way_to_the_code(payload: bytes) -> tuple[Line, ...]:
    """Which key leads to the line that is blamed."""
    blamed = failing_line(payload)
    if blamed is None:
        return ()
    file, line = blamed
    return ((("o", "accent bold"), (f" opens {clean(file.rsplit('/', 1)[-1])}:{line}", "dim")),)
