"""The lesson on a script: screens of text beside its lines, each with keys to press and a check that something was seen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.session.conditions import Condition, Word
from tui_backprop.session.lessons.lesson import LessonScreen, paragraphs
from tui_backprop.session.lessons.progress import LessonProgress, LessonView
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.script_run.walking import is_wrong

_FOLDER = Path(__file__).resolve().parents[2] / "lessons" / "scripts"
NAME = "backward-pass"
"""What the lesson is called on the command line."""


@dataclass(frozen=True)
class ScriptLesson:
    """A lesson on a script."""

    title: str
    about: str
    minutes: int
    file: str
    """What its script is called."""
    script: str
    """The source of that script."""
    screens: tuple[LessonScreen, ...]


@cache
def script_lesson() -> ScriptLesson:
    """Return the lesson, which is a part of the program."""
    table = tomllib.loads((_FOLDER / f"{NAME}.toml").read_text(encoding="utf-8"))
    return ScriptLesson(
        table["title"],
        table["about"],
        table["minutes"],
        table["file"],
        table["script"],
        tuple(
            LessonScreen(
                one["title"],
                paragraphs(one["text"]),
                tuple(one["keys"]),
                one["panel"],
                seen=Condition(one["seen"]),
                then=paragraphs(one.get("then", "")),
            )
            for one in table["screens"]
        ),
    )


class ScriptMoment:
    """What the conditions of the lesson see: the update, fixes, mistakes that are left, and keys pressed."""

    def __init__(self, frame: ScriptFrame, pressed: frozenset[str]) -> None:
        self._frame, self._pressed = frame, pressed

    @property
    def names(self) -> tuple[str, ...]:
        """What a condition may name."""
        return ("update", "total", "fixes", "mistakes", "wrong_line", "pressed")

    def value(self, name: str) -> Any:
        """Return what a name stands for."""
        frame = self._frame
        match name:
            case "pressed":
                return frozenset(map(Word, self._pressed))
            case "mistakes":
                return sum(isinstance(one, Mistake) for one in frame.problems)
            case "wrong_line":
                return int(frame.window is not None and is_wrong(frame.window, frame.at))
            case "total":
                return frame.total or 0
        return getattr(frame, name)

    def epochs_ago(self, count: int) -> None:
        """Return nothing: there are no epochs."""


class ScriptGuide(LessonProgress):
    """Leads through the lesson."""

    def __init__(self, lesson: ScriptLesson) -> None:
        super().__init__(lesson.title, lesson.screens)
        self._frame: ScriptFrame | None = None

    def holds(self, condition: Condition) -> bool:
        """Whether a condition of the lesson is true of the frame that was looked at."""
        return self._frame is not None and condition.holds(ScriptMoment(self._frame, self._pressed))

    def look(self, frame: ScriptFrame) -> LessonView:
        """Check whether the present screen's check is met in a frame, and return what there is to see."""
        self._frame = frame
        return self.view()
