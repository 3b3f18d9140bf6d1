"""The line at the top: what is trained, and how far it is."""

from __future__ import annotations

from pathlib import PurePath

from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.session.frames.frame import Frame
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.drawing.numbers import plain


def header_text(frame: Frame, state: str, width: int) -> str:
    """Write the header in `width` cells; what matters least is left out first, and the step stays longest."""
    recipe, network = frame.recipe, frame.network
    step = f"step {frame.step:,}" + (f" of {frame.last_step:,}" if frame.step < frame.last_step else "")
    right = [state, step, f"epoch {frame.epoch:,.0f}", f"loss {plain(frame.train_score.loss)}"]
    activation = recipe.activation if recipe.hidden else recipe.output_activation
    left = [
        "tui-backprop",
        f"{frame.problem.dataset.name} · {network.name} {activation}",
        recipe.loss,
        f"{recipe.optimizer} η {recipe.lr:g}",
        f"seed {recipe.seed}",
        f"rule {clean(PurePath(recipe.rule).name)}" if recipe.rule != "exact" else "",
    ]
    for dropped in ((), (0,), (0, 4), (0, 2, 4), (0, 2, 3, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5)):
        kept = " · ".join(part for i, part in enumerate(left) if part and i not in dropped)
        tail = "  ".join(part for i, part in enumerate(right) if not (i == 2 and len(dropped) > 1))
        if len(kept) + len(tail) + 4 <= width:
            break
    return f" {kept}{' ' * max(2, width - len(kept) - len(tail) - 2)}{tail} "


class BarLine(Widget):
    """One line, written for its width."""

    def write(self, width: int) -> str:
        """Return the text, `width` cells at the most."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Render the line."""
        text = Text("" if y > 0 else self.write(self.size.width), no_wrap=True)
        segments = text.render(self.app.console, end="")
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)


class Header(BarLine):
    """The line, drawn from a frame."""

    def __init__(self) -> None:
        super().__init__(id="header")
        self._frame: Frame | None = None
        self._state = ""

    def show(self, frame: Frame, state: str) -> None:
        """Draw this frame; `state` says whether it runs, and how fast."""
        self._frame, self._state = frame, state
        self.refresh()

    def write(self, width: int) -> str:
        """Return what is trained, and how far it is."""
        return "" if self._frame is None else header_text(self._frame, self._state, width)
