"""The panel *Gradients*: ∂L/∂θ of the last update, held against the truth."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from tui_backprop.core.network import Tensor
from tui_backprop.session.frame import Frame
from tui_backprop.ui.drawing.bars import signed_bar
from tui_backprop.ui.drawing.numbers import plain, signed
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, sign_color

_TOLERANCE = 1e-4  # of the largest entry: far above what central differences leave, far below any real mistake
_HALF_BAR = 4


class GradientsPanel(EntriesPanel):
    """The gradient that the rule found, and whether central differences agree."""

    name_shown = "Gradients"

    def line_count(self, frame: Frame) -> int:
        """One line that says why there is nothing yet, or a row for each entry."""
        return 1 if frame.last is None else super().line_count(frame)

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return the row, or the reason why there is none."""
        if frame.last is None:
            return Text("no update yet: n makes one step", style="dim")
        return super().line_at(frame, row)

    def prepare(self, frame: Frame) -> None:
        """Find the largest entry, which the bars are drawn against."""
        super().prepare(frame)
        self._largest = 0.0
        if frame.last is not None:
            found = np.abs(frame.last.gradients.parameters.vector)
            self._largest = float(found[np.isfinite(found)].max(initial=0.0))
        true = frame.numeric_gradients or frame.exact_gradients
        self._true = None if true is None else true.vector
        if self._true is not None and frame.last is not None:
            wrong = int((np.abs(frame.last.gradients.parameters.vector - self._true) > self._allowed()).sum())
            checked = "central differences" if frame.numeric_gradients is not None else "the exact rule"
            verdict = f"{wrong:,} of {len(self._true):,} ✗ against" if wrong else "✓ agrees with"
            self.note(f"{verdict} {checked}")

    def _allowed(self) -> float:
        assert self._true is not None  # noqa: S101  (asked only where there is something to compare with)
        return _TOLERANCE * max(self._largest, float(np.abs(self._true).max()), 1e-12)

    def heading(self, frame: Frame, tensor: Tensor) -> Text:
        """Return name, shape, length and mean |δ| of the layer."""
        assert frame.last is not None  # noqa: S101  (without an update there are no rows)
        found = frame.last.gradients
        norm = float(np.linalg.norm(found.parameters.vector[tensor.span]))
        delta = float(np.abs(found.deltas[tensor.layer - 1]).mean())
        return heading_text(tensor, f"norm {plain(norm)}  mean |δ{tensor.layer}| {plain(delta)}")

    def entry(self, frame: Frame, tensor: Tensor, index: int) -> Text:
        """Return name, gradient, bar, and the true value where they part."""
        assert frame.last is not None  # noqa: S101  (without an update there are no rows)
        at = tensor.start + index
        value = float(frame.last.gradients.parameters.vector[at])
        left, right = signed_bar(value, self._largest, _HALF_BAR)
        line = Text(f"∂L/∂{tensor.entry_name(index):<9}", no_wrap=True)
        line.append(signed(value), sign_color(value)).append("  ")
        line.append(left, NEGATIVE).append("│", "dim").append(right, POSITIVE)
        if self._true is None:
            return line
        true = float(self._true[at])
        if abs(value - true) <= self._allowed():
            return line.append("  ✓", "dim")
        return line.append("  ✗ ", "bold").append("true ").append(signed(true).strip(), "bold")
