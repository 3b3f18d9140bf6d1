"""The clinic's panels: each draws what there is to see of the user's own network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Tensor
from tui_backprop.scripts.clinic.checkup import Checkup
from tui_backprop.scripts.clinic.checkup_text import SpanKind, checkup_text
from tui_backprop.scripts.clinic.frame import OwnFrame, OwnUpdate
from tui_backprop.ui.drawing.answers import Setting, draw_curve_picture, legend
from tui_backprop.ui.drawing.bars import signed_bar
from tui_backprop.ui.drawing.canvas import Canvas, CanvasLine
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.charts.chart import Series, draw_chart
from tui_backprop.ui.drawing.charts.curves import DOTS
from tui_backprop.ui.drawing.numbers import changed, plain, signed
from tui_backprop.ui.panels.entries import EntriesPanel, heading_text
from tui_backprop.ui.panels.panel import CanvasPanel, PicturePanel
from tui_backprop.ui.theme import NEGATIVE, POSITIVE, sign_color

_NAME = 16  # cells of a name at the most
_HALF_BAR = 4
_ROOM = 24  # cells that bars and sparklines need besides the numbers
_MOST_ROWS = 14  # of the curve in a panel that is higher: the list below it has the rest


class OwnEntriesPanel(EntriesPanel[OwnFrame]):
    """A row for each entry of their parameters, under their own names."""

    def tensors(self, frame: OwnFrame) -> tuple[Tensor, ...]:
        """Return theirs."""
        return frame.tensors

    def name_of(self, frame: OwnFrame, tensor: Tensor, index: int) -> str:
        """Return an entry's name, in as many cells as the longest needs."""
        longest = max(len(one.entry_name(one.size - 1)) for one in frame.tensors)
        return f"{tensor.entry_name(index):<{min(longest, _NAME)}} "


class OwnParametersPanel(OwnEntriesPanel):
    """Value, last Δ and history of each parameter."""

    name_shown = "Parameters"
    explained = "new"

    def heading(self, frame: OwnFrame, tensor: Tensor) -> Text:
        """Return name, shape and length."""
        return heading_text(tensor, f"norm {plain(float(np.linalg.norm(frame.state.parameters[tensor.span])))}")

    def entry(self, frame: OwnFrame, tensor: Tensor, index: int) -> Text:
        """Return name, value, Δ and sparkline."""
        at = tensor.start + index
        value, change = float(frame.state.parameters[at]), frame.change
        line = Text(self.name_of(frame, tensor, index), no_wrap=True).append(signed(value), sign_color(value))
        if change is None:
            return line.append("  last Δ         ·", "dim")
        moved = float(change[at])
        line.append("  last Δ ", "dim").append(changed(moved), sign_color(moved) or "dim")
        return self.with_past(line, frame.history[:, at].tolist())


class OwnGradientsPanel(OwnEntriesPanel):
    """The gradient that their formulas gave for the last update, and the true one beside it."""

    name_shown = "Gradients"
    explained = "gradient"

    def line_count(self, frame: OwnFrame) -> int:
        """One line that says why there is nothing yet, or a row for each entry."""
        return 1 if frame.update is None else super().line_count(frame)

    def line_at(self, frame: OwnFrame, row: int) -> Text:
        """Return the row, or the reason why there is none."""
        if frame.update is None:
            return Text("no update yet: n makes one step", style="dim")
        return super().line_at(frame, row)

    def prepare(self, frame: OwnFrame) -> None:
        """Count those that are wrong."""
        super().prepare(frame)
        update = frame.update
        if update is None:
            self.note("")
            return
        whose = f"sample {int(update.rows[0]) + 1:,}" if len(update.rows) == 1 else f"{len(update.rows):,} samples"
        counts = frame.counts()
        if counts is None:
            self.note(f"{whose}: the true ones are computed when the run pauses")
            return
        wrong, known = counts
        verdict = f"{whose}: {wrong:,} of {known:,} ✗" if wrong else f"{whose}: ✓ all {known:,}"
        method = " against central differences"
        self.note(verdict + (method if len(verdict) + len(method) + 4 <= self.size.width else ""))

    def heading(self, frame: OwnFrame, tensor: Tensor) -> Text:
        """Return name, shape and length."""
        assert frame.update is not None  # noqa: S101  (there are no rows without one)
        return heading_text(tensor, f"norm {plain(float(np.linalg.norm(frame.update.gradient[tensor.span])))}")

    def entry(self, frame: OwnFrame, tensor: Tensor, index: int) -> Text:
        """Return name, theirs, bar, the true one, and by how much they part."""
        update = frame.update
        assert update is not None  # noqa: S101  (there are no rows without one)
        at = tensor.start + index
        value = float(update.gradient[at])
        line = Text(self.name_of(frame, tensor, index), no_wrap=True).append(signed(value), sign_color(value))
        if self.columns >= len(line) + _ROOM + 2 * _HALF_BAR:
            largest = float(np.abs(update.gradient[np.isfinite(update.gradient)]).max(initial=0.0))
            left, right = signed_bar(value, largest, _HALF_BAR)
            line.append("  ").append(left, NEGATIVE).append("│", "dim").append(f"{right} ", POSITIVE)
        return _beside(line, frame, update, at)


def _beside(line: Text, frame: OwnFrame, update: OwnUpdate, at: int) -> Text:
    """Append the true gradient of an entry, and by how much theirs is off."""
    line.append(" true ", "dim")
    judgement = update.judgement
    if judgement is None or not np.isfinite(judgement.true[at]):
        return line.append("        ·", "dim")
    true = float(judgement.true[at])
    line.append(signed(true), sign_color(true))
    match judgement.verdict(at):
        case "right":
            return line.append("  ✓", "dim")
        case "unsure":
            return line.append("  ?", "dim")
    if np.isfinite(scale := float(frame.scales[at])):
        return line.append("  ~").append(f" ×{scale:.2g}")
    return line.append("  ✗", "bold").append(f" {_percent(float(judgement.relative[at]))}")


def _percent(share: float) -> str:
    """Write a relative error in at most five cells."""
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1g} %" if percent >= 0.1 else "<0.1 %"


class OwnLossPanel(CanvasPanel[OwnFrame]):
    """The loss over their samples, by their own loss."""

    name_shown = "Loss"

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.log_axis = False
        """Whether the loss axis is logarithmic."""

    def canvas(self, frame: OwnFrame) -> Canvas:
        """Draw the chart, with marks where the file was loaded, the rate was changed, and where one went back to."""
        curve = frame.curve
        marks = [*frame.marks, *([frame.step] if frame.step < frame.last_step else [])]
        self.note("  ".join([frame.data, *(["log"] if self.log_axis else [])]))
        size = (self.size.width, self.size.height)
        return draw_chart([Series("loss", curve.steps, curve.train)], [], marks, size, log=self.log_axis)


class OwnPredictionPanel(PicturePanel[OwnFrame]):
    """What their network answers: a curve over x where there is one input, and a list of their samples."""

    name_shown = "Prediction"

    def draw(self, frame: OwnFrame) -> Sequence[CanvasLine]:
        """Draw the curve, and the list below it."""
        shown = frame.prediction
        lines: list[CanvasLine] = []
        rows = min(self.size.height - 3, _MOST_ROWS)
        if shown.curve is not None and rows >= 2 and self.columns >= 8:
            axes = Axes(self.columns, rows)
            curve = shown.curve.resampled(DOTS[0] * axes.columns)
            drawn, parts = draw_curve_picture(curve, Setting(axes, self.drawn_in, ("x", "ŷ")))
            lines = [*drawn, legend(parts, self.columns), Text()]
        lines += [_sample(frame, i) for i in range(len(shown.rows))]
        self.note(f"{len(shown.rows):,} samples, scroll" if len(lines) > self.size.height else "")
        return lines


def _sample(frame: OwnFrame, i: int) -> Text:
    """Return one sample: its target, what is answered at the start and now, and its input, which may be long."""
    shown = frame.prediction

    def row(values: Array) -> str:
        few = [plain(float(value)) for value in values[:4]]
        return " ".join([*few, *(["…"] if len(values) > 4 else [])])

    line = Text(f"{int(shown.rows[i]) + 1:>4}  y ", no_wrap=True).append(row(shown.targets[i]), "bold")
    line.append(f"  {row(shown.before[i])} → ", "dim").append(row(shown.now[i]), POSITIVE)
    return line.append(f"  x {row(shown.inputs[i])}", "dim")


_STYLES: dict[SpanKind, str] = {
    "": "",
    "right": POSITIVE,
    "scaled": NEGATIVE,
    "wrong": f"bold {NEGATIVE}",
    "formula": "bold",
}


class CheckPanel(PicturePanel[OwnFrame]):
    """The verdict, the table and the sentences: what `tui-backprop check` prints."""

    name_shown = "Check"

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._drawn_for: tuple[Checkup | None, int] | None = None

    def draw(self, frame: OwnFrame) -> Sequence[CanvasLine]:
        """Write the check, folded to the panel's width."""
        if self._drawn_for == (frame.checkup, self.columns):
            return self._lines
        self._drawn_for = frame.checkup, self.columns
        if frame.checkup is None:
            said = Text(
                f"{frame.file} is being checked: its gradients are compared with its own loss, and mistakes are "
                "searched for. This may take a few seconds; keys work meanwhile.",
                style="dim",
            )
            return list(said.wrap(self.app.console, max(10, self.columns)))
        lines = checkup_text(frame.checkup, max(40, self.columns))
        return [Text.assemble(*((span.text, _STYLES[span.kind]) for span in line), no_wrap=True) for line in lines]
