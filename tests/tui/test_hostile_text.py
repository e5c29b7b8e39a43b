"""Text that is not ours, pushed through every pane: no markup, no control, no crash."""

from dataclasses import replace

import pytest

from lambdatui.model.environment_detail import Descriptor, EnvironmentDetail, EnvironmentVariable, Mount
from lambdatui.model.ids import EnvironmentId, FunctionName
from lambdatui.model.records import FunctionLog, ScratchFile
from lambdatui.model.views import EngineView, ReloadView, Views
from tests.tui.support import pictures
from tests.tui.support.desk import Desk, desk
from tests.tui.support.details import DETAIL
from tests.tui.support.fake_client import FakeAnswer, FakeClient, FakeSample

HOSTILE = (
    "[/x] [bold red]markup[/] [@click=app.quit]q[/]",
    "\x1b[2J\x1b[H\x1b]0;owned\x07\x1bP1$r\x1b\\",
    "\u202egpj.exe\u2066\u200b\ufeff",
    "\x00\x07\x08\r\n\t\x7f\x9b31m",
    "漢字🧨👩‍👩‍👧" + "e" + "\u0301" * 50,
    "\udc80\ud800 lone",
    "x" * 100_000,
)
VIEWS = ("#header", "#notice", "#function-list", "#environment-rows", "#queue-line", "#event-line", "#response",
         "#log-view", "#report-rows", "#scratch-rows")  # fmt: skip


def poisoned(text: str) -> Views:
    """The busy picture with ``text`` wherever a word comes from outside."""
    views = pictures.busy()
    name = FunctionName(text)
    reload = ReloadView(revision=1, files=(text,), changed_s=0.0, broken=text)
    function = replace(
        views.functions[pictures.API], name=name, handler=text, runtime=text, problems=(text,), reload=reload
    )
    file = ScratchFile(path=text, size_bytes=1, modified_s=0.0)
    environment = replace(views.environments[EnvironmentId("e1a")], function=name, reason=text, files=(file,))
    return replace(
        views,
        engine=EngineView(project=text, root=text, url=text, backend=text, problems=(text,)),
        functions={name: function},
        environments={EnvironmentId(text): replace(environment, id=EnvironmentId(text))},
        queue={key: replace(event, function=name, error_type=text) for key, event in views.queue.items()},
        reports=tuple(replace(report, function=name, error_type=text) for report in views.reports),
    )


def assert_harmless(bench: Desk) -> None:
    for where in VIEWS:
        for row in bench.rows(where):
            row.encode("utf-8")
            assert row.isprintable(), (where, row[:80])
    assert "\x1b]0;owned" not in bench.app.export_screenshot()


def poisoned_detail(text: str) -> EnvironmentDetail:
    return replace(
        DETAIL,
        log_stream=text,
        steps=tuple(replace(step, happened=text, commands=(text,)) for step in DETAIL.steps),
        processes=tuple(replace(process, command=text) for process in DETAIL.processes),
        descriptors=(Descriptor(number=1, target=text),),
        variables=(EnvironmentVariable(name=text, value=text),),
        mounts=(Mount(path=text, source=text, kind=text, read_only=True),),
        extension_lines=tuple(replace(line, name=text) for line in DETAIL.extension_lines),
        machine=replace(
            DETAIL.machine,
            retiring=text,
            extensions=tuple(replace(each, name=text, error_type=text) for each in DETAIL.machine.extensions),
        ),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "escapes", "bidi", "controls", "wide", "surrogates", "long"])
async def test_hostile_words_in_an_environment_are_only_shown(text: str) -> None:
    async with desk(FakeClient(views=poisoned(text), details={text: poisoned_detail(text)})) as bench:
        await bench.press("2", "enter")
        for name in ("machine", "inputs", "processes", "variables", "extensions", "place", "tmp"):
            for row in bench.rows(f"#rows-{name}"):
                assert row.isprintable(), (name, row[:80])
        assert "\x1b]0;owned" not in bench.app.export_screenshot()


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "escapes", "bidi", "controls", "wide", "surrogates", "long"])
async def test_hostile_words_are_only_shown(text: str) -> None:
    answer = FakeAnswer(function_error=text, payload=text.encode("utf-8", "replace"), request_id=text)
    sample = FakeSample(name=text, service=text, title=text)
    client = FakeClient(
        views=poisoned(text), answer=answer, samples_shown=(sample,), files={text: text.encode("utf-8", "replace")}
    )
    async with desk(client) as bench:
        client.say(FunctionLog(request_id=None, lines=(text, f"[ERROR] {text}")), function=text, environment=text)
        await bench.press("i")
        assert_harmless(bench)
        await bench.press("2", "k", "escape", "b", "escape", "6", "enter")
        assert bench.app.is_running
