"""The panel *Gradients*: ∂L/∂θ of the last update, and what the judge says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.core.judge import Judgement, Verdict
from tui_backprop.core.network import Tensor
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.bars import signed_bar
from tui_backprop.ui.drawing.numbers import four_digits, signed
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, sign_color

_HALF_BAR = 4
_NUMBER = 9  # cells of a number with its sign
_TRUE = 18  # cells of a true value
_VERDICT = 27  # cells of a usual true value with its error


class GradientsPanel(EntriesPanel[Frame]):
    """The gradient that the rule found, and whether it is right."""

    name_shown = "Gradients"
    explained = "gradient"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "app.history", "history", show=False)]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._largest = 0.0
        self._judgement: Judgement | None = None
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
            return Text("∂L/∂w, right or wrong: n makes a step", style="dim")
        return super().line_at(frame, row)

    def prepare(self, frame: Frame) -> None:
        """Find the largest entry, which the bars are drawn against, and say what the judge says of all."""
        super().prepare(frame)
        self._largest, self._judgement = 0.0, None
        if frame.record is None or not frame.happened("gradients", 1):
            return
        found = frame.record.gradients.parameters.vector
        self._largest = float(np.abs(found[np.isfinite(found)]).max(initial=0.0))
        self._judgement = judgement = frame.judgement
        if judgement is not None:
            counts = judgement.counts()
            self._any_wrong = counts["wrong"] > 0
            self.note(verdict_counts(counts, f"{len(found):,}"))

    def heading(self, frame: Frame, tensor: Tensor) -> Text:
        """Return name, shape, length and mean |δ| of the layer."""
        if frame.record is None or not frame.happened("gradients", tensor.layer):
            return heading_text(tensor, "not known yet")
        found = frame.record.gradients
        norm = float(np.linalg.norm(found.parameters.vector[tensor.span]))
        delta = float(np.abs(found.deltas[tensor.layer - 1]).mean())
        return heading_text(tensor, f"norm {four_digits(norm)}  mean |δ{tensor.layer}| {four_digits(delta)}")

    def entry(self, frame: Frame, tensor: Tensor, index: int) -> Text:
        """Return name, gradient, bar, the true value where they part, and the history."""
        line = Text(f"∂L/∂{tensor.entry_name(index):<{self._longest + 1}}", no_wrap=True)
        if frame.record is None or not frame.happened("gradients", tensor.layer):
            return line.append("·".rjust(_NUMBER) + "  not known yet", "dim")
        at = tensor.start + index
        value = float(frame.record.gradients.parameters.vector[at])
        left, right = signed_bar(value, self._largest or abs(value), _HALF_BAR)
        line.append(signed(value), sign_color(value))
        verdict = Text() if self._judgement is None else self._verdict(self._judgement, at)
        if line.cell_len + 2 * _HALF_BAR + 3 + verdict.cell_len <= self.columns:
            line.append("  ").append(left, NEGATIVE).append("│", "dim").append(right, POSITIVE)
        line.append_text(verdict)
        return self.with_past(line, frame.history.gradients[:, at].tolist())

    @property
    def _verdict_width(self) -> int:
        """Cells of the column of verdicts: with the error of a wrong entry where there is room for it."""
        if not self._any_wrong:
            return 3
        room = self.columns - len("∂L/∂") - self._longest - 1 - _NUMBER
        return _VERDICT if room >= _VERDICT else _TRUE

    def _verdict(self, judgement: Judgement, at: int) -> Text:
        """Return what is said of an entry, in a column as wide as the longest there may be."""
        match judgement.verdict(at):
            case "right":
                verdict = Text("  ✓", "dim")
            case "unsure":
                verdict = Text("  ?", "dim")
            case "wrong":
                verdict = Text.assemble(
                    ("  ✗ ", "bold"),
                    "true ",
                    (signed(float(judgement.true[at])).strip(), "bold"),
                )
                if self._verdict_width == _VERDICT:
                    verdict.append(f"  err {judgement.relative[at]:.2g}")
        verdict.pad_right(max(0, self._verdict_width - verdict.cell_len))
        return verdict


def verdict_counts(counts: Mapping[Verdict, int], of: str) -> str:
    """Return the verdicts on `of` entries in a few words."""
    parts = [f"{counts['wrong']:,} of {of} ✗"] if counts["wrong"] else []
    if counts["unsure"]:
        parts.append(f"{counts['unsure']:,}{'' if parts else f' of {of}'} cannot be told")
    return ", ".join(parts) or f"✓ all {of} right"
