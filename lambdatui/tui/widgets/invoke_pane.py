"""Pane 3: the event, how it is sent, and the answer. Remembers a draft and an answer per function."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import TextArea

from lambdatui.model.history import InvocationDetail, Outcome
from lambdatui.model.ids import FunctionName, RequestId
from lambdatui.model.invocation import InvocationType
from lambdatui.tui import actions, figures, key_hints
from lambdatui.tui.actions import Scope
from lambdatui.tui.calls import Refusal
from lambdatui.tui.draft import MODES, Draft, Sent
from lambdatui.tui.event_json import flaw
from lambdatui.tui.messages import PastInvokeWanted, SampleWanted
from lambdatui.tui.scene import Scene
from lambdatui.tui.series_run import SeriesRun
from lambdatui.tui.widgets.answer_line import AnswerLine
from lambdatui.tui.widgets.invoke_parts import EventEditor, EventLine, ModeSwitch, ResponseView
from lambdatui.tui.widgets.pane import Pane
from lambdatui.tui.widgets.past_invoke import PastInvoke


class InvokePane(Pane):
    NUMBER = 3
    TITLE = "Invoke"
    SCOPE = Scope.INVOKE
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(Scope.INVOKE)

    def __init__(self, wall: Callable[[], float], answer: AnswerLine) -> None:
        """``answer`` stands in for the pane where that is not on the screen."""
        super().__init__(id="invoke")
        self._answer = answer
        self._typing = False
        self._line = EventLine()
        self._mode = ModeSwitch(self.set_mode)
        self._response = ResponseView(wall)
        self._past = PastInvoke()
        self._editor: EventEditor | None = None
        self._drafts: dict[FunctionName, Draft] = {}
        self._sent: dict[FunctionName, Sent | SeriesRun] = {}
        self._loaded: FunctionName | None = None

    def compose(self) -> ComposeResult:
        yield self._line
        yield self._mode
        yield self._response
        yield self._past

    async def mount_editor(self) -> None:
        """Put the editor in; done after the first paint, because it is the slowest part to load."""
        from lambdatui.tui.theme import editor_themes, syntax_for

        editor = EventEditor()
        for theme in editor_themes():
            editor.register_theme(theme)
        editor.theme = syntax_for(self.app.current_theme)
        await self.mount(editor, after=self._line)
        self.app.theme_changed_signal.subscribe(editor, lambda theme: setattr(editor, "theme", syntax_for(theme)))
        self._editor = editor
        self._load()

    def draw(self, scene: Scene) -> None:
        if scene.function is not None and scene.function not in self._drafts:
            self._drafts[scene.function] = Draft()
            view = scene.function_view
            self.post_message(SampleWanted(scene.function, view.events if view is not None else ()))
        if scene.function != self._loaded:
            self._load()
        self._look_back(scene)
        self._refresh_parts()

    def _look_back(self, scene: Scene) -> None:
        """Show what was sent and answered at the moment that is picked, or what is being sent now."""
        focused = self.has_focus_within
        wanted = self._past.look(scene)
        if wanted is not None:
            self.post_message(PastInvokeWanted(wanted))
        self.set_class(self._past.display, "-past")
        if focused and self._past.display is not self._past.has_focus:
            self.take_focus()

    @property
    def past(self) -> InvocationDetail | None:
        """The past invocation that is shown instead of the draft."""
        return self._past.detail

    def show_past(self, request_id: RequestId, found: InvocationDetail | Refusal) -> None:
        """What the history has of an invoke that was asked for."""
        self._past.take(request_id, found)

    @property
    def draft(self) -> Draft:
        return self._drafts.get(self.scene.function, Draft()) if self.scene.function else Draft()

    def draft_of(self, function: FunctionName) -> Draft:
        return self._drafts.get(function, Draft())

    @property
    def running(self) -> bool:
        return self._response.running

    def tick(self) -> None:
        if self.running:
            self._response.tick()

    def set_event(self, function: FunctionName, text: str, sample: str | None) -> None:
        """Put an event into a function's draft: a sample, or what an external editor left."""
        held = self._drafts.get(function, Draft())
        pristine = text if sample is not None else held.pristine
        self._drafts[function] = replace(held, text=text, sample=sample or held.sample, pristine=pristine)
        if function == self.scene.function:
            self._load()
            self._refresh_parts()

    def set_mode(self, mode: InvocationType) -> None:
        self._change(mode=mode)

    def next_mode(self) -> None:
        self._change(mode=MODES[(MODES.index(self.draft.mode) + 1) % len(MODES)])

    def set_qualifier(self, function: FunctionName, qualifier: str | None) -> None:
        self._drafts[function] = replace(self._drafts.get(function, Draft()), qualifier=qualifier)
        self._refresh_parts()

    @property
    def series(self) -> SeriesRun | None:
        """The selected function's, while it runs."""
        sent = self._sent.get(self.scene.function) if self.scene.function else None
        return sent if isinstance(sent, SeriesRun) and sent.running else None

    @property
    def failure(self) -> bytes | None:
        """The error document that is shown, or that the selected function answered last, if it did."""
        past = self.past
        if past is not None:
            return past.response if past.summary.outcome in (Outcome.ERROR, Outcome.TIMEOUT) else None
        sent = self._sent.get(self.scene.function) if self.scene.function else None
        outcome = sent.outcome if isinstance(sent, Sent) else None
        if outcome is None or isinstance(outcome, Refusal) or outcome.function_error is None:
            return None
        return outcome.payload

    def show_sent(self, sent: Sent | SeriesRun) -> None:
        """A send began or ended; it is shown if its function is selected, and remembered either way."""
        self._sent[sent.function] = sent
        self._refresh_parts()

    def point_out_flaw(self, now_s: float) -> Refusal | None:
        """Why it is not sent when the event is not JSON: the pane says it, and the editor's cursor waits there.

        The focus stays where it is: keys typed next must not land in the event.
        """
        found, function = flaw(self.draft.text), self.scene.function
        if found is None or function is None:
            return None
        refusal = Refusal(message=f"the event is not JSON: {found}", hint="⏎ in pane 3 edits it, at the mistake")
        self.show_sent(Sent(function=function, mode=self.draft.mode, started_s=now_s, outcome=refusal))
        if self._editor is not None:
            self._editor.move_cursor((found.line - 1, found.column - 1))
        return refusal

    def take_focus(self) -> None:
        """The line that names the event: keys of the pane work there."""
        self.screen.set_focus(self._past if self._past.display else self._line)

    def edit(self) -> None:
        """Into the editor; escape leaves it."""
        if self._editor is not None:
            self.screen.set_focus(self._editor)

    def on_descendant_focus(self) -> None:
        self._see_who_types()

    def on_descendant_blur(self) -> None:
        self._see_who_types()

    def _see_who_types(self) -> None:
        """That one part lost the focus may be heard after that another one got it."""
        self._typing = self._editor is not None and self._editor.has_focus
        self.hint_keys()

    def hint_keys(self) -> None:
        hint = key_hints.typing_hint if self._typing else key_hints.hint
        self.border_subtitle = Content(hint(self.SCOPE, self.hint_room))

    @on(EventEditor.Left)
    def _left(self, message: EventEditor.Left) -> None:
        message.stop()
        self.take_focus()

    def _change(self, *, mode: InvocationType) -> None:
        if self.scene.function is not None:
            self._drafts[self.scene.function] = replace(self.draft, mode=mode)
            self._refresh_parts()

    def _load(self) -> None:
        if self._editor is not None and self.scene.function is not None:
            self._loaded = self.scene.function
            if self._editor.text != self.draft.text:
                self._editor.load_text(self.draft.text)

    def _refresh_parts(self) -> None:
        draft, scene = self.draft, self.scene
        self._line.show(draft, flaw(draft.text))
        self._mode.show(draft)
        sent = self._sent.get(scene.function) if scene.function else None
        self._response.show(scene, sent)
        self._answer.show(sent if scene.moment is None else None)
        self.set_class(not scene.views.functions, "-empty")
        moment = scene.moment
        self.entitle(scene.function or "", "" if moment is None else f"AT {figures.clock(moment.time_s)}")

    @on(TextArea.Changed)
    def _edited(self, message: TextArea.Changed) -> None:
        message.stop()
        function = self._loaded
        if function is not None and function == self.scene.function:
            self._drafts[function] = replace(self.draft, text=message.text_area.text)
            self._line.show(self.draft, flaw(self.draft.text))
