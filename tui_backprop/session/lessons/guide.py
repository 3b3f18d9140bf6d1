"""A lesson being taken in a session: the runs that it begins, and where they halt."""

from __future__ import annotations

from tui_backprop.session.conditions import Condition, ConditionError
from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.session.lessons.moment import LessonMoment
from tui_backprop.session.lessons.progress import LessonProgress, LessonView
from tui_backprop.session.run.breakpoints import Breakpoint
from tui_backprop.session.session import Session


class Guide(LessonProgress):
    """Leads through one lesson in a session.

    The session stays the learner's: a guide begins runs beside those that there are, lets them halt where a screen says so,
    and looks.

    Raises:
        RecipeError: the lesson's first run is not possible; the session stays as it was.
        SourceError: its data cannot be read; the session stays as it was.
    """

    def __init__(self, session: Session, lesson: Lesson) -> None:
        super().__init__(lesson.title, lesson.screens)
        self.lesson = lesson
        self._session = session
        self._begun: set[int] = set()
        self._panel = ""
        self._arrive(0)

    def begin_again(self) -> None:
        """Begin the present screen's run once more, at the screen where it began."""
        first = self.lesson.begins(self.number)
        again = range(first, len(self.lesson.screens))
        self._begun.difference_update(again)
        self._seen.difference_update(again)
        self._arrive(first)

    def leave(self) -> None:
        """Leave the session to the learner; its run stays as it is."""
        self._session.halts.clear()

    def _arrive(self, number: int) -> None:
        """Show a screen, begin its run where it has one that was not begun, and let it halt where the screen says so.

        Raises:
            RecipeError: the run that begins there is not possible; the guide stays where it was.
            SourceError: its data cannot be read; the guide stays where it was.
        """
        recipe = self.lesson.recipe_at(number)
        if recipe is not None and number not in self._begun:
            session = self._session
            if session.last_step or session.current.edits or session.current.first_recipe != recipe:
                session.begin(recipe, self.lesson.screens[number].title)
        self._begun.add(number)
        super()._arrive(number)
        halt = None if number in self._seen else self.screen.halt
        self._session.halts[:] = [] if halt is None else [Breakpoint(halt, once=True, reason="lesson")]

    def holds(self, condition: Condition) -> bool:
        """Whether a condition of the lesson is true now; one that speaks of what there is not is false."""
        try:
            return condition.holds(LessonMoment(self._session, self._panel, self._pressed))
        except ConditionError:
            return False

    def look(self, panel: str) -> LessonView:
        """Check whether the present screen's check is met, and return what there is to see; `panel` is the one gone to."""
        self._panel = panel
        return self.view()
