"""The tour of somebody who has just opened the workbench: where to look, and what to know about it. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """``pane`` is the number of the pane that it is about."""

    pane: int
    title: str
    text: str


STOPS = (
    Stop(
        pane=1,
        title="Your functions",
        text="As your template or lambdatui.toml declares them. The selected one decides what all other panes show. "
        "Save a file, and the next invoke runs the new code.",
    ),
    Stop(
        pane=3,
        title="An event",
        text="^j sends it, from anywhere on the screen. b chooses among sample events of S3, SQS, API Gateway and "
        "others; enter edits it here, e in your editor.",
    ),
    Stop(
        pane=2,
        title="Where it runs",
        text="A row per execution environment. ▓ is init: a cold start. █ is an invoke, ─ is frozen: nothing runs "
        "until the next invoke thaws it. ← picks a moment, and logs and reports go back to it; + zooms in.",
    ),
    Stop(
        pane=4,
        title="What it said, took and left",
        text="Logs as CloudWatch would have them. Below: every REPORT with its sums, and the /tmp of the selected "
        "environment with what the last invoke changed in it.",
    ),
    Stop(
        pane=1,
        title="Where to go on",
        text="? has every key, and a page for every concept: init, freeze, /tmp, retries, billing and more. ^p finds "
        "every command, this tour too. h is the history. Now press ^j and watch.",
    ),
)
