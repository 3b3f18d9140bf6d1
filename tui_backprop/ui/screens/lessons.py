"""The list of lessons."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_backprop.session.lessons.lesson import Lesson
from tui_backprop.session.lessons.reading import lessons
from tui_backprop.ui.screens.dialog import Dialog


class LessonsScreen(Dialog[Lesson | str | None]):
    """Ends with a lesson to take, with "again" or "leave" for the one that is open, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,L", "dismiss", "leave it"),
        Binding("a", "answer('again')", "begin its run again"),
        Binding("x", "answer('leave')", "leave the lesson"),
    ]

    def __init__(self, source: str, taken: Lesson | None) -> None:
        super().__init__()
        self._taken = taken
        self._lessons = lessons()
        self._first = next((i for i, one in enumerate(self._lessons) if one.source == source), 0)

    def compose(self) -> ComposeResult:
        """Show the list, and below it what is highlighted."""
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Lessons"
            taken = "a begins its run again  x leaves it  " if self._taken else ""
            dialog.border_subtitle = f"enter takes it  {taken}escape"
            yield OptionList(*(Option(self._line(one), id=one.id) for one in self._lessons))
            yield Static("", id="preview", markup=False)

    def _line(self, lesson: Lesson) -> Text:
        mark = "▶" if self._taken is not None and lesson.id == self._taken.id else " "
        return Text(f"{mark} {lesson.title}", no_wrap=True).append(f"  {lesson.minutes} min", "dim")

    def on_mount(self) -> None:
        """Begin at the lesson that is open, or else at the first on this data."""
        ids = [one.id for one in self._lessons]
        open_now = self._taken is not None and self._taken.id in ids
        self.query_one(OptionList).highlighted = ids.index(self._taken.id) if open_now and self._taken else self._first

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the lesson is about."""
        lesson = self._lessons[event.option_index]
        said = Text(lesson.about, style="bold").append(
            "\n\nIts run begins beside yours, which stays; u takes a begun run away, and B lists them all.", "not bold"
        )
        self.query_one("#preview", Static).update(said)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the lesson."""
        self.dismiss(self._lessons[event.option_index])

    def action_answer(self, answer: str) -> None:
        """Do something with the lesson that is open."""
        if self._taken is not None:
            self.dismiss(answer)
