"""A lesson beside the panels of any app: its place, reading on and back, and telling it what was pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from tui_backprop.session.lessons.progress import LessonProgress, LessonView
from tui_backprop.ui.layout import lesson_is_beside
from tui_backprop.ui.lesson import LessonPane
from tui_backprop.ui.panels_app import PanelsApp


class ReadingActions(PanelsApp):
    """Keys that read in the lesson that is open."""

    NO_LESSON: ClassVar[str] = ""
    """What is said where no lesson is open."""

    @property
    def progress(self) -> LessonProgress | None:
        """The lesson that is open."""
        raise NotImplementedError

    def lesson_view(self) -> LessonView:
        """Return what there is to see of the lesson that is open."""
        raise NotImplementedError

    def turn_page(self, direction: int) -> None:
        """Go to the lesson's next screen, or to the one before, and show it with its panel."""
        raise NotImplementedError

    def leave_lesson(self) -> None:
        """Close the lesson."""
        raise NotImplementedError

    @property
    def pane(self) -> LessonPane:
        """Where the lesson is shown."""
        return self.screen_stack[0].query_one(LessonPane)

    def lay_out(self, columns: int, rows: int) -> None:
        """Choose the layout made for a size, and where the lesson is."""
        base = self.screen_stack[0]
        base.set_class(self.progress is not None, "lesson")
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
        progress = self.progress
        if done and progress is not None and isinstance(action, str):
            for key in type(self).KEYS:  # lessons name the keys that the program comes with, whatever the user has set
                if key.action == action:
                    progress.note_key(key.shown)
            self.show_lesson()
        return done

    def show_lesson(self) -> None:
        """Show the screen of the lesson that is open, if one is."""
        if self.progress is not None and self.is_running:
            self.pane.show(self.lesson_view())

    def action_read(self, direction: int) -> None:
        """Read on or back: the text of a screen, then the next screen or the one before."""
        if self.progress is None:
            self.tell(self.NO_LESSON)
        elif self.pane.read(direction):
            return
        elif direction > 0 and self.progress.at_end:
            self.leave_lesson()
        else:
            self.turn_page(direction)
