"""A script's own training: its course, and that of trials with its steps made otherwise."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.reading.losses import Formula
from tui_backprop.scripts.running.run import ScriptOptions, ScriptRun
from tui_backprop.scripts.source.source import Source
from tui_backprop.scripts.training.course import Course, course_of, load_followed


@dataclass(slots=True)
class Measure:
    """How the loss of a training is computed from its predictions and targets."""

    name: str
    formula: Formula
    factor: float


@dataclass(slots=True)
class ScriptTraining:
    """A script's own training: its course, and those of its trials."""

    source: Source
    setting: ScriptOptions
    request: dict[str, Any]
    measure: Measure
    course: Course
    trials: dict[tuple[float, float], Course | None] = field(default_factory=dict)

    def trial(self, scale: float = 1.0, momentum: float = 0.0, *, seconds: float = 1.0) -> Course | None:
        """Return the course with each step times `scale`, or with momentum; None where it fails."""
        key = (scale, momentum)
        if key not in self.trials:
            more = {"scale": scale, "momentum": momentum, "per_sample": 0, "loops": [], "seconds": seconds}
            self.trials[key] = course_under(self.source, self.setting, {**self.request, **more}, self.measure)
        return self.trials[key]


def course_under(source: Source, setting: ScriptOptions, request: dict[str, Any], measure: Measure) -> Course | None:
    """Follow a training in a process of its own; None where its places cannot be hooked or the process fails."""
    try:
        with contextlib.closing(ScriptRun(source, setting, follow=request)) as run:
            followed = load_followed(run.written())
        return course_of(followed, measure.name, measure.formula, measure.factor)
    except (InputError, ValueError):
        return None
