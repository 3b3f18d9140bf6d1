"""How far a reader is in a lesson: the screen that is shown, the keys pressed there, and what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_backprop.session.conditions import Condition
from tui_backprop.session.lessons.lesson import LessonScreen


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


class LessonProgress:
    """Which screen of a lesson is shown, and what was seen. What was seen once stays seen."""

    def __init__(self, title: str, screens: Sequence[LessonScreen]) -> None:
        self.number = 0
        """The screen that is shown, from 0."""
        self._title = title
        self._screens = tuple(screens)
        self._seen: set[int] = set()
        self._pressed: frozenset[str] = frozenset()

    @property
    def screen(self) -> LessonScreen:
        """The screen that is shown."""
        return self._screens[self.number]

    @property
    def at_end(self) -> bool:
        """Whether no screen follows."""
        return self.number == len(self._screens) - 1

    def go(self, by: int) -> None:
        """Go to another screen, `by` further on, or to the nearest that there is."""
        to = max(0, min(self.number + by, len(self._screens) - 1))
        if to != self.number:
            self._arrive(to)

    def _arrive(self, number: int) -> None:
        """Show a screen; its keys are still to be pressed."""
        self.number = number
        self._pressed = frozenset()

    def note_key(self, key: str) -> None:
        """Note that a key was pressed, as the table of keys writes it."""
        self._pressed |= {key}

    def holds(self, condition: Condition) -> bool:
        """Whether a condition of the lesson is true now."""
        raise NotImplementedError

    def view(self) -> LessonView:
        """Check whether the reader has seen what the present screen is about, and return what there is to see."""
        screen = self.screen
        if screen.seen is not None and self.number not in self._seen and self.holds(screen.seen):
            self._seen.add(self.number)
        seen = None if screen.seen is None else self.number in self._seen
        return LessonView(
            lesson=self._title,
            number=self.number + 1,
            of=len(self._screens),
            title=screen.title,
            text=screen.text,
            keys=screen.keys,
            seen=seen,
            then=screen.then if seen else (),
        )
