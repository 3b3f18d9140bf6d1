"""A panel on whose picture samples are drawn by hand: keys, clicks and strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events
from textual.message import Message

from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.prediction import PredictionView
from tui_backprop.session.recipe.points import Point
from tui_backprop.ui.panels.panel import PicturePanel
from tui_backprop.ui.panels.pen import CellArea, Pen, pen_for

_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}  # cells right and down


class PenPanel(PicturePanel[Frame]):
    """Predictions over one or two inputs, with a pen."""

    class Drawn(Message):
        """The user drew samples."""

        def __init__(self, points: list[Point]) -> None:
            super().__init__()
            self.points = points

    class Erased(Message):
        """The user wants to take away the sample that is nearest to a place, `columns` being as `rows_near` has them."""

        def __init__(
            self, columns: tuple[int, int | None], place: tuple[float, float], reach: tuple[float, float]
        ) -> None:
            super().__init__()
            self.columns, self.place, self.reach = columns, place, reach

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id)
        self.look = PredictionView()
        """What is shown of the predictions."""
        self.pen: Pen | None = None
        """What draws samples; None while nothing is drawn."""
        self.field: CellArea | None = None
        """Where the picture is, if samples can be drawn on it."""
        self._stroke: list[tuple[float, float]] = []  # places that the mouse went over so far

    def take_pen(self) -> str:
        """Begin to draw samples; say why one cannot, where that is so."""
        if self.frame is None:
            return ""
        problem = self.frame.problem
        pen = pen_for(problem, self.look.fitted(problem), self.field)
        if isinstance(pen, str):
            return pen
        self._hold(pen)
        return ""

    def put_pen_down(self) -> None:
        """End drawing."""
        self._hold(None)

    def _hold(self, pen: Pen | None) -> None:
        self.pen = pen
        self.look = replace(self.look, window=None if pen is None else pen.window)
        self.redraw()

    def cursor(self, frame: Frame) -> tuple[float, float] | None:
        """Return where the pen is; over one input, answers have their own height."""
        if self.pen is None:
            return None
        dataset = frame.problem.dataset
        answers = dataset.n_inputs == 1 and dataset.task != "regression"
        return (self.pen.place[0], float(self.pen.answer)) if answers else self.pen.place

    def on_key(self, event: events.Key) -> None:
        """Draw while the pen is held; every other key does what it does elsewhere."""
        if self.pen is None or self.field is None or self.frame is None:
            return
        problem = self.frame.problem
        if event.key in _WAYS:
            self._hold(self.pen.walked(_WAYS[event.key], self.field, problem))
        elif event.key == "space":
            self._draw([self.pen.place])
        elif event.key in ("delete", "backspace"):
            self._erase(self.cursor(self.frame) or self.pen.place)
        elif len(event.key) == 1 and event.key.isdecimal():
            self._hold(self.pen.chosen(int(event.key), problem))
        elif event.key == "t":
            self._hold(replace(self.pen, test=not self.pen.test))
        elif event.key == "escape":
            self.put_pen_down()
        else:
            return
        event.stop()
        event.prevent_default()

    def _draw(self, places: Sequence[tuple[float, float]]) -> None:
        if self.pen is not None and self.frame is not None and places:
            problem = self.frame.problem
            self.post_message(self.Drawn(self.pen.points(problem, self.look.fitted(problem), places)))

    def _erase(self, place: tuple[float, float]) -> None:
        if self.frame is not None and self.field is not None:
            problem = self.frame.problem
            columns = (0, None) if problem.dataset.n_inputs == 1 else self.look.axes(problem)
            self.post_message(self.Erased(columns, place, self.field.cell))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a stroke, or with another button take a sample away."""
        place = self._place_under(event)
        if self.pen is None or place is None:
            return
        self._hold(replace(self.pen, place=place))
        if event.button == 1:
            self._stroke = [place]
            self.capture_mouse()
        else:
            self._erase(place)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go on with a stroke: one sample for each cell that it goes over."""
        place = self._place_under(event)
        if self.pen is None or not self._stroke or place is None or place in self._stroke:
            return
        self._stroke.append(place)
        self._hold(replace(self.pen, place=place))

    def on_mouse_up(self) -> None:
        """Draw what the stroke went over."""
        if self._stroke:
            self.release_mouse()
            stroke, self._stroke = self._stroke, []
            self._draw(stroke)

    def _place_under(self, event: events.MouseEvent) -> tuple[float, float] | None:
        at = event.get_content_offset_capture(self)
        return None if self.field is None else self.field.place(at.x, at.y)

    def on_blur(self) -> None:
        """Put the pen down when the keys go elsewhere."""
        if self.pen is not None:
            self.put_pen_down()
