"""The line at the top: what is trained, and how far it is."""

from __future__ import annotations

from pathlib import PurePath

from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.recipe.problem import Score
from tui_backprop.text.cleaning import clean
from tui_backprop.ui.drawing.numbers import MINUS

_DROPPED = (
    *("title", "epoch", "seed", "loss", "optimizer", "backward", "activation", "last", "speed"),
    *("dots", "rule", "network", "data"),
)
"""What is left out where there is no room, the first of them first: state, step, rate and losses never are."""


def header_text(frame: Frame, state: str, width: int) -> str:
    """Write the header in `width` cells: what is trained at which rate, and how far it is."""
    recipe, network = frame.recipe, frame.network
    activation = recipe.activation if recipe.hidden else recipe.output_activation
    left = {
        "title": "tui-backprop",
        "data": frame.problem.dataset.name,
        "network": network.name,
        "activation": activation,
        "loss": recipe.loss,
        "optimizer": recipe.optimizer,
        "rate": f"η {recipe.lr:g}",
        "seed": f"seed {recipe.seed}",
        "backward": "backward" if recipe.rule != "exact" else "",
        "rule": f"rule {clean(PurePath(recipe.rule).name)}" if recipe.rule != "exact" else "",
    }
    right = {
        "state": state,
        "step": f"step {frame.step:,}",
        "last": f"of {frame.last_step:,}" if frame.step < frame.last_step else "",
        "epoch": f"epoch {frame.epoch:,.0f}",
        "train": _score_text("train", frame.train_score),
        "test": "" if frame.test_score is None else _score_text("test", frame.test_score),
    }
    for dropped in range(len(_DROPPED) + 1):
        out = _DROPPED[:dropped]
        head = " · ".join(part for name, part in left.items() if part and name not in out)
        head = head.replace(f"{network.name} · {activation}", f"{network.name} {activation}", 1)
        head = head.replace("backward · rule", "backward rule", 1)
        head = head.replace(" · ", " ") if "dots" in out else head
        if "speed" in out:
            right["state"] = state.partition(" ")[0]
        tail = "  ".join(part for name, part in right.items() if part and name not in out).replace("  of ", " of ", 1)
        if len(head) + len(tail) + 4 <= width:
            break
    return f" {head}{' ' * max(2, width - len(head) - len(tail) - 2)}{tail} "


def _score_text(name: str, score: Score) -> str:
    """Return the loss, and the share that is answered rightly where there is one."""
    right = "" if score.accuracy is None else f" {score.accuracy:.0%}"
    return f"{name} {score.loss:.3g}{right}".replace("-", MINUS)


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
