"""The panel *Prediction*: what the network answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from tui_backprop.records.prediction_curve import PredictionCurve
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.prediction import (
    Confusion,
    DecisionSurface,
    PredictionView,
    Scatter,
    answer_labels,
    prediction_picture,
)
from tui_backprop.ui.drawing.answers import (
    Drawn,
    PictureFrame,
    curve_range,
    draw_answers,
    draw_confusion,
    draw_curve_picture,
    draw_scatter,
    fitted_legend,
)
from tui_backprop.ui.drawing.canvas import CanvasLine
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.charts.curves import DOTS
from tui_backprop.ui.drawing.numbers import four_digits
from tui_backprop.ui.panels.pen import field_of
from tui_backprop.ui.panels.pen_panel import PenPanel

_SINCE = "   (step 0 → now)"
_TURN = {"left": (0, -1), "right": (0, 1), "down": (1, -1), "up": (1, 1)}  # axis and direction of an arrow


class PredictionPanel(PenPanel):
    """A curve, a decision surface, a confusion matrix or a scatter, with the probes above."""

    name_shown = "Prediction"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"turn('{key}')", "another input, or output", show=False) for key in _TURN),
        Binding("enter", "surface", "a surface over two inputs, and back", show=False),
        Binding("comma", "held(-1)", "hold the sample before", show=False),
        Binding("full_stop", "held(1)", "hold the sample after", show=False),
        Binding("pageup", "output(-1)", "output before", show=False),
        Binding("pagedown", "output(1)", "next output", show=False),
    ]

    class Looked(Message):
        """The user chose what is shown of the predictions."""

        def __init__(self, look: PredictionView) -> None:
            super().__init__()
            self.look = look

    # Looking around.

    def action_surface(self) -> None:
        """Show a surface over two of more than two inputs, or what was there before."""
        if self.frame is not None and self.frame.problem.dataset.n_inputs > 2:
            self._show(replace(self.look, surface=not self.look.surface))

    def action_turn(self, arrow: str) -> None:
        """Choose another input across or up where a surface has the choice; elsewhere another output."""
        if self.frame is None:
            return
        axis, by = _TURN[arrow]
        count = self.frame.problem.dataset.n_inputs
        if count > 2 and self.look.surface:
            self._show(self.look.turned(self.frame.problem, axis, by))
        else:
            self.action_output(by)

    def action_held(self, by: int) -> None:
        """Hold the other inputs at another training sample."""
        if self.frame is not None:
            self._show(replace(self.look, held=(self.look.held + by) % len(self.frame.problem.train)))

    def action_output(self, by: int) -> None:
        """Show another output where there are several."""
        if self.frame is not None:
            self._show(replace(self.look, output=(self.look.output + by) % self.frame.network.sizes[-1]))

    def _show(self, look: PredictionView) -> None:
        self.look = look
        self.redraw()
        self.post_message(self.Looked(look))

    def follow(self, look: PredictionView) -> None:
        """Show what was chosen elsewhere."""
        if look != self.look:
            self.look = look
            self.redraw()

    # Drawing.

    def draw(self, frame: Frame) -> Sequence[CanvasLine]:
        """Draw the probes, the picture and its legend."""
        probes = _probe_lines(frame, self.size.width)
        columns, rows = self.size.width, self.size.height - len(probes) - 1
        self.field = None
        if columns < 8 or rows < 2:
            return [*probes, Text("too small to draw")]
        look = self.look.fitted(frame.problem)
        lines, parts = self._picture(frame, look, Axes(columns, rows), len(probes))
        hidden = f"z: {len(lines) - rows} rows more" if len(lines) > rows else ""
        said = _subtitle(frame, look, columns - 6 - len(hidden))
        said = said if self.pen is None else self.pen.sentence(frame.problem, columns - 2)
        self.note("   ".join(part for part in (hidden, said) if part))
        return [*probes, *lines[:rows], fitted_legend(parts, columns)]

    def _picture(self, frame: Frame, look: PredictionView, axes: Axes, above: int) -> Drawn:
        """Draw what suits the data, below some lines; note where it is if samples can be drawn on it."""
        problem = frame.problem
        curve = problem.dataset.n_inputs == 1
        if problem.dataset.n_inputs == 2 or look.surface:
            axes = axes.square()
        columns, rows = (DOTS[0] * axes.columns, 0) if curve else (axes.columns, 2 * axes.rows)
        picture = prediction_picture(frame, columns, rows, look)
        names, labels = problem.dataset.input_names, answer_labels(problem)
        match picture:
            case PredictionCurve():
                probes = tuple((probe.input[0], probe.now[look.output]) for probe in frame.probes)
                ends = curve_range(picture) if look.window is None else look.window[1]
                self.field = field_of(axes, above, picture.x, ends)
                setting = PictureFrame(
                    axes, self.drawn_in, (names[0], "ŷ"), labels, False, probes, self.cursor(frame), ends
                )
                return draw_curve_picture(picture, setting)
            case DecisionSurface():
                across, up = picture.inputs
                probes = tuple((probe.input[across], probe.input[up]) for probe in frame.probes)
                classes, shown = problem.dataset.task == "classes", (names[across], names[up])
                self.field = field_of(axes, above, picture.x1, (float(picture.x2[0]), float(picture.x2[-1])))
                setting = PictureFrame(axes, self.drawn_in, shown, labels, classes, probes, self.cursor(frame))
                return draw_answers(picture, setting)
            case Confusion():
                return draw_confusion(picture, axes.whole)
            case Scatter():
                return draw_scatter(picture, PictureFrame(axes, self.drawn_in, ("true", "predicted")))


def _subtitle(frame: Frame, look: PredictionView, width: int) -> str:
    """Say which output, which inputs and which sample are shown, and the keys that choose others."""
    problem = frame.problem
    parts: list[str] = []
    if problem.dataset.n_inputs > 2 and look.surface:
        across, up = (problem.dataset.input_names[i] for i in look.axes(problem))
        parts = [f"←→ {across}  ↑↓ {up}", f", . others as in sample {look.held + 1:,}", "enter: back"]
    elif problem.dataset.n_inputs > 2:
        parts = ["enter: over two inputs"]
    outputs = problem.dataset.n_outputs
    one_only = problem.dataset.task != "classes" or problem.dataset.n_inputs == 1
    if outputs > 1 and one_only:
        name = (problem.dataset.classes or problem.dataset.target_names)[look.output]
        keys = "pgup pgdn" if problem.dataset.n_inputs > 2 and look.surface else "←→"
        parts.insert(0, f"{keys} output {look.output + 1} of {outputs}: {name}")
    while len(parts) > 1 and len("   ".join(parts)) > width:
        parts.pop()
    return "   ".join(parts)


def _probe_lines(frame: Frame, width: int) -> list[Text]:
    """Write each input asked about with its answers: in one line, labelled as far as there is room, or a line for each."""
    plainly, labelled = [], []
    for probe in frame.probes:
        asked = ",".join(four_digits(value) for value in probe.input)
        before, now = (" ".join(four_digits(value) for value in values) for values in (probe.before, probe.now))
        plainly.append(f"{asked}: {before} → {now}")
        name = f"{frame.problem.dataset.input_names[0]} " if len(probe.input) == 1 else ""
        labelled.append(f"{name}{asked}: ŷ {before} → {now}")
    if not labelled:
        return []
    ways = ["   ".join(labelled) + _SINCE, "   ".join(labelled), "   ".join(plainly)]
    found = next(([way] for way in ways if len(way) <= width), labelled)
    return [Text(line, style="bold", no_wrap=True) for line in found]
