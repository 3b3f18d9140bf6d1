"""The lesson on a script's screen: its place beside the panels, and what there is to see of it."""

from __future__ import annotations

from tui_backprop.session.lessons.progress import LessonView
from tui_backprop.session.script_run.lesson import ScriptGuide, ScriptLesson
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.ui.actions.reading import ReadingActions
from tui_backprop.ui.layout import Layout, layout_with_lesson
from tui_backprop.ui.script.base import ScriptBase


class ScriptLessonActions(ReadingActions, ScriptBase):
    """Keys of the lesson that is open."""

    NO_LESSON = "no lesson is open: `tui-backprop lessons` lists them"

    def __init__(self, script: SteppedScript, lesson: ScriptLesson | None = None) -> None:
        super().__init__(script)
        self.guide: ScriptGuide | None = None if lesson is None else ScriptGuide(lesson)
        """The lesson that is open."""

    @property
    def progress(self) -> ScriptGuide | None:
        """The lesson that is open."""
        return self.guide

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size, of which the lesson takes its part."""
        found = super().layout_at(columns, rows)
        if self.guide is None or found in ("tiny", "tabs"):
            return found
        return "tabs" if layout_with_lesson(columns, rows) == "rows" else "grid"

    def redraw(self) -> None:
        """Show the frame, and the lesson's screen beside it."""
        super().redraw()
        self.show_lesson()

    def lesson_view(self) -> LessonView:
        """Return what there is to see of the lesson that is open."""
        assert self.guide is not None  # noqa: S101  (asked where one is open)
        return self.guide.look(self.script.frame)

    def turn_page(self, direction: int) -> None:
        """Go to the lesson's next screen, or to the one before, and bring its panel to the front."""
        assert self.guide is not None  # noqa: S101  (asked where one is open)
        self.guide.go(direction)
        self.action_panel(self.guide.screen.panel)
        self.redraw()

    def action_lessons(self) -> None:
        """Leave the lesson; where none is open, say where lessons are."""
        if self.guide is None:
            self.tell(self.NO_LESSON)
        else:
            self.leave_lesson()

    def leave_lesson(self) -> None:
        """Close the lesson; the script stays as it is."""
        self.guide = None
        self.lay_out(self.size.width, self.size.height)
        self.tell("the lesson is over, and the script is yours; `tui-backprop lessons` lists the others")
