"""The line below the panels of a small terminal: the step that was made last."""

from __future__ import annotations

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.bars.header import BarLine
from tui_backprop.ui.drawing.numbers import four_digits

_FEW = 2  # values of a sample that are written out


def step_text(frame: Frame) -> str:
    """Write the update to look at in a line: its sample or batch, the answer, the loss, the gradient and how far θ went."""
    record = frame.record
    if record is None:
        return "no step yet: n makes one, p one of its phases"
    batch = len(record.rows)
    parts = [f"step {record.after.step:,}"]
    if batch > 1:
        parts.append(f"{batch:,} samples")
    else:
        asked, answer, target = record.tape.a[0][0], record.tape.prediction[0], record.targets[0]
        parts.append(f"x {_values(asked)} → ŷ {_values(answer)}, y {_values(target)}")
    moved = record.after.parameters - record.before.parameters
    lengths = [("‖∂L/∂θ‖", record.gradients.parameters.vector), ("‖Δθ‖", moved)]
    with np.errstate(all="ignore"):
        return "  ".join(
            [*parts, f"L {four_digits(record.loss)}"]
            + [f"{name} {float(np.linalg.norm(vector)):.3g}" for name, vector in lengths]
        )


def _values(values: Array) -> str:
    shown = " ".join(f"{value:.3g}" for value in values[:_FEW])
    return shown if len(values) <= _FEW else f"{shown} …"


class StepLine(BarLine):
    """The line, drawn from a frame."""

    def __init__(self) -> None:
        super().__init__(id="step-line")
        self._text = ""

    def show(self, frame: Frame) -> None:
        """Draw this frame's step, or where there is none how to make one."""
        self._text = (
            step_text(frame) if frame.inside is None else f"inside step {frame.step + 1:,}: {frame.inside.title}"
        )
        self.refresh()

    def write(self, width: int) -> str:
        """Return the step, cut to the width."""
        return f" {self._text}"[:width]
