"""The panel *Prediction*: what the network answers."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType

from tui_backprop.core.arrays import Array
from tui_backprop.session.frame import Frame
from tui_backprop.session.prediction import Confusion, DecisionSurface, PredictionCurve, Scatter, prediction_picture
from tui_backprop.session.problem import Samples
from tui_backprop.ui.drawing.numbers import plain
from tui_backprop.ui.drawing.surface import Canvas, heat_map, place, put_samples
from tui_backprop.ui.panels.panel import PicturePanel
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, class_glyph


class PredictionPanel(PicturePanel[Frame]):
    """A curve, a decision surface, a confusion matrix or a scatter, with the probes above."""

    name_shown = "Prediction"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "output(-1)", "output before", show=False),
        Binding("right", "output(1)", "next output", show=False),
    ]

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._output = 0

    def action_output(self, by: int) -> None:
        """Show another output where there are several."""
        if self.frame is not None:
            self._output = (self._output + by) % self.frame.network.sizes[-1]
            self.redraw()

    def draw(self, frame: Frame) -> list[Text]:
        """Draw the probes, the picture and its legend."""
        self._output %= frame.network.sizes[-1]
        probes = list(_probe_lines(frame, self.size.width))
        columns, rows = self.size.width, self.size.height - len(probes) - 1
        if columns < 8 or rows < 2:
            return [*probes, Text("too small to draw")]
        picture = prediction_picture(frame, columns, 2 * rows, self._output)
        match picture:
            case PredictionCurve():
                lines, legend = draw_curve(picture, columns, rows, self._output)
            case DecisionSurface():
                lines, legend = self._surface(frame, picture, columns, rows)
            case Confusion():
                lines, legend = _confusion(picture)
            case Scatter():
                lines, legend = _scatter(picture, columns, rows)
        name = frame.problem.dataset.target_names[min(self._output, len(frame.problem.dataset.target_names) - 1)]
        several = frame.network.sizes[-1] > 1 and isinstance(picture, PredictionCurve | Scatter)
        self.note(f"{name}, output {self._output + 1} of {frame.network.sizes[-1]}" if several else "")
        return [*probes, *lines, Text(legend, style="dim", no_wrap=True)]

    def _surface(self, frame: Frame, picture: DecisionSurface, columns: int, rows: int) -> tuple[list[Text], str]:
        """Draw ŷ upside up, with the samples over it."""
        problem = frame.problem
        flat = picture.prediction[::-1]
        if problem.dataset.task == "classes":
            values = flat.argmax(axis=2) / max(1, flat.shape[2] - 1)
        else:
            values = flat[:, :, self._output]
        if problem.dataset.task == "regression":
            low, high = float(np.nanmin(values)), float(np.nanmax(values))
            values = (values - low) / (high - low) if high > low else np.full_like(values, 0.5)
        canvas = heat_map(values, colored="nocolor" not in self.app.pseudo_classes)
        for samples in (picture.train, picture.test):
            if not len(samples) or problem.dataset.task == "regression":
                continue
            true = problem.answers(samples.targets)
            wrong = problem.answers(problem.predict(frame.state.parameters, samples.raw)) != true
            at = place(samples.raw[:, 0], float(picture.x1[0]), float(picture.x1[-1]), columns)
            down = rows - 1 - place(samples.raw[:, 1], float(picture.x2[0]), float(picture.x2[-1]), rows)
            put_samples(canvas, at, down, true, wrong)
        marks = "  ".join(f"{class_glyph(i)} {name}" for i, name in enumerate(problem.labels[:6]))
        return canvas.lines(), f"{marks}  ✗ answered wrongly   orange → blue: low → high"


def _probe_lines(frame: Frame, width: int) -> list[Text]:
    parts = []
    for probe in frame.probes:
        asked = ",".join(plain(value) for value in probe.input)
        before, now = (" ".join(plain(value) for value in values) for values in (probe.before, probe.now))
        parts.append(f"{asked}: {before} → {now}")
    text = "   ".join(parts)
    if len(text) <= width:
        return [Text(text, style="bold", no_wrap=True)] if text else []
    return [Text(part, style="bold", no_wrap=True) for part in parts]


def draw_curve(picture: PredictionCurve, columns: int, rows: int, output: int) -> tuple[list[Text], str]:
    """Draw one output of ŷ(x) with the samples, in `columns` by `rows` cells, and return the lines and the legend."""
    now, before = picture.now[:, output], picture.before[:, output]
    seen = np.concatenate([now, before, picture.train.targets[:, output], picture.test.targets[:, output]])
    seen = seen[np.isfinite(seen)]
    low, high = float(seen.min()), float(seen.max())
    canvas = Canvas(columns, rows)
    for values, glyph, style in ((before, "·", "dim"), (now, "━", POSITIVE)):
        for column, row in enumerate(rows - 1 - place(np.nan_to_num(values, nan=low), low, high, rows)):
            canvas.put(column, int(row), glyph, style)
    span = float(picture.x[0]), float(picture.x[-1])
    for samples, glyph in ((picture.train, "o"), (picture.test, "x")):
        _put_points(canvas, samples, samples.targets[:, output], span, (low, high), glyph)
    legend = f"x {plain(span[0])} … {plain(span[1])}   y {plain(low)} … {plain(high)}   ━ now  · at the start  o train"
    return canvas.lines(), legend + ("  x test" if len(picture.test) else "")


def _put_points(
    canvas: Canvas, samples: Samples, y: Array, across: tuple[float, float], up: tuple[float, float], glyph: str
) -> None:
    if not len(samples):
        return
    columns = place(samples.raw[:, 0], *across, canvas.columns)
    rows = canvas.rows - 1 - place(y, *up, canvas.rows)
    for column, row in zip(columns, rows, strict=True):
        canvas.put(int(column), int(row), glyph, f"bold {NEGATIVE}")


def _confusion(picture: Confusion) -> tuple[list[Text], str]:
    width = max(4, *(len(label) for label in picture.labels)) if len(picture.labels) <= 12 else 4
    names = [label[:width] for label in picture.labels]
    lines = [Text(" " * (width + 2) + " ".join(f"{name:>{width}}" for name in names), style="bold", no_wrap=True)]
    for i, name in enumerate(names):
        line = Text(f"{name:>{width}}  ", style="bold", no_wrap=True)
        for j, count in enumerate(picture.counts[i]):
            style = "" if not count else f"not bold {POSITIVE if i == j else NEGATIVE}"
            line.append(f"{count or '·':>{width}} ", style or "not bold dim")
        lines.append(line)
    right = int(np.trace(picture.counts))
    return lines, f"{picture.part}: rows true, columns answered; {right:,} of {int(picture.counts.sum()):,} right"


def _scatter(picture: Scatter, columns: int, rows: int) -> tuple[list[Text], str]:
    both = np.concatenate([picture.target, picture.prediction])
    both = both[np.isfinite(both)]
    low, high = float(both.min()), float(both.max())
    canvas = Canvas(columns, rows)
    for column in range(columns):
        canvas.put(column, rows - 1 - column * rows // columns, "·", "dim")
    at = place(picture.target, low, high, columns)
    up = rows - 1 - place(np.nan_to_num(picture.prediction, nan=low), low, high, rows)
    for column, row in zip(at, up, strict=True):
        canvas.put(int(column), int(row), "o", POSITIVE)
    return canvas.lines(), f"{picture.part}: true across, predicted up, both {plain(low)} … {plain(high)}; · is right"
