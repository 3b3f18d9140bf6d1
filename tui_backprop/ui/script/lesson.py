"""The lesson on a script's screen: reading on and back, and telling it what was pressed."""

from __future__ import annotations

from collections.abc import Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from tui_backprop.session.script_run.lesson import ScriptGuide, ScriptLesson
from tui_backprop.session.script_run.stepped import SteppedScript
from tui_backprop.ui.layout import Layout, layout_with_lesson, lesson_is_beside
from tui_backprop.ui.lesson import LessonPane
from tui_backprop.ui.script.app import ScriptApp
from tui_backprop.ui.script.keys import KEYS

_SHOWN = {key.action: key.shown for key in KEYS}


class ScriptLessonApp(ScriptApp):
    """A script's app with a lesson beside the panels."""

    def __init__(self, script: SteppedScript, lesson: ScriptLesson) -> None:
        super().__init__(script)
        self.guide: ScriptGuide | None = ScriptGuide(lesson)

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size, of which the lesson takes its part."""
        found = super().layout_at(columns, rows)
        if self.guide is None or found in ("tiny", "tabs"):
            return found
        return "tabs" if layout_with_lesson(columns, rows) == "rows" else "grid"

    def lay_out(self, columns: int, rows: int) -> None:
        """Choose the layout made for a size, and where the lesson is."""
        base = self.screen_stack[0]
        base.set_class(self.guide is not None, "lesson")
        base.set_class(lesson_is_beside(columns), "lesson-beside")
        super().lay_out(columns, rows)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Perform an action, and let the lesson know which key stands for it, however it was called."""
        done = await super().run_action(action, default_namespace, namespaces)
        if done and self.guide is not None and isinstance(action, str) and action in _SHOWN:
            self.guide.note_key(_SHOWN[action])
            self.redraw_soon()
        return done

    def redraw(self) -> None:
        """Show the frame, and the lesson's screen beside it."""
        super().redraw()
        if self.guide is not None and self.is_running:
            self.screen_stack[0].query_one(LessonPane).show(self.guide.look(self.script.frame))

    def action_read(self, direction: int) -> None:
        """Read on or back: the text of a screen, then the next screen or the one before."""
        if self.guide is None:
            super().action_read(direction)
        elif self.screen_stack[0].query_one(LessonPane).read(direction):
            return
        elif direction > 0 and self.guide.at_end:
            self.action_lessons()
        else:
            self.guide.go(direction)
            self.action_panel(self.guide.screen.panel)
            self.redraw()

    def action_lessons(self) -> None:
        """Leave the lesson; the script stays as it is."""
        if self.guide is None:
            super().action_lessons()
            return
        self.guide = None
        self.lay_out(self.size.width, self.size.height)
        self.tell("the lesson is over, and the script is yours; `tui-backprop lessons` lists the others")
