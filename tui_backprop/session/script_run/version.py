"""One text of a script: what the check says of it, and what was seen of its run."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from tui_backprop.records.curve import CurveRecorder
from tui_backprop.records.spacing import Spacing
from tui_backprop.scripts.answering.answer import Answer, Cause, Mistake
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.stepping.loop import TrainingLoop
from tui_backprop.scripts.stepping.template import Template
from tui_backprop.scripts.stepping.window import Window

_KEPT = 48  # recorded updates
_RECORDS = 2_000_000  # in all of them
_DIGESTS = 20_000

Problem = Mistake | Cause


@dataclass(eq=False)
class Version:
    """A text of the script: as it is on disk, or with fixes."""

    source: Source
    label: str
    """What made it: "as it is", or the line that was fixed."""
    case: Case | None = None
    template: Template | None = None
    loop: TrainingLoop | None = None
    answer: Answer | None = None
    refused: bool = False
    """Whether the check could not answer."""
    expected: tuple[Problem, ...] = ()
    """What the version before says of lines that are as they were, until the answer to this one is there."""
    curve: CurveRecorder = field(default_factory=lambda: CurveRecorder(Spacing(1, 1)))
    last: int = 0
    """The furthest update that was reached."""
    total: int | None = None
    """How many updates its own training makes, once that is known."""
    error: str = ""
    """How its run ended, where that was by an error."""
    differing: tuple[int, ...] = ()
    """Updates that a second run made with other values."""
    _windows: OrderedDict[int, Window] = field(default_factory=OrderedDict)
    _digests: dict[int, str] = field(default_factory=dict)

    def window(self, update: int) -> Window | None:
        """Return a recorded update that is still kept."""
        return self._windows.get(update)

    def windows(self) -> list[Window]:
        """Return the recorded updates that are still kept, in order."""
        return [self._windows[update] for update in sorted(self._windows)]

    def keep(self, window: Window) -> None:
        """Keep a recorded update, and compare it with an earlier recording."""
        before = self._digests.get(window.update)
        if before is None:
            if len(self._digests) < _DIGESTS:
                self._digests[window.update] = window.fingerprint
        elif before != window.fingerprint and window.update not in self.differing:
            self.differing = (*self.differing, window.update)
        self.curve.add(window.update, window.loss, None)
        self.last = max(self.last, window.update)
        self._windows[window.update] = window
        self._windows.move_to_end(window.update)
        while len(self._windows) > 1 and (len(self._windows) > _KEPT or self._size() > _RECORDS):
            self._windows.popitem(last=False)

    def _size(self) -> int:
        return sum(len(one.trace) for one in self._windows.values())

    def problems(self) -> tuple[Problem, ...]:
        """Return its mistakes, then what else keeps it from learning, the worst first."""
        if self.answer is None:
            return self.expected
        order = {"error": 0, "warning": 1, "info": 2}
        causes = sorted(self.answer.causes, key=lambda one: order.get(one.severity, 3))
        return (*self.answer.mistakes, *causes)
