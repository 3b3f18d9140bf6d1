"""What is known of a script after its gradients were judged."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.scripts.reading.reading import Reading
from tui_backprop.scripts.running.run import ScriptOptions
from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.trace import Trace
from tui_backprop.scripts.training.training import ScriptTraining
from tui_backprop.scripts.verdict.backward import Backward
from tui_backprop.scripts.verdict.places import WrongPlace
from tui_backprop.scripts.verdict.verdict import Examination


@dataclass(slots=True)
class Case:
    """What is known of a script after its gradients were judged."""

    source: Source
    setting: ScriptOptions
    trace: Trace
    reading: Reading | None = None
    examination: Examination | None = None
    backward: Backward | None = None
    wrong: list[WrongPlace] | None = None
    training: ScriptTraining | None = None
    """Its own training as it is."""
    mended: ScriptTraining | None = None
    """Its own training with the wrong lines mended."""

    @property
    def judged(self) -> ScriptTraining | None:
        """Return the training in which other causes show: with right gradients, where they can be had."""
        if self.examination is not None and self.examination.wrong:
            return self.mended
        return self.training

    @property
    def learns(self) -> bool | None:
        """Return whether it learns with right gradients."""
        return None if self.judged is None else self.judged.course.learns
