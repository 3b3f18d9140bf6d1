"""Lessons in the trainer: choosing one, and going from screen to screen."""

from __future__ import annotations

from collections.abc import Callable

from tui_backprop.core.errors import InputError
from tui_backprop.session.lessons.guide import Guide
from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.session.lessons.progress import LessonView
from tui_backprop.ui.actions.base import TrainerBase
from tui_backprop.ui.actions.reading import ReadingActions
from tui_backprop.ui.layout import PANELS, Layout, layout_with_lesson

_OPENING = "space starts it, n makes one step, {}, ? shows all keys"


class LessonActions(ReadingActions, TrainerBase):
    """Keys of the lesson that is open, and of the list of lessons."""

    NO_LESSON = "no lesson is open: L lists them"
    opening = _OPENING.format("L lists the lessons")
    """How to begin, which is said until something was done."""

    def layout_at(self, columns: int, rows: int) -> Layout:
        """Return the layout made for a size, of which a lesson takes its part."""
        return super().layout_at(columns, rows) if self.guide is None else layout_with_lesson(columns, rows)

    @property
    def progress(self) -> Guide | None:
        """The lesson that is open."""
        return self.guide

    def lesson_view(self) -> LessonView:
        """Return what there is to see of the lesson that is open."""
        assert self.guide is not None  # noqa: S101  (asked where one is open)
        return self.guide.look(self.active)

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
                self.leave_lesson()

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

    def turn_page(self, direction: int) -> None:
        """Go to the lesson's next screen, or to the one before; what is not possible becomes a notice."""
        self._move(lambda guide: guide.go(direction))

    def _move(self, move: Callable[[Guide], None]) -> None:
        """Go to another screen; what is not possible becomes a notice."""
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

    def leave_lesson(self) -> None:
        """Close the lesson; the run stays as it is."""
        if self.guide is not None:
            self.guide.leave()
            self.guide = None
            self.lay_out(self.size.width, self.size.height)
            self.tell("the lesson is over and the run is yours: L lists the others")
