"""What a lesson is: screens of text beside a run, each with keys to press and a check that something was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui_backprop.session.conditions import Condition
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe

Fields = Mapping[str, Any]
"""`source`, and recipe fields by name, as they were read."""


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text: blank lines part them, and a line's end is a space."""
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


@dataclass(frozen=True)
class LessonScreen:
    """One screen of a lesson."""

    title: str
    text: tuple[str, ...]
    """Paragraphs; what is between backticks is a key or a formula."""
    keys: tuple[str, ...] = ()
    """What to press, in order, each as the table of keys writes it; `type 0.5` types a text."""
    panel: str = ""
    """The panel to bring to the front; empty to leave them as they are."""
    recipe: Fields | None = None
    """Fields of the lesson's recipe that another run begins with here; None to go on with the run that there is."""
    halt: Condition | None = None
    """Where the run halts by itself while this screen is shown."""
    seen: Condition | None = None
    """What holds once the reader has seen what the screen is about; None where it is there to be read."""
    then: tuple[str, ...] = ()
    """Paragraphs that appear once it was seen."""
    claims: tuple[Condition, ...] = ()
    """What the texts say of the run at that moment; a test compares them with the run."""


@dataclass(frozen=True)
class Lesson:
    """A guided run."""

    id: str
    """The name of its file."""
    order: float
    """Its place in the list."""
    title: str
    about: str
    """One line."""
    minutes: int
    recipe: Fields
    """The source and the recipe fields that it begins with; the rest is what the source suggests."""
    screens: tuple[LessonScreen, ...]

    @property
    def source(self) -> str:
        """The data that it begins with."""
        return str(self.recipe["source"])

    def recipe_at(self, number: int) -> Recipe | None:
        """Return the recipe of the run that begins at a screen, counted from 0; None where none begins.

        Raises:
            SourceError: the data cannot be read.
        """
        changes: Fields | None = self.screens[number].recipe
        if changes is None:
            if number:
                return None
            changes = {}
        fields = dict(changes if "source" in changes else {**self.recipe, **changes})
        return suggested_recipe(fields.pop("source"), **fields)

    def begins(self, number: int) -> int:
        """Return the screen at which the run of a screen began."""
        return max((i for i in range(number + 1) if self.screens[i].recipe is not None), default=0)
