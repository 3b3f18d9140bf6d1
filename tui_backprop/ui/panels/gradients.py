"""The panel *Gradients*: ∂L/∂θ of the last update, held against the truth."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.core.arrays import Array
from tui_backprop.core.gradient_check import relative_error
from tui_backprop.core.network import Tensor
from tui_backprop.session.frame import Frame
from tui_backprop.ui.drawing.bars import signed_bar
from tui_backprop.ui.drawing.numbers import plain, signed
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, sign_color

_TOLERANCE = 1e-4  # of the largest entry: far above what central differences leave, far below any real mistake
_HALF_BAR = 4
_VERDICT = 27  # cells of a usual true value with its error


class GradientsPanel(EntriesPanel[Frame]):
    """The gradient that the rule found, and whether central differences agree."""

    name_shown = "Gradients"
    explained = "gradient"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "app.history", "history", show=False)]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._largest = 0.0
        self._true: Array | None = None
        self._off: Array = np.empty(0)
        self._any_wrong = False

    def tensors(self, frame: Frame) -> tuple[Tensor, ...]:
        """Return those of the network."""
        return frame.network.tensors

    def line_count(self, frame: Frame) -> int:
        """One line that says why there is nothing yet, or a row for each entry."""
        return 1 if frame.record is None else super().line_count(frame)

    def line_at(self, frame: Frame, row: int) -> Text:
        """Return the row, or the reason why there is none."""
        if frame.record is None:
            return Text("no update yet: n makes one step", style="dim")
        return super().line_at(frame, row)

    def prepare(self, frame: Frame) -> None:
        """Find the largest entry, which the bars are drawn against, and count those that are wrong."""
        super().prepare(frame)
        self._largest, self._true = 0.0, None
        if frame.record is None or not frame.happened("gradients", 1):
            return
        found = frame.record.gradients.parameters.vector
        self._largest = float(np.abs(found[np.isfinite(found)]).max(initial=0.0))
        true = frame.numeric_gradients or frame.exact_gradients
        if true is not None:
            self._true = true.vector
            self._off = relative_error(found, self._true)
            wrong = int((np.abs(found - self._true) > self._allowed()).sum())
            self._any_wrong = wrong > 0
            checked = "central differences" if frame.numeric_gradients is not None else "the exact rule"
            verdict = f"{wrong:,} of {len(self._true):,} ✗ against" if wrong else "✓ agrees with"
            self.note(f"{verdict} {checked}")

    def _allowed(self) -> float:
        assert self._true is not None  # noqa: S101  (asked only where there is something to compare with)
        return _TOLERANCE * max(self._largest, float(np.abs(self._true).max()), 1e-12)

    def heading(self, frame: Frame, tensor: Tensor) -> Text:
        """Return name, shape, length and mean |δ| of the layer."""
        if frame.record is None or not frame.happened("gradients", tensor.layer):
            return heading_text(tensor, "not known yet")
        found = frame.record.gradients
        norm = float(np.linalg.norm(found.parameters.vector[tensor.span]))
        delta = float(np.abs(found.deltas[tensor.layer - 1]).mean())
        return heading_text(tensor, f"norm {plain(norm)}  mean |δ{tensor.layer}| {plain(delta)}")

    def entry(self, frame: Frame, tensor: Tensor, index: int) -> Text:
        """Return name, gradient, bar, the true value where they part, and the history."""
        line = Text(f"∂L/∂{tensor.entry_name(index):<9}", no_wrap=True)
        if frame.record is None or not frame.happened("gradients", tensor.layer):
            return line.append("        ·  not known yet", "dim")
        at = tensor.start + index
        value = float(frame.record.gradients.parameters.vector[at])
        left, right = signed_bar(value, self._largest or abs(value), _HALF_BAR)
        line.append(signed(value), sign_color(value)).append("  ")
        line.append(left, NEGATIVE).append("│", "dim").append(right, POSITIVE)
        if self._true is not None:
            line.append_text(self._verdict(value, at))
        return self.with_past(line, frame.history.gradients[:, at].tolist())

    def _verdict(self, value: float, at: int) -> Text:
        """Return what the true value says of an entry, in a column as wide as the longest there may be."""
        assert self._true is not None  # noqa: S101  (asked only where there is something to compare with)
        true = float(self._true[at])
        if abs(value - true) <= self._allowed():
            verdict = Text("  ✓", "dim")
        else:
            verdict = Text.assemble(
                ("  ✗ ", "bold"), "true ", (signed(true).strip(), "bold"), f"  err {self._off[at]:.2g}"
            )
        verdict.pad_right(max(0, (_VERDICT if self._any_wrong else 3) - verdict.cell_len))
        return verdict
