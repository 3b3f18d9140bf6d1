"""The trainer: it sends the learner's wishes to a session and shows its frames."""

from __future__ import annotations

import time
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.keep.remembered import Remembered
from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.session.session import Session
from tui_backprop.ui.actions.changing import ChangingActions
from tui_backprop.ui.actions.comparing import PictureActions
from tui_backprop.ui.actions.drawing import DrawingActions
from tui_backprop.ui.actions.files import FileActions
from tui_backprop.ui.actions.findings import FindingActions
from tui_backprop.ui.actions.handing_on import HandingOnActions
from tui_backprop.ui.actions.lessons import LessonActions
from tui_backprop.ui.actions.looking import LookingActions
from tui_backprop.ui.actions.network_edits import InPlaceActions
from tui_backprop.ui.actions.running import RunningActions
from tui_backprop.ui.actions.travel import TravelActions
from tui_backprop.ui.bars.advice import SaidBar
from tui_backprop.ui.bars.footer import KeysFooter
from tui_backprop.ui.bars.header import Header
from tui_backprop.ui.bars.step import StepLine
from tui_backprop.ui.bars.timeline import TimelineBar
from tui_backprop.ui.keys import KEYS
from tui_backprop.ui.layout import PANELS, PLACES, heights
from tui_backprop.ui.lesson import LessonPane
from tui_backprop.ui.panels.curvature import CurvaturePanel
from tui_backprop.ui.panels.distributions import DistributionsPanel
from tui_backprop.ui.panels.findings import FindingsPanel
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.hidden import HiddenPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.parameters import ParametersPanel
from tui_backprop.ui.panels.prediction import PredictionPanel
from tui_backprop.ui.panels.step import StepPanel
from tui_backprop.ui.panels.surface import SurfacePanel
from tui_backprop.ui.panels.watches import WatchesPanel

_LATEST = 0.02  # seconds that charts wait at the most
_BARS = 5  # rows of header, what is said, timeline and footer


class TrainerApp(
    RunningActions,
    TravelActions,
    ChangingActions,
    InPlaceActions,
    DrawingActions,
    LookingActions,
    FindingActions,
    PictureActions,
    LessonActions,
    FileActions,
    HandingOnActions,
):
    """The trainer's app."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "trainer.tcss", "panels/panels.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [key.binding() for key in KEYS]
    KEYS = KEYS
    PANELS = PANELS
    PLACES = PLACES

    def __init__(
        self,
        session: Session,
        lesson: Lesson | None = None,
        remembered: Remembered | None = None,
        *,
        offer: bool = False,
    ) -> None:
        super().__init__(session, remembered)
        self.draws = False
        """Whether it opens with a pen on the predictions."""
        self._offer = offer
        self._first_lesson = lesson
        self._dimmed = True  # as at step 0, where it opens
        self._watching = False
        self._examined = 0.0
        self._late: Frame | None = None  # what is still to be drawn, and from when on
        self._late_from = 0.0

    def compose(self) -> ComposeResult:
        """Header, the panels, the tab bar of small terminals, what is said of the run, the timeline and the footer."""
        yield Header()
        yield Static(id="tabs")
        with Container(id="panels"):
            yield LossPanel("loss")
            yield PredictionPanel("prediction")
            yield NetworkPanel("network")
            yield SurfacePanel("surface")
            yield DistributionsPanel("distributions")
            yield StepPanel("step")
            yield HiddenPanel("hidden")
            yield CurvaturePanel("curvature")
            yield FindingsPanel("findings")
            yield WatchesPanel("watches")
            yield ParametersPanel("parameters")
            yield GradientsPanel("gradients")
            yield LessonPane()
        yield StepLine()
        yield SaidBar()
        yield TimelineBar()
        yield self.too_small()
        yield KeysFooter(show_command_palette=True)

    def lay_out(self, columns: int, rows: int) -> None:
        """Choose the layout made for a size, and in the grid the heights of its rows."""
        super().lay_out(columns, rows)
        styles = self.screen_stack[0].query_one("#panels").styles
        if self._layout == "grid":
            chart, lists = heights(rows - _BARS)
            styles.grid_rows = f"{chart} 1fr {lists}"
        else:
            styles.clear_rule("grid_rows")

    def on_mount(self) -> None:
        """Show step 0."""
        self.begin_panels()
        if self._first_lesson is not None:
            self.call_after_refresh(self.take, self._first_lesson)  # once the first panel has the focus
        self.call_after_refresh(self.offer_lesson)
        if self.draws:
            self.call_after_refresh(self.action_draw_points)
        self.call_after_refresh(self.load_engine)  # a thread that loads would keep the first picture waiting
        for notice in self.session.notices:
            self.tell(notice)
        self.begin_remembering(offer=self._offer)

    def redraw(self) -> None:
        """Take a frame and show it to whatever is in sight."""
        self._redraw_due = False
        if not (self.is_running and self.screen_stack):  # it is about to end, and its widgets may be gone
            return
        frame = self.session.frame(examine=self.running and self._may_examine())
        base = self.screen_stack[0]
        watching = bool(frame.breakpoints or frame.watches)
        if watching and not self._watching:
            self.bring_to_front("watches")
        self._watching = watching
        base.query_one(Header).show(frame, self.run_state)
        base.query_one(TimelineBar).show(frame)
        if self._layout == "small":
            base.query_one(StepLine).show(frame)
        self._show_panels(frame, late=False)
        self.show_lesson()
        base.query_one(TimelineBar).set_class(self._is_untouched(frame), "untouched")
        self.dim(frame.step == 0 and frame.inside is None)
        if self.running:
            self._show_rest(frame)
        elif self._late is None:
            self.call_after_refresh(self._show_late)
            self._late = frame
        else:
            self._late = frame

    def _show_late(self) -> None:
        """Show what takes long once the numbers are painted, in half of the time at the most: keys may come quickly."""
        wait = self._late_from - time.monotonic()
        if wait > 0:
            self.set_timer(wait, self._show_late)
            return
        frame, self._late = self._late, None
        if frame is None or not (self.is_running and self.screen_stack):
            return
        began = time.monotonic()
        self._show_rest(frame if self.running else frame.with_findings(self.session.findings()))
        ended = time.monotonic()
        self._late_from = ended + min(ended - began, _LATEST)

    def _show_rest(self, frame: Frame) -> None:
        """Draw what takes long: charts, pictures and what was found."""
        self._show_panels(frame, late=True)
        opening = self.opening if self._is_untouched(frame) else ""
        self.screen_stack[0].query_one(SaidBar).show(frame, opening=opening, halted=self.halt_sentence)

    def _show_panels(self, frame: Frame, *, late: bool) -> None:
        for panel in self.screen_stack[0].query(Panel):
            if panel.is_late is late and (panel.frame is None or self.is_in_sight(panel)):
                panel.show(frame)

    def _is_untouched(self, frame: Frame) -> bool:
        """Whether nothing was done yet."""
        return not (frame.last_step or frame.inside or frame.edits or self.running or self.guide)

    def _may_examine(self) -> bool:
        """Whether to look for findings again: always at rest, and while the run goes on in a twentieth of the time."""
        now = time.monotonic()
        if self.running and now - self._examined < self.session.examiner.pause:
            return False
        self._examined = now
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now."""
        at_start = self.session.step == 0 and self.session.inside is None
        if action == "step_back" and at_start and len(self.screen_stack) == 1:
            return None
        return super().check_action(action, parameters)
