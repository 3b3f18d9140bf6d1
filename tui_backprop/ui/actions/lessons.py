"""Lessons: choosing one, reading on and back, and telling it what was pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.actions import ActionParseResult
from textual.dom import DOMNode

from tui_backprop.core.errors import InputError
from tui_backprop.session.lessons.guide import Guide
from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.keys import KEYS
from tui_backprop.ui.layout import PANELS, Layout, layout_with_lesson, lesson_is_beside
from tui_backprop.ui.lesson import LessonPane

_OPENING = "space starts it, n makes one step, {}, ? shows all keys"
_SHOWN = {key.action: key.shown for key in KEYS}


class LessonActions(TrainerBase):
    """Keys of the lesson that is open."""

    opening = _OPENING.format("L lists the lessons")
    """How to begin, which is said until something was done."""

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size, of which a lesson takes its part."""
        return super().layout_at(columns, rows) if self.guide is None else layout_with_lesson(columns, rows)

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
            self.show_lesson()
        return done

    def action_lessons(self) -> None:
        """Open the list of lessons."""
        from tui_backprop.session.lessons.reading import LessonError
        from tui_backprop.ui.screens.lessons import LessonsScreen

        def chosen(answer: Lesson | str | None) -> None:
            if isinstance(answer, Lesson):
                self.take(answer)
            elif answer == "again":
                self._move(Guide.begin_again)
            elif answer == "leave":
                self._leave()

        self.pause()
        try:
            screen = LessonsScreen(self.session.recipe.source, self.guide.lesson if self.guide else None)
        except (LessonError, OSError) as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.push_screen(screen, chosen)
        self.redraw()

    def offer_lesson(self) -> None:
        """Let the opening line speak of the lesson on this data, if there is one; called once all is drawn."""
        from tui_backprop.session.lessons.reading import lessons

        if any(lesson.source == self.session.recipe.source for lesson in lessons()):
            self.opening = _OPENING.format("L opens a lesson on it")
            self.redraw()

    def take(self, lesson: Lesson) -> None:
        """Open a lesson beside the panels."""
        self.pause()
        try:
            self.guide = Guide(self.session, lesson)
        except InputError as error:
            self.refuse(error)
            return
        self.lay_out(self.size.width, self.size.height)
        self._arrived()

    def action_read(self, direction: int) -> None:
        """Read on or back: the text of a screen, then the next screen or the one before."""
        if self.guide is None:
            self.tell("no lesson is open: L lists them")
        elif self._pane.read(direction):
            return
        elif direction > 0 and self.guide.at_end:
            self._leave()
        else:
            self._move(lambda guide: guide.go(direction))

    def _move(self, move: Callable[[Guide], None]) -> None:
        """Go to another screen; what cannot be is a notice."""
        if self.guide is None:
            return
        self.pause()
        try:
            move(self.guide)
        except InputError as error:
            self.refuse(error)
        else:
            self._arrived()

    def _arrived(self) -> None:
        """Bring the panel of the screen to the front, and show what there is to see."""
        assert self.guide is not None  # noqa: S101  (the user has just arrived at one of its screens)
        panel = self.guide.screen.panel
        if panel in {one.id for one in PANELS}:
            self.action_panel(panel)
        elif panel:
            self.tell(f"the lesson names an unknown panel: {panel}")
        self.redraw()

    def _leave(self) -> None:
        """Close the lesson; the run stays as it is."""
        if self.guide is not None:
            self.guide.leave()
            self.guide = None
            self.lay_out(self.size.width, self.size.height)
            self.tell("the lesson is over and the run is yours: L lists the others")

    @property
    def _pane(self) -> LessonPane:
        return self.screen_stack[0].query_one(LessonPane)

    def show_lesson(self) -> None:
        """Show the screen of the lesson that is open, if one is."""
        if self.guide is not None:
            self._pane.show(self.guide.look(self.active))
