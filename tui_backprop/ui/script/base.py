"""The screen of a script: what is seen of a run of their own code, and how its process is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from tui_backprop.core.errors import InputError
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.ui.actions.saving import SavingActions
from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.bars.status import StatusLine
from tui_backprop.ui.bars.timeline import TimelineBar
from tui_backprop.ui.layout import Layout
from tui_backprop.ui.lesson import LessonPane
from tui_backprop.ui.panels.entries import EntriesPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.script.header import ScriptHeader
from tui_backprop.ui.script.keys import KEYS, PANELS, PLACES
from tui_backprop.ui.script.panels import (
    ScriptFindingsPanel,
    ScriptGradientsPanel,
    ScriptLossPanel,
    ScriptParametersPanel,
    ScriptPredictionPanel,
)
from tui_backprop.ui.script.source import SourcePanel
from tui_backprop.ui.script.step import ScriptStepPanel
from tui_backprop.ui.script.watches import ScriptWatchesPanel
from tui_backprop.ui.toolkit.aside import aside

_SLICE = 0.08  # seconds of a run between two frames
_WATCH = 0.5  # seconds between two looks at the file, and at how long its process has been asked
_GRID = (112, 34)  # columns and rows from which on Source has four panels beside it
_FURTHER = 0.7  # seconds in which another fix may follow, so that this text need not be explained
_BACKLOG = 6  # wishes that may wait
_STUCK = 1.0  # seconds after which a question is taken to be stuck


class ScriptBase(SavingActions):
    """The screen of a script: what is seen, and how its process is asked."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../app.tcss", "script.tcss", "../panels/panels.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [key.binding() for key in KEYS]
    KEYS = KEYS
    PANELS = PANELS
    PLACES = PLACES

    def __init__(self, script: SteppedScript) -> None:
        super().__init__()
        self.script = script
        self.running = False
        """Whether its own loop goes on."""
        self.carried: Any = None
        """What is to be opened in the trainer once this app has ended."""
        self._following = False
        self._turn = asyncio.Lock()  # the process is asked one thing at a time
        self._asked_at: float | None = None
        self._waiting = 0  # wishes that are not fulfilled yet
        self._speed = 0.0
        self._touched = False
        self.problem: InputError | None = None
        """Why the file cannot be used at all."""

    def compose(self) -> ComposeResult:
        """Header, the panels, the tab bar of small terminals, a line for what is new, and the footer."""
        yield ScriptHeader()
        yield Static(id="tabs")
        with Container(id="panels"):
            yield SourcePanel("source")
            yield ScriptStepPanel("step")
            yield ScriptGradientsPanel("gradients")
            yield ScriptParametersPanel("parameters")
            yield ScriptLossPanel("loss")
            yield ScriptPredictionPanel("prediction")
            yield ScriptFindingsPanel("findings")
            yield ScriptWatchesPanel("watches")
        yield LessonPane()
        yield TimelineBar()
        yield Static(id="news", markup=False)
        yield StatusLine()
        yield self.too_small()
        yield KeysFooter(show_command_palette=True)

    def on_mount(self) -> None:
        """Show the file, and run it for its check once that is painted."""
        self.begin_panels()
        self.redraw()  # the first picture has the source already
        self.set_interval(_WATCH, self._watch)
        self.call_after_refresh(self._open)

    def on_unmount(self) -> None:
        """Let nothing that the script is asked go on."""
        self.running = False
        self.script.interrupt()

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size: the grid needs more room than the trainer's."""
        found = super().layout_at(columns, rows)
        return "tabs" if found == "grid" and (columns < _GRID[0] or rows < _GRID[1]) else found

    # what is seen

    @property
    def seen(self) -> str:
        """The file and the update."""
        frame = self.script.frame
        return f"{frame.name}, update {frame.update}"

    def redraw(self) -> None:
        """Take a frame and show it to whatever is in sight."""
        self._redraw_due = False
        if not self.is_running:  # an answer that comes while the app ends is for nobody
            return
        frame = self.script.frame
        base = self.screen_stack[0]
        base.query_one(ScriptHeader).show(frame, self.run_state)
        timeline = base.query_one(TimelineBar)
        timeline.set_class(frame.last_step <= 1, "untouched")
        timeline.show(frame)
        for panel in base.query(Panel):
            if panel.frame is None or self.is_in_sight(panel):
                panel.show(frame)
        line = base.query_one("#news", Static)
        said = self._line(frame)
        line.update(said)
        line.set_class(not said, "silent")
        line.set_class(bool(frame.trouble), "trouble")
        self.dim((frame.update <= 1, frame.fixes == 0, frame.window is None))

    def _line(self, frame: ScriptFrame) -> str:
        """Return what is new: what went wrong, that the file was saved, or at first which keys start it."""
        if frame.trouble:
            return frame.trouble
        if frame.window is None:
            return "its random numbers are seeded, and what it writes is thrown away; q leaves"
        if frame.window.trouble:
            return frame.window.trouble
        if self._touched:
            return ""
        return "p: next line, n: next update, space: run, 6: findings, !: fix, ?: all keys"

    @property
    def run_state(self) -> str:
        """What the header says: whether it runs, and how fast."""
        frame = self.script.frame
        if frame.passing is not None:
            return f"… at update {frame.passing:,}"
        if self.stuck and self._asked_at is not None:
            waited = f"{time.monotonic() - self._asked_at:.0f} s"
            return f"… {waited}" if frame.window is None else f"… no answer for {waited}"
        if not self.running:
            return "‖ paused"
        return "▶" + (f" {self._speed:,.0f}/s" if self._speed else "")

    @property
    def stuck(self) -> bool:
        """Whether the script has not answered for a while."""
        return self._asked_at is not None and not self._following and time.monotonic() - self._asked_at > _STUCK

    def _watch(self) -> None:
        """Show what changes by itself: that the file was saved, and that its process does not answer."""
        if self.stuck:
            self.redraw()
        if self.script.changed_on_disk and len(self.screen_stack) == 1 and self.script.frame.window is not None:
            self._ask_to_reload()

    def _ask_to_reload(self) -> None:
        raise NotImplementedError

    # asking the script

    async def ask(self, work: Callable[[], object]) -> bool:
        """Ask the script something beside the event loop, and say whether it answered; if not, why not is to be seen."""
        async with self._turn:
            self._asked_at = time.monotonic()
            try:
                await aside(partial(_done, work))
            except InputError as error:
                self.running = False
                if self.is_running and self.script.frame.trouble != str(error):  # that is on the line below
                    self.refuse(error)
                return False
            except ValueError as error:
                self.tell(str(error))
                return False
            finally:
                self._asked_at = None
        return True

    def begin(self, work: Callable[[], object], then: Callable[[], None] | None = None) -> None:
        """Halt its run, have some work done beside the event loop, and show what came of it."""
        self._touched = True
        if self._waiting >= _BACKLOG:  # a key that is held down must not go on for long after it is let go
            return
        self._waiting += 1

        async def do() -> None:
            try:
                await self.halt()
                if await self.ask(work) and then is not None:
                    then()
            finally:
                self._waiting -= 1
            self.redraw()

        self.run_worker(do())

    async def halt(self) -> None:
        """Have its own loop pause, and wait until it does."""
        self.running = False
        if self.script.running:
            await self.ask(self.script.pause)

    def _open(self) -> None:
        async def do() -> None:
            known = self.script.frame.window is not None  # back from the trainer
            if not known and not await self.ask(self._complete):
                self.exit()
            elif known or await self.ask(self.script.open):
                self.explain()
            self.redraw()

        self.run_worker(do())

    def _complete(self) -> None:
        try:
            self.script.complete()
        except InputError as error:
            self.problem = error
            raise

    def explain(self) -> None:
        """Look for mistakes and causes beside everything else."""
        version = self.script.version

        async def do() -> None:
            if self.script.frame.fixes:
                await asyncio.sleep(_FURTHER)
            if self.script.version is version:
                await aside(self.script.explain)
                self.redraw()

        self.run_worker(do())

    # running

    async def follow(self) -> None:
        """Follow its own loop in portions, and redraw about ten times a second."""
        self._following, self._speed = True, 0.0
        if await self.ask(self.script.start):
            while self.running and self.script.running:
                started, update = time.monotonic(), self.script.frame.update
                reason: list[str] = []
                if not await self.ask(partial(self._take, reason)):
                    break
                took = time.monotonic() - started
                self._speed = max(0.0, (self.script.frame.update - update) / took)
                self._halted(reason[0])
                self.redraw()
                await asyncio.sleep(0)
        self._following = False
        if self.script.running:
            await self.ask(self.script.pause)
        self.running = False
        self.redraw()

    def _take(self, reason: list[str]) -> None:
        reason.append(self.script.follow(_SLICE))

    def _halted(self, reason: str) -> None:
        frame = self.script.frame
        if reason == "ended":
            self.tell(f"its training ends after {frame.total:,} updates" if not frame.notes else frame.notes[0])
        elif reason == "line" and frame.event is not None:
            self.tell(f"halted at line {frame.place(frame.event.line)} of update {frame.update:,}")
        elif reason and reason not in ("paused", "pause"):
            self.tell(f"halted before update {frame.update:,}: {reason}")

    # messages of the panels

    @on(Panel.Selected)
    def follow_entry(self, message: Panel.Selected) -> None:
        """Let the other list follow the entry that was selected."""
        for panel in self.screen_stack[0].query(EntriesPanel):
            if panel is not message.panel and message.position is not None:
                panel.select(message.position)

    @on(TimelineBar.StepChosen)
    def go_to_chosen(self, message: TimelineBar.StepChosen) -> None:
        """Go to an update of the timeline."""
        self.begin(partial(self.script.go_to, max(1, message.step)))

    @on(SourcePanel.LineChosen)
    def look_at_line(self, message: SourcePanel.LineChosen) -> None:
        """Look at a line that was clicked."""
        frame = self.script.frame
        if not self.script.go_to_line(message.line, frame.file):
            self.tell(f"line {frame.place(message.line)} does not run in this update")
        self.redraw()

    @on(ScriptStepPanel.Followed)
    def follow_operand(self, message: ScriptStepPanel.Followed) -> None:
        """Look at the statement that made an operand."""
        self.script.stand(message.event)
        self.redraw()

    @on(ScriptFindingsPanel.Chosen)
    def look_at_finding(self, message: ScriptFindingsPanel.Chosen) -> None:
        """Look at the line of a finding."""
        from tui_backprop.session.script_run.fixes import problem_lines  # noqa: PLC0415  (loaded with the first finding)

        lines = problem_lines(message.problem)
        if not lines:
            self.tell("this finding is about the whole network, not about a line")
        elif self.script.go_to_line(lines[0], self.script.file_of(message.problem)):
            self.action_panel("source")
            self.bring_to_front("step")
            self.active = "source"
        else:
            place = self.script.frame.place(lines[0], self.script.file_of(message.problem))
            self.tell(f"line {place} does not run in this update")
        self.redraw()


def _done(work: Callable[[], object]) -> None:
    work()
