"""The lesson on a script: screens of text beside its lines, each with keys to press and a check that something was seen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tui_backprop.scripts.answer import Mistake
from tui_backprop.session.conditions import Condition, Word
from tui_backprop.session.lessons.guide import LessonView
from tui_backprop.session.script_run.frame import ScriptFrame
from tui_backprop.session.script_run.walking import is_wrong

_FOLDER = Path(__file__).resolve().parents[2] / "lessons" / "scripts"
NAME = "backward-pass"
"""What the lesson is called on the command line."""


@dataclass(frozen=True)
class ScriptScreen:
    """One screen of the lesson."""

    title: str
    text: tuple[str, ...]
    keys: tuple[str, ...]
    panel: str
    seen: Condition
    then: tuple[str, ...]


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
    screens: tuple[ScriptScreen, ...]


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
            ScriptScreen(
                one["title"],
                _paragraphs(one["text"]),
                tuple(one["keys"]),
                one["panel"],
                Condition(one["seen"]),
                _paragraphs(one.get("then", "")),
            )
            for one in table["screens"]
        ),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


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


class ScriptGuide:
    """Leads through the lesson. What was seen once stays seen."""

    def __init__(self, lesson: ScriptLesson) -> None:
        self.lesson = lesson
        self.number = 0
        """The screen that is shown, from 0."""
        self._seen: set[int] = set()
        self._pressed: frozenset[str] = frozenset()

    @property
    def screen(self) -> ScriptScreen:
        """The screen that is shown."""
        return self.lesson.screens[self.number]

    @property
    def at_end(self) -> bool:
        """Whether no screen follows."""
        return self.number == len(self.lesson.screens) - 1

    def go(self, by: int) -> None:
        """Go to another screen, `by` further on, or to the nearest that there is."""
        self.number = max(0, min(self.number + by, len(self.lesson.screens) - 1))
        self._pressed = frozenset()

    def note_key(self, key: str) -> None:
        """Note that a key was pressed, as the table of keys writes it."""
        self._pressed |= {key}

    def look(self, frame: ScriptFrame) -> LessonView:
        """Look whether the present screen's check is met, and return what there is to see."""
        screen = self.screen
        if self.number not in self._seen and screen.seen.holds(ScriptMoment(frame, self._pressed)):
            self._seen.add(self.number)
        seen = self.number in self._seen
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
