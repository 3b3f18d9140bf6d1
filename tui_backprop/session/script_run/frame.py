"""What there is to see of a script that is stepped, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui_backprop.records.curve import Curve
from tui_backprop.scripts.answering.answer import Answer
from tui_backprop.scripts.stepping.window import Event, Window
from tui_backprop.session.script_run.version import Problem


@dataclass(frozen=True, eq=False)
class OtherRun:
    """The run of another text of the script, which is drawn dimmed."""

    name: str
    curve: Curve


@dataclass(frozen=True, eq=False)
class WatchedValue:
    """A watched expression."""

    text: str
    value: Any
    """What it is at the beginning of the update: a number, an array, or a sentence; None where that is not known."""
    past: tuple[float, ...]
    """What it was in updates that are kept, up to this one."""


@dataclass(frozen=True, eq=False)
class ScriptFrame:
    """All that there is to see at one moment."""

    name: str
    """The file, as messages call it."""
    script: str
    """The path of the script."""
    file: str
    """The file whose lines are shown: the script, or a module of its own."""
    lines: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]
    """For each line of a notebook, its cell and the line in it; empty where the script is none."""
    changed: frozenset[int]
    """Lines of it that a fix changed."""
    was: tuple[tuple[int, str], ...]
    """What such lines were."""
    window: Window | None
    """The update; None where there is none yet, or none that can be shown."""
    at: int
    """The statement of the update."""
    last: int
    total: int | None
    curve: Curve
    others: tuple[OtherRun, ...]
    problems: tuple[Problem, ...]
    answer: Answer | None
    """None while the check goes on."""
    checking: bool
    stops: tuple[tuple[str, bool, int], ...]
    """Breakpoints: text, whether it is enabled, and how often it halted a run."""
    watches: tuple[WatchedValue, ...]
    stop_lines: frozenset[int]
    """Lines of the shown file with a breakpoint."""
    fixes: int
    """How many fixes, or other rates, are applied in memory."""
    trouble: str
    notes: tuple[str, ...]
    passing: int | None
    """The update that its process has come to on its way to another one."""
    rate: float | None
    """The learning rate of functions; None where the loop is the script's own."""

    @property
    def update(self) -> int:
        """The number of the update, from 1; 0 where there is none."""
        return 0 if self.window is None else self.window.update

    def place(self, line: int, file: str | None = None) -> str:
        """Return a line's number as *Source* has it: in a notebook that of the cell and the line in it (3:2)."""
        own = (self.file if file is None else file) == self.script
        return "{}:{}".format(*self.cells[line - 1]) if own and 0 < line <= len(self.cells) else str(line)

    def once_mended(self, event: Event) -> str:
        """Return what a statement's value is with the right values before it; nothing where that is not known, or it is."""
        module = None if event.file == self.script else event.file.rpartition("/")[2]
        found = [] if self.answer is None else self.answer.backward
        later = next((one.later for one in found if one.later and (one.line, one.file) == (event.line, module)), None)
        return "" if later is None else f"{later}, once mended"

    @property
    def following(self) -> str:
        """What is said where nothing was seen of an update yet; empty once there is one."""
        if self.window is not None:
            return ""
        return "no update to show" if self.trouble else "following the first updates …"

    @property
    def step(self) -> int:
        """The update, as the timeline has it."""
        return self.update

    @property
    def last_step(self) -> int:
        """The furthest update that was reached, or the last one where that is known."""
        return self.total or self.last

    @property
    def edits(self) -> tuple[()]:
        """Nothing: a fix begins another run."""
        return ()

    @property
    def branches(self) -> tuple[()]:
        """Nothing: runs are told apart by their fixes."""
        return ()

    @property
    def lines_touched(self) -> frozenset[int]:
        """The lines of the shown file that the update runs."""
        if self.window is None:
            return frozenset()
        return frozenset(line for file, line in self.window.numbers_of_line if file == self.file)

    @property
    def event(self) -> Event | None:
        """The statement that is looked at."""
        return None if self.window is None or not self.window.events else self.window.events[self.at]
