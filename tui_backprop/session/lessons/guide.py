"""A lesson being taken: which screen is shown, the runs it begins, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.session.conditions import Condition, ConditionError
from tui_backprop.session.lessons.lesson import Lesson, LessonScreen
from tui_backprop.session.lessons.moment import LessonMoment
from tui_backprop.session.run.breakpoints import Breakpoint
from tui_backprop.session.session import Session


@dataclass(frozen=True)
class LessonView:
    """What there is to see of a lesson at one moment, immutable."""

    lesson: str
    """Its title."""
    number: int
    """The screen's, from 1."""
    of: int
    """How many screens there are."""
    title: str
    text: tuple[str, ...]
    """Paragraphs; what is between backticks is a key or a formula."""
    keys: tuple[str, ...]
    """What to press."""
    seen: bool | None
    """Whether the screen's check has been met; None where it has none."""
    then: tuple[str, ...]
    """Paragraphs that are to be read now that it was seen."""


class Guide:
    """Leads through one lesson in a session.

    The session stays the learner's: a guide begins runs beside those that there are, lets them halt where a screen says so,
    and looks. What was seen once stays seen.

    Raises:
        RecipeError: the lesson's first run cannot be; the session stays as it was.
        SourceError: its data cannot be read; the session stays as it was.
    """

    def __init__(self, session: Session, lesson: Lesson) -> None:
        self.lesson = lesson
        self.number = 0
        """The screen that is shown, from 0."""
        self._session = session
        self._seen: set[int] = set()
        self._begun: set[int] = set()
        self._pressed: frozenset[str] = frozenset()
        self._panel = ""
        self._arrive(0)

    @property
    def screen(self) -> LessonScreen:
        """The screen that is shown."""
        return self.lesson.screens[self.number]

    @property
    def at_end(self) -> bool:
        """Whether no screen follows."""
        return self.number == len(self.lesson.screens) - 1

    def go(self, by: int) -> None:
        """Go to another screen, `by` further on, or to the nearest that there is.

        Raises:
            RecipeError: the run that begins there cannot be; the guide stays where it was.
            SourceError: its data cannot be read; the guide stays where it was.
        """
        to = max(0, min(self.number + by, len(self.lesson.screens) - 1))
        if to != self.number:
            self._arrive(to)

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
        recipe = self.lesson.recipe_at(number)
        if recipe is not None and number not in self._begun:
            session = self._session
            if session.last_step or session.current.edits or session.current.first_recipe != recipe:
                session.begin(recipe, self.lesson.screens[number].title)
        self._begun.add(number)
        self.number = number
        self._pressed = frozenset()
        halt = None if number in self._seen else self.screen.halt
        self._session.halts[:] = [] if halt is None else [Breakpoint(halt, once=True, reason="lesson")]

    def note_key(self, key: str) -> None:
        """Note that a key of the trainer was pressed, as the table of keys writes it."""
        self._pressed |= {key}

    def holds(self, condition: Condition) -> bool:
        """Whether a condition of the lesson is true now; one that speaks of what there is not is false."""
        try:
            return condition.holds(LessonMoment(self._session, self._panel, self._pressed))
        except ConditionError:
            return False

    def look(self, panel: str) -> LessonView:
        """Look whether the present screen's check is met, and return what there is to see; `panel` is the one gone to."""
        self._panel = panel
        screen = self.screen
        if screen.seen is not None and self.number not in self._seen and self.holds(screen.seen):
            self._seen.add(self.number)
        seen = None if screen.seen is None else self.number in self._seen
        return LessonView(
            lesson=self.lesson.title,
            number=self.number + 1,
            of=len(self.lesson.screens),
            title=screen.title,
            text=screen.text,
            keys=screen.keys,
            seen=seen,
            then=screen.then if seen else (),
        )
