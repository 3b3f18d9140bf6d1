"""The panel *Hidden space*: the samples as a hidden layer sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.hidden import (
    TURNS,
    HiddenView,
    NoHiddenSpaceError,
    UnitCurves,
    hidden_picture,
)
from tui_backprop.session.pictures.prediction import answer_labels
from tui_backprop.ui.drawing.answers import PictureFrame, fitted_legend
from tui_backprop.ui.drawing.canvas import CanvasLine
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.charts.curves import DOTS
from tui_backprop.ui.drawing.hidden import draw_hidden_space, draw_unit_curves
from tui_backprop.ui.panels.panel import PicturePanel


class HiddenPanel(PicturePanel[Frame]):
    """The samples in the coordinates of a hidden layer, with the next layer's lines; for one input each unit's curve."""

    name_shown = "Hidden space"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "layer(-1)", "layer before", show=False),
        Binding("right", "layer(1)", "next layer", show=False),
        Binding("up", "turn(1)", "turn three units", show=False),
        Binding("down", "turn(-1)", "turn them back", show=False),
        Binding("enter", "points", "curves of the units, or the samples in their space", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.view = HiddenView()
        """What is seen."""

    def action_layer(self, by: int) -> None:
        """Look at the layer before, or at the next one."""
        if self.frame is not None and self.frame.network.depth > 1:
            depth = self.frame.network.depth
            self._look(replace(self.view, layer=(self.view.of(depth) - 1 + by) % (depth - 1) + 1))

    def action_turn(self, by: int) -> None:
        """Look at three units from another side."""
        self._look(replace(self.view, turn=(self.view.turn + by) % TURNS))

    def action_points(self) -> None:
        """Of one input, show the samples in the layer's space instead of curves, or the curves again."""
        self._look(replace(self.view, points=not self.view.points))

    def _look(self, view: HiddenView) -> None:
        self.view = view
        self.redraw()

    def name_text(self, frame: Frame) -> Text:
        """Return the name, and which layer is shown."""
        name, depth = super().name_text(frame), frame.network.depth
        if depth < 2:
            return name
        layer = self.view.of(depth)
        units = frame.network.sizes[layer]
        return name.append(f": layer {layer}, {units:,} unit{'s' * (units > 1)}")

    def draw(self, frame: Frame) -> Sequence[CanvasLine]:
        """Draw the samples or the curves, and the legend, or say why there is nothing."""
        columns, rows = self.size.width, self.size.height - 1
        if columns < 8 or rows < 2:
            return [Text("too small to draw")]
        problem = frame.problem
        curves = problem.dataset.n_inputs == 1 and not self.view.points
        axes = Axes(columns, rows)
        if not curves and frame.network.sizes[self.view.of(frame.network.depth)] == 3:
            axes = axes.square()  # what is turned keeps its shape
        asked = (DOTS[0] * axes.columns, 2) if curves else (axes.columns, 2 * axes.rows)
        try:
            picture = hidden_picture(frame, self.view, *asked)
        except NoHiddenSpaceError as error:
            self.note("")
            return [Text(part, style="dim") for part in str(error).split("\n")]
        labels, classes = answer_labels(problem), problem.dataset.task == "classes"
        setting = PictureFrame(axes, self.drawn_in, (problem.dataset.input_names[0], ""), labels, classes)
        if isinstance(picture, UnitCurves):
            lines, parts = draw_unit_curves(picture, setting)
            self.note(self._keys(frame))
        else:
            lines, parts = draw_hidden_space(picture, setting)
            few = f"{picture.shown:,} of {len(problem.train):,} samples" if picture.shown < len(problem.train) else ""
            self.note("  ".join(part for part in (few, self._keys(frame)) if part))
        return [*lines, fitted_legend(parts, columns)]

    def _keys(self, frame: Frame) -> str:
        """Say which keys there are, while they come here."""
        if not self.has_focus:
            return ""
        depth = frame.network.depth
        one_input = frame.problem.dataset.n_inputs == 1
        space = not one_input or self.view.points
        keys = ["←→ layer"] * (depth > 2) + ["↑↓ turn"] * (space and frame.network.sizes[self.view.of(depth)] == 3)
        keys += [f"enter {'curves' if self.view.points else 'space'}"] * one_input
        return "  ".join(keys)

    def on_focus(self) -> None:
        """Show the keys below."""
        self.redraw()

    def on_blur(self) -> None:
        """Take them away."""
        self.redraw()
