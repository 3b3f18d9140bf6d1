"""The panel *Loss*: the curves of the run, live."""

from __future__ import annotations

import math
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
from tui_backprop.ui.drawing.charts.chart import Series, curve_legend, draw_chart
from tui_backprop.ui.drawing.charts.heights import MEANS, HeightAxis, smoothed
from tui_backprop.ui.drawing.numbers import four_digits
from tui_backprop.ui.panels.panel import CanvasPanel

_BESIDE = 8  # other branches whose curves are drawn, the newest ones: of more no one can be told from the others
_FEWEST = 8  # points of the curve that are drawn at the least
_PAN = 0.25  # of what is drawn that one turn of the wheel moves it by


class LossPanel(CanvasPanel[Frame]):
    """Training and test loss, reference lines, edits, and a cursor that reads a point."""

    name_shown = "Loss"
    is_late = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "earlier point", show=False),
        Binding("right", "move(1)", "later point", show=False),
        Binding("enter", "choose", "go to the point", show=False),
        Binding("full_stop", "zoom(0.5)", "zoom in", show=False),
        Binding("comma", "zoom(2.0)", "zoom out", show=False),
        Binding("up", "raise_heights(1)", "higher losses", show=False),
        Binding("down", "raise_heights(-1)", "lower losses", show=False),
        Binding("pageup", "zoom_heights(0.5)", "zoom the loss axis in", show=False),
        Binding("pagedown", "zoom_heights(2.0)", "zoom it out", show=False),
        Binding("backspace", "whole", "all of the run", show=False),
        Binding("a", "smooth", "means of the curves", show=False),
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
        self._window: tuple[int, int] | None = None  # first and last step that the user zoomed to
        self._heights = HeightAxis()
        self._mean = 0  # how strongly the curves are smoothed, which of `MEANS`
        self._span = (0, 0)  # first and last step on the axis
        self._axis = 0  # column of the axis

    def watch_log_axis(self) -> None:
        """Draw with the other axis."""
        self._heights = HeightAxis()
        self.redraw()

    def watch_tail(self) -> None:
        """Draw the other part."""
        self._window = None
        self.redraw()

    def name_text(self, frame: Frame) -> Text:
        """Return the panel's name, and which curve is which."""
        over = "" if not self._mean else f", mean of {MEANS[self._mean]} points"
        names = [f"train{over}", *([f"test{over}"] if frame.curve.test is not None else [])]
        names += [one.text for one in frame.watches if one.on_chart]
        return super().name_text(frame).append_text(curve_legend(names, colored=self.drawn_in != "none"))

    def canvas(self, frame: Frame) -> Canvas:
        """Draw the chart and say in the subtitle what the cursor reads."""
        curve, (first, last) = frame.curve, self._shown(frame.curve)
        series = [Series("train", curve.steps, curve.train)]
        if curve.test is not None:
            series.append(Series("test", curve.steps, curve.test))
        series = [_between(first, last, smoothed(one, MEANS[self._mean])) for one in series]
        watched = [Series(one.text, one.trace.steps, one.trace.values) for one in frame.watches if one.on_chart]
        series += watched if self._window is None else [_between(first, last, one) for one in watched]
        beside = [one for one in frame.branches if one.beside][-_BESIDE:]
        same = f"{frame.problem.network.name} "  # what both have says nothing
        until = last if self._window is not None else None
        others = [
            _between(first, until, Series(one.label.removeprefix(same), one.curve.steps, one.curve.train))
            for one in beside
        ]
        drawn = [one.steps for one in (*series, *others) if len(one.steps)]
        self._span = (min(int(s[0]) for s in drawn), max(int(s[-1]) for s in drawn)) if drawn else (0, 0)
        steps = [edit.step for edit in frame.edits if edit.step >= first]
        marks = _apart(
            steps if until is None else [step for step in steps if step <= until], self._span, self.size.width
        )
        if frame.step < frame.last_step and (until is None or first <= frame.step <= until):
            marks.append(frame.step)
        if self._cursor is not None and (until is None or first <= self._cursor <= until):
            marks.append(self._cursor)
        references = [(line.name, line.loss) for line in frame.reference]
        size = (self.size.width, self.size.height)
        colored = self.drawn_in != "none"
        heights = self._heights.fitted(series, references, log=self.log_axis)
        chart = draw_chart(
            series, references, marks, size, log=self.log_axis, others=others, colored=colored, heights=heights
        )
        self.note(self._reading(frame))
        self._axis = max(chart.text(row).find("┤") for row in range(chart.rows))
        return chart

    def _shown(self, curve: Curve) -> tuple[int, int]:
        """Return the first and the last step to draw: the user's, the last tenth, or all."""
        if not len(curve.steps):
            return 0, 0
        first, last = int(curve.steps[0]), int(curve.steps[-1])
        if self._window is not None and self._window[0] < last:
            return self._window
        self._window = None  # another run, which is shorter
        return (math.ceil(last * 0.9) if self.tail else first), last

    def _reading(self, frame: Frame) -> str:
        scaled = frame.recipe.scale_targets != "none"
        zoomed = "" if self._window is None else f"steps {self._window[0]:,} to {self._window[1]:,} ( , . )"
        zoomed += " losses zoomed (pgup pgdn)" if self._heights.zoomed else ""
        tail = self.tail and self._window is None
        views = (("of scaled targets", scaled), ("log", self.log_axis), ("last tenth", tail), (zoomed, bool(zoomed)))
        view = ", ".join(name for name, on in views if on)
        if self._cursor is None or not len(frame.curve.steps):
            return view or _meaning(frame, self.size.width - 2)
        at = int(np.abs(frame.curve.steps - self._cursor).argmin())
        parts = [f"step {int(frame.curve.steps[at]):,}", f"train {four_digits(float(frame.curve.train[at]))}"]
        if frame.curve.test is not None:
            parts.append(f"test {four_digits(float(frame.curve.test[at]))}")
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
        self._bring_in_sight(self._cursor)
        self.redraw()

    def action_zoom(self, times: float) -> None:
        """Draw half of the steps, or twice as many, around the cursor or the current step."""
        if self.frame is not None:
            self._zoom(times, self.frame.step if self._cursor is None else self._cursor)

    def action_zoom_heights(self, times: float) -> None:
        """Draw half of the loss axis, or twice as much, around its middle."""
        self._heights = self._heights.zoomed_by(times)
        self.redraw()

    def action_raise_heights(self, direction: int) -> None:
        """Move the part of the loss axis that is drawn."""
        self._heights = self._heights.moved(direction * _PAN)
        self.redraw()

    def action_whole(self) -> None:
        """Draw all of the run again."""
        self._window, self._heights = None, HeightAxis()
        self.redraw()

    def action_smooth(self) -> None:
        """Draw means of more points, or the curves as they are again."""
        self._mean = (self._mean + 1) % len(MEANS)
        self.redraw()

    def _zoom(self, times: float, at: int) -> None:
        if self.frame is None or not len(self.frame.curve.steps):
            return
        steps = self.frame.curve.steps
        begin, end = int(steps[0]), int(steps[-1])
        first, last = self._shown(self.frame.curve)
        at = min(max(at, first), last)
        first, last = max(begin, round(at - (at - first) * times)), min(end, round(at + (last - at) * times))
        if times > 1.0 or int(np.searchsorted(steps, last, side="right") - np.searchsorted(steps, first)) >= _FEWEST:
            self._window = None if (first, last) == (begin, end) else (first, last)
            self.redraw()

    def _pan(self, share: float) -> None:
        """Move the zoomed part by a share of its width."""
        if self._window is not None:
            first, last = self._window
            by = round(share * (last - first))
            self._bring_in_sight(last + by if by > 0 else first + by)
            self.redraw()

    def _bring_in_sight(self, step: int) -> None:
        """Move the zoomed part as far as it takes to show a step, within the run."""
        if self._window is None or self.frame is None:
            return
        first, last = self._window
        step = min(max(step, int(self.frame.curve.steps[0])), int(self.frame.curve.steps[-1]))
        by = min(step - first, 0) + max(step - last, 0)
        self._window = first + by, last + by

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in at the mouse; with shift or control go to earlier steps; over the numbers of the loss axis, zoom that."""
        self._scrolled(event, 0.5, -_PAN)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out at the mouse; with shift or control go to later steps."""
        self._scrolled(event, 2.0, _PAN)

    def _scrolled(self, event: events.MouseEvent, times: float, share: float) -> None:
        event.stop()
        at = event.get_content_offset_capture(self)
        step = self._step_under(at.x)
        if at.x <= self._axis:
            rows = max(1, self.size.height - 3)
            self._heights = (
                self._heights.moved(-share)
                if event.shift or event.ctrl
                else self._heights.zoomed_by(times, 1 - min(max(at.y - 1, 0), rows) / rows)
            )
            self.redraw()
        elif event.shift or event.ctrl:
            self._pan(share)
        elif step is not None:
            self._zoom(times, step)

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


def _meaning(frame: Frame, width: int) -> str:
    """Say what the reference lines are, as much as there is room for."""
    lines = {line.key for line in frame.reference}
    constant, network = "one answer for all inputs", "no weights do better"
    ways = [f"best constant: {constant}", f"constant: {constant}", "constant: one for all"]
    if "network" in lines:
        ways = [
            f"best constant: {constant}; best this network can do: {network}",
            f"constant: one for all; network: {network}",
            *ways,
        ]
    return next((way for way in ways if len(way) <= width), "")


def _apart(steps: list[int], span: tuple[int, int], columns: int) -> list[int]:
    """Return one of the steps for each column of a chart that they lie in: more marks than columns show nothing more."""
    width = max(1, span[1] - span[0])
    return [*{(step - span[0]) * columns // width: step for step in steps}.values()]


def _between(first: int, last: int | None, series: Series) -> Series:
    """Return the part of a curve between two steps, both included; None for no end."""
    begin = int(np.searchsorted(series.steps, first))
    end = None if last is None else int(np.searchsorted(series.steps, last, side="right"))
    return Series(series.name, series.steps[begin:end], series.values[begin:end])
