"""What the workbench has the engine do: each errand is one worker, and every refusal ends up where people look."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from lambdatui.model.ids import EnvironmentId, FunctionName, RequestId
from lambdatui.model.orders import EXPLAINED, Order
from lambdatui.model.phase import Phase
from lambdatui.model.series import SeriesPlan
from lambdatui.tui import order_words
from lambdatui.tui.calls import NOT_ATTACHED, Refusal, T, attempt
from lambdatui.tui.draft import Sent
from lambdatui.tui.event_match import best, fits, ranked
from lambdatui.tui.feed import Feed
from lambdatui.tui.log_lines import recalled
from lambdatui.tui.messages import OlderLinesWanted
from lambdatui.tui.older_lines import OLDER_LINES, instant_s
from lambdatui.tui.ports import EngineClient, SampleInfo
from lambdatui.tui.sanitise import clean, clean_rows
from lambdatui.tui.series_run import SeriesRun

if TYPE_CHECKING:
    from lambdatui.tui.screens.workbench import Workbench

SHOWN_BYTES = 256 * 1024


class Errands:
    """``send``, ``order`` and the rest start a worker and return at once."""

    def __init__(self, bench: "Workbench", feed: Feed, wall: Callable[[], float]) -> None:
        self._bench = bench
        self._feed = feed
        self._wall = wall
        self._samples: Sequence[SampleInfo] | None = None
        self._plans: dict[FunctionName, SeriesPlan] = {}

    def send(self) -> None:
        """Invoke the selected function with its draft; a second send while one runs is another invoke."""
        function = self._bench.scene.function
        if function is None:
            return
        refusal = self._bench.invoke.point_out_flaw(self._wall())
        if refusal is None:
            self._run(f"invoke:{function}", self._send(function))
        elif not self._bench.invoke.display:
            self._say(refusal)

    def repeat(self) -> None:
        """The selected function with its draft, many times."""
        function = self._bench.scene.function
        if function is None or self._bench.invoke.series is not None:
            return
        refusal = self._bench.invoke.point_out_flaw(self._wall())
        if refusal is None:
            self._run(f"series:{function}", self._repeat(function))
        elif not self._bench.invoke.display:
            self._say(refusal)

    def stop_series(self) -> bool:
        """Of the selected function: True where one runs. Once more leaves those that run to themselves."""
        run = self._bench.invoke.series
        if run is None:
            return False
        if run.series.stopping:
            self._bench.workers.cancel_group(self._bench, f"series:{run.function}")
        run.series.stop()
        return True

    def save(self) -> None:
        """The draft as a sample event of the project."""
        function = self._bench.scene.function
        if function is not None:
            self._run(f"save:{function}", self._save(function))

    def qualify(self) -> None:
        """Ask which version or alias the event is for."""
        function = self._bench.scene.function
        if function is not None:
            self._run(f"qualifier:{function}", self._qualify(function))

    def order(self, order: Order) -> None:
        """Have the selected environment do something; asks first where something is lost by it."""
        view = self._bench.scene.environment_view
        if view is None or view.phase is Phase.DEAD:
            self._say(Refusal(message=f"there is no environment to {order}", hint="i starts one"))
            return
        from lambdatui.tui.screens.dialogs import Question

        def answered(sure: bool | None) -> None:
            if sure:
                self._run(f"order:{view.id}", self._order(view.id, order))

        asked = order_words.question(order, view.id, view)
        if asked is None:
            answered(True)
        else:
            self._bench.app.push_screen(Question(*asked, order), answered)

    def freeze(self) -> None:
        """Or thaw what is frozen."""
        view = self._bench.scene.environment_view
        self.order(Order.THAW if view is not None and view.frozen else Order.FREEZE)

    def copy_test(self) -> None:
        """The selected environment's last inputs, as a test."""
        view = self._bench.scene.environment_view
        if view is not None:
            self._run(f"environment:{view.id}", self._copy_test(view.id))

    def best_sample(self, function: FunctionName, events: Sequence[str]) -> None:
        self._run(f"sample:{function}", self._best_sample(function, events))

    def pick_sample(self) -> None:
        self._run("samples", self._pick_sample())

    def open_file(self, environment: EnvironmentId, path: str) -> None:
        self._run(f"file:{environment}", self._open_file(environment, path))

    def older_lines(self, wanted: OlderLinesWanted) -> None:
        self._run("older lines", self._older_lines(wanted))

    def past_invoke(self, request_id: RequestId) -> None:
        """What the history has of the invoke of a picked moment."""
        self._run("past invoke", self._past_invoke(request_id))

    def catch_up(self) -> None:
        """The pause is over: show what the feed has by now."""
        self._bench.show(self._feed.views, self._feed.link, self._feed.problems)

    def edit(self) -> None:
        """The draft in the user's editor; the screen comes back when the editor ends."""
        from textual.app import SuspendNotSupported

        from lambdatui.tui.external_editor import edit_text

        function, draft = self._bench.scene.function, self._bench.invoke.draft
        if function is None:
            return
        try:
            with self._bench.app.suspend():
                text = edit_text(draft.text)
        except SuspendNotSupported:
            self._say(Refusal(message="this terminal cannot hand over to an editor", hint="edit in pane 3"))
            return
        if isinstance(text, Refusal):
            self._say(text)
        else:
            self._bench.invoke.set_event(function, text, None)

    def open_source(self) -> None:
        """The file that the last answer blames, at that line, in the user's editor; without one, the handler's."""
        function = self._bench.scene.function
        if function is not None:
            self._run(f"source:{function}", self._open_source(function, self._bench.invoke.failure))

    async def _open_source(self, function: FunctionName, failure: bytes | None) -> None:
        from lambdatui.tui.screens.opening import open_source

        project = await self._ask(lambda client: client.functions())
        if isinstance(project, Refusal):
            self._say(project)
            return
        found = next((each for each in project.functions if each.name == function), None)
        refusal = await open_source(self._bench.app, found, failure) if found is not None else None
        if refusal is not None:
            self._say(refusal)

    async def _send(self, function: FunctionName) -> None:
        draft = self._bench.invoke.draft
        sent = Sent(function=function, mode=draft.mode, started_s=self._wall())
        self._bench.invoke.show_sent(sent)
        payload = draft.text.encode()
        outcome = await self._ask(
            lambda client: client.invoke(
                function, payload, invocation_type=draft.mode, qualifier=draft.qualifier, sample=draft.sent_sample
            )
        )
        took_ms = (self._wall() - sent.started_s) * 1000
        self._bench.invoke.show_sent(
            Sent(function=function, mode=draft.mode, started_s=sent.started_s, outcome=outcome, took_ms=took_ms)
        )

    async def _repeat(self, function: FunctionName) -> None:
        from lambdatui.client.series import Series  # the client is not needed to paint
        from lambdatui.tui.screens.event_errands import ask_plan, invoking

        plan = await ask_plan(self._bench, function, self._plans.get(function))
        client = self._feed.client
        if plan is None or client is None:
            return
        self._plans[function] = plan
        series = Series(plan, invoking(client, function, self._bench.invoke.draft_of(function)))
        run = SeriesRun(function, series)
        self._bench.invoke.show_sent(run)
        try:
            outcome = await attempt(series.run())
            run.refusal = outcome if isinstance(outcome, Refusal) else None
        finally:
            run.running = False
            self._bench.invoke.show_sent(run)

    async def _save(self, function: FunctionName) -> None:
        from lambdatui.tui.screens.event_errands import save_event

        draft = self._bench.invoke.draft_of(function)
        name = await save_event(self._bench, self._ask, draft.sample or function, draft.text.encode() or b"{}")
        if isinstance(name, Refusal):
            self._say(name)
        elif name is not None:
            self._samples = None
            self._bench.invoke.set_event(function, draft.text, name)

    async def _qualify(self, function: FunctionName) -> None:
        from lambdatui.tui.screens.event_errands import ask_qualifier

        given = await ask_qualifier(self._bench, function, self._bench.invoke.draft_of(function).qualifier)
        if given is not None:
            self._bench.invoke.set_qualifier(function, given or None)

    async def _order(self, environment: EnvironmentId, order: Order) -> None:
        outcome = await self._ask(lambda client: client.order(environment, order))
        if isinstance(outcome, Refusal):
            self._say(outcome)
        else:
            self._bench.notify(EXPLAINED[order], title=f"{environment}: {order}", timeout=2, markup=False)

    async def _copy_test(self, environment: EnvironmentId) -> None:
        from lambdatui.tui.screens.environment_errands import copy_test

        refusal = await copy_test(self._bench.app, self._ask, environment)
        if refusal is not None:
            self._say(refusal)

    async def _best_sample(self, function: FunctionName, events: Sequence[str]) -> None:
        samples = await self._catalogue()
        name = None if isinstance(samples, Refusal) else best(samples, events)
        if name is None:
            if not self._bench.invoke.draft.text:
                self._bench.invoke.set_event(function, "{}", None)
            return
        await self.take_sample(function, name)

    async def _pick_sample(self) -> None:
        from lambdatui.tui.screens.dialogs import Picker

        function = self._bench.scene.function_view
        samples = await self._catalogue()
        if isinstance(samples, Refusal):
            self._say(samples)
            return
        if function is None:
            return
        order = ranked(samples, function.events)
        fitting = frozenset(sample.name for sample in order if fits(sample, function.events))
        name = await self._bench.app.push_screen_wait(Picker(order, fitting, function.name))
        if name is not None:
            await self.take_sample(function.name, name)

    async def take_sample(self, function: FunctionName, name: str) -> None:
        """A sample event into the function's draft."""
        text = await self._ask(lambda client: client.sample(name))
        if isinstance(text, Refusal):
            self._say(text)
        else:
            self._bench.invoke.set_event(function, text.decode("utf-8", errors="replace").rstrip("\n"), name)

    async def _catalogue(self) -> Sequence[SampleInfo] | Refusal:
        if self._samples is None:
            samples = await self._ask(lambda client: client.samples())
            if isinstance(samples, Refusal):
                return samples
            self._samples = samples
        return self._samples

    async def _open_file(self, environment: EnvironmentId, path: str) -> None:
        from lambdatui.tui.screens.dialogs import Reader

        content = await self._ask(lambda client: client.read_scratch(environment, path))
        if isinstance(content, Refusal):
            self._say(content)
            return
        from lambdatui.tui.file_text import rows

        self._bench.app.push_screen(Reader(f"/tmp/{path} · {environment}", rows(content[:SHOWN_BYTES])))

    async def _older_lines(self, wanted: OlderLinesWanted) -> None:
        beginning = wanted.beginning
        found = await self._ask(
            lambda client: client.logs(
                wanted.function,
                OLDER_LINES + len(beginning),
                request_id=wanted.request_id,
                wanted=wanted.text,
                before_s=instant_s(beginning[0]) if beginning else None,
            )
        )
        if isinstance(found, Refusal):
            self._say(found)
        elif not self._bench.logs.show_older(wanted, [row for line in found for row in recalled(line)]) and (
            not wanted.quiet
        ):
            self._bench.notify("The history has no older line of these.", title="nothing older", markup=False)

    async def _past_invoke(self, request_id: RequestId) -> None:
        found = await self._ask(lambda client: client.invocation(request_id))
        self._bench.invoke.show_past(request_id, found)

    async def _ask(self, call: Callable[[EngineClient], Awaitable[T]]) -> T | Refusal:
        client = self._feed.client
        return NOT_ATTACHED if client is None else await attempt(call(client))

    def _run(self, description: str, work: Awaitable[None]) -> None:
        self._bench.run_worker(work, name=description, description=description, group=description)

    def _say(self, refusal: Refusal) -> None:
        text = " ".join(clean_rows(refusal.message))
        self._bench.notify(text, title=clean(refusal.hint), severity="error", markup=False)
