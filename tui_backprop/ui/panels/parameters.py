"""The panel *Parameters*: every entry of θ, its last change and its history."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.core.network import Tensor
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.numbers import four_digits, signed, signed_change
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.theme import sign_color

_NUMBER = 9  # cells of a number with its sign
_WIDE = 36  # columns from which a change is called the last one


class ParametersPanel(EntriesPanel[Frame]):
    """Value, last Δ and history of each parameter."""

    name_shown = "Parameters"
    explained = "new"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "app.set_parameter", "set value", show=False)]

    def tensors(self, frame: Frame) -> tuple[Tensor, ...]:
        """Return those of the network."""
        return frame.network.tensors

    def prepare(self, frame: Frame) -> None:
        """Find which entries are frozen, once a frame."""
        super().prepare(frame)
        frozen = [frame.network.positions(name) for name in frame.recipe.freeze]
        self._frozen = set(np.concatenate(frozen).tolist()) if frozen else set()

    def heading(self, frame: Frame, tensor: Tensor) -> Text:
        """Return name, shape and length."""
        return heading_text(tensor, f"norm {four_digits(float(np.linalg.norm(frame.state.parameters[tensor.span])))}")

    def entry(self, frame: Frame, tensor: Tensor, index: int) -> Text:
        """Return name, value, Δ and sparkline."""
        at = tensor.start + index
        value = float(frame.state.parameters[at])
        line = Text(f"{tensor.entry_name(index):<{self._longest + 1}}", no_wrap=True)
        line.append(signed(value), sign_color(value))
        label = "  last Δ " if self.columns >= _WIDE else " Δ"
        if at in self._frozen:
            line.append(f"{'  frozen':<{len(label) + _NUMBER}}", "italic")
        elif frame.last_change is None or not frame.happened("update"):
            line.append(label + "·".rjust(_NUMBER), "dim")
        else:
            change = float(frame.last_change[at])
            line.append(label, "dim").append(signed_change(change), sign_color(change) or "dim")
        return self.with_past(line, frame.history.parameters[:, at].tolist())
