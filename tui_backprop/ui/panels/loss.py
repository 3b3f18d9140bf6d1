"""The panel *Loss*: the curves of the run, live."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from tui_backprop.records.curve import Curve
from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.canvas import Canvas
from tui_backprop.ui.drawing.charts.chart import Series, draw_chart, legend
from tui_backprop.ui.drawing.numbers import plain
from tui_backprop.ui.panels.panel import CanvasPanel

_BESIDE = 8  # other branches whose curves are drawn, the newest ones: of more no one can be told from the others


class LossPanel(CanvasPanel[Frame]):
    """Training and test loss, reference lines, edits, and a cursor that reads a point."""

    name_shown = "Loss"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "earlier point", show=False),
        Binding("right", "move(1)", "later point", show=False),
        Binding("enter", "choose", "go to the point", show=False),
    ]

    log_axis: reactive[bool] = reactive(False)
    """Whether the loss axis is logarithmic."""
    tail: reactive[bool] = reactive(False)
    """Whether only the last tenth of the run is drawn."""

    class StepChosen(Message):
        """The user pointed at a step of the run and wants to go there."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self._cursor: int | None = None
        self._span = (0, 0)  # first and last step on the axis
        self._axis = 0  # column of the axis

    def watch_log_axis(self) -> None:
        """Draw with the other axis."""
        self.redraw()

    def watch_tail(self) -> None:
        """Draw the other part."""
        self.redraw()

    def name_text(self, frame: Frame) -> Text:
        """Return the panel's name, and which curve is which."""
        names = ["train", *(["test"] if frame.curve.test is not None else [])]
        names += [one.text for one in frame.watches if one.on_chart]
        return super().name_text(frame).append_text(legend(names, colored=self.drawn_in != "none"))

    def canvas(self, frame: Frame) -> Canvas:
        """Draw the chart and say in the subtitle what the cursor reads."""
        curve = self._part(frame.curve)
        first = int(curve.steps[0]) if len(curve.steps) else 0
        series = [Series("train", curve.steps, curve.train)]
        if curve.test is not None:
            series.append(Series("test", curve.steps, curve.test))
        series += [Series(one.text, one.trace.steps, one.trace.values) for one in frame.watches if one.on_chart]
        beside = [one for one in frame.branches if not one.active][-_BESIDE:]
        others = [_from(first, one.name, one.curve) for one in beside]
        drawn = [one.steps for one in (*series, *others) if len(one.steps)]
        self._span = (min(int(s[0]) for s in drawn), max(int(s[-1]) for s in drawn)) if drawn else (0, 0)
        marks = _apart([edit.step for edit in frame.edits if edit.step >= first], self._span, self.size.width)
        if frame.step < frame.last_step:
            marks.append(frame.step)
        if self._cursor is not None:
            marks.append(self._cursor)
        references = [(line.name, line.loss) for line in frame.reference]
        size = (self.size.width, self.size.height)
        colored = self.drawn_in != "none"
        chart = draw_chart(series, references, marks, size, log=self.log_axis, others=others, colored=colored)
        self.note(self._reading(frame))
        self._axis = max(chart.text(row).find("┤") for row in range(chart.rows))
        return chart

    def _part(self, curve: Curve) -> Curve:
        if not (self.tail and len(curve.steps)):
            return curve
        at = int(np.searchsorted(curve.steps, curve.steps[-1] * 0.9))
        return Curve(curve.steps[at:], curve.train[at:], None if curve.test is None else curve.test[at:])

    def _reading(self, frame: Frame) -> str:
        scaled = frame.recipe.scale_targets != "none"
        views = (("of scaled targets", scaled), ("log", self.log_axis), ("last tenth", self.tail))
        view = ", ".join(name for name, on in views if on)
        if self._cursor is None or not len(frame.curve.steps):
            return view
        at = int(np.abs(frame.curve.steps - self._cursor).argmin())
        parts = [f"step {int(frame.curve.steps[at]):,}", f"train {plain(float(frame.curve.train[at]))}"]
        if frame.curve.test is not None:
            parts.append(f"test {plain(float(frame.curve.test[at]))}")
        parts += [edit.summary for edit in frame.edits if edit.step == self._cursor]
        return "  ".join([*parts, view]).strip()

    def action_move(self, direction: int) -> None:
        """Move the cursor to the next point, or to the next edit where one lies before it."""
        if self.frame is None or not len(self.frame.curve.steps):
            return
        steps = np.unique([*self.frame.curve.steps, *(edit.step for edit in self.frame.edits)])
        stride = max(1, len(steps) // 100)
        start = self.frame.step if self._cursor is None else self._cursor
        at = int(np.clip(np.searchsorted(steps, start) + direction * stride, 0, len(steps) - 1))
        self._cursor = int(steps[at])
        self.redraw()

    def action_choose(self) -> None:
        """Go to the step under the cursor."""
        if self._cursor is not None:
            self.post_message(self.StepChosen(self._cursor))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Read the point under the mouse."""
        self._cursor = self._step_under(event.get_content_offset_capture(self).x)
        self.redraw()

    def on_leave(self) -> None:
        """Take the cursor away with the mouse."""
        self._cursor = None
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Go to the step under the mouse."""
        step = self._step_under(event.get_content_offset_capture(self).x)
        if step is not None:
            self.post_message(self.StepChosen(step))

    def _step_under(self, x: int) -> int | None:
        """Return the step at a column; the plot begins behind the axis labels and ends at the frame."""
        width = self.size.width - self._axis - 2
        if self.frame is None or width < 2:
            return None
        share = float(np.clip((x - self._axis - 1) / (width - 1), 0, 1))
        first, last = self._span
        return round(first + share * (last - first))


def _apart(steps: list[int], span: tuple[int, int], columns: int) -> list[int]:
    """Return one of the steps for each column of a chart that they lie in: more marks than columns show nothing more."""
    width = max(1, span[1] - span[0])
    return [*{(step - span[0]) * columns // width: step for step in steps}.values()]


def _from(first: int, name: str, curve: Curve) -> Series:
    """The training curve from a step on."""
    at = int(np.searchsorted(curve.steps, first))
    return Series(name, curve.steps[at:], curve.train[at:])
