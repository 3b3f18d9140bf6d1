"""The panel *Loss* of two runs side by side: both curves on one chart."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive

from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.drawing.canvas import Canvas
from tui_backprop.ui.drawing.charts.chart import Series, curve_legend, draw_chart
from tui_backprop.ui.panels.panel import CanvasPanel

_NAME = 30  # characters of a run's name in the legend


class LossesPanel(CanvasPanel[Frame]):
    """The training loss of every run that a frame knows, each with its name."""

    name_shown = "Loss"

    log_axis: reactive[bool] = reactive(False)
    """Whether the loss axis is logarithmic."""

    def watch_log_axis(self) -> None:
        """Draw with the other axis."""
        self.redraw()

    def name_text(self, frame: Frame) -> Text:
        """Return the panel's name, and which curve is whose."""
        names = [one.label[:_NAME] for one in frame.branches]
        return super().name_text(frame).append_text(curve_legend(names, colored=self.drawn_in != "none"))

    def canvas(self, frame: Frame) -> Canvas:
        """Draw the chart, and a mark where the runs are if they have been further."""
        series = [Series(one.label[:_NAME], one.curve.steps, one.curve.train) for one in frame.branches]
        references = [(line.name, line.loss) for line in frame.reference]
        marks = [frame.step] if frame.step < frame.last_step else []
        size = (self.size.width, self.size.height)
        colored = self.drawn_in != "none"
        self.note("log" if self.log_axis else "")
        return draw_chart(series, references, marks, size, log=self.log_axis, colored=colored)
