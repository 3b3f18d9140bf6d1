"""The pen that draws samples on a picture of predictions: where its cursor is, and what it draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_backprop.core.arrays import Array
from tui_backprop.session.pictures.prediction import PredictionView, answer_labels
from tui_backprop.session.recipe.points import Point
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.ui.drawing.charts.axes import Axes
from tui_backprop.ui.drawing.numbers import MINUS

Span = tuple[float, float]

_TENTHS = 10
_CURVE_ROOM = 0.1  # of the range that a picture has around the samples while one draws on a curve


@dataclass(frozen=True)
class CellArea:
    """The cells of a picture, and what lies in them."""

    column: int
    """The first one, from the left edge of the panel."""
    row: int
    columns: int
    rows: int
    across: Span
    """Raw values at the left and at the right edge."""
    up: Span
    """Those at the lower and at the upper edge."""

    @property
    def cell(self) -> tuple[float, float]:
        """How much of both values a cell has."""
        return (self.across[1] - self.across[0]) / self.columns, (self.up[1] - self.up[0]) / self.rows

    def place(self, column: int, row: int) -> tuple[float, float] | None:
        """Return the raw values in the middle of a cell of the panel; None outside."""
        x, y = column - self.column, row - self.row
        if not (0 <= x < self.columns and 0 <= y < self.rows):
            return None
        wide, high = self.cell
        return self.across[0] + (x + 0.5) * wide, self.up[1] - (y + 0.5) * high

    def cell_of(self, place: tuple[float, float]) -> tuple[int, int]:
        """Return the cell of the panel that raw values lie in, the nearest one for those outside."""
        wide, high = self.cell
        x, y = int((place[0] - self.across[0]) / wide), int((self.up[1] - place[1]) / high)
        return self.column + min(max(x, 0), self.columns - 1), self.row + min(max(y, 0), self.rows - 1)


@dataclass(frozen=True)
class Pen:
    """What draws; it is put down on a picture and taken up again."""

    window: tuple[Span, Span]
    """What the picture shows while one draws, so that it stays where it is."""
    place: tuple[float, float]
    """Where the cursor is, raw."""
    answer: int = 0
    """What is drawn: 0 or 1, the number of a class, or a tenth of the range of numbers."""
    test: bool = False
    """Whether for testing."""

    def chosen(self, digit: int, problem: Problem) -> Pen:
        """Return the pen with another answer, itself where there is no such one."""
        labels = answer_labels(problem)
        return replace(self, answer=digit) if digit < (len(labels) or _TENTHS) else self

    def walked(self, by: tuple[int, int], field: CellArea, problem: Problem) -> Pen:
        """Return the pen some cells further right and down, within the picture; over one input, up is another answer."""
        if by[1] and problem.dataset.n_inputs == 1 and problem.dataset.task != "regression":
            return self.chosen(max(0, self.answer - by[1]), problem)
        column, row = field.cell_of(self.place)
        place = field.place(column + by[0], row + by[1])
        return self if place is None else replace(self, place=place)

    def points(self, problem: Problem, look: PredictionView, places: Sequence[tuple[float, float]]) -> list[Point]:
        """Return the samples to draw at some places, raw."""
        return [
            Point(self._inputs(problem, look, place), (_rounded(self._target(problem, place)),), self.test)
            for place in places
        ]

    def _inputs(self, problem: Problem, look: PredictionView, place: tuple[float, float]) -> tuple[float, ...]:
        if problem.dataset.n_inputs == 1:
            return (_rounded(place[0]),)
        values = problem.train.raw[look.held].tolist()
        for axis, value in zip(look.axes(problem), place, strict=True):
            values[axis] = _rounded(value)
        return tuple(values)

    def _target(self, problem: Problem, place: tuple[float, float]) -> float:
        if problem.dataset.task != "regression":
            return float(self.answer)
        if problem.dataset.n_inputs == 1:
            return place[1]
        low, high = float(problem.train.raw_targets.min()), float(problem.train.raw_targets.max())
        return low + (self.answer + 0.5) / _TENTHS * (high - low)

    def sentence(self, problem: Problem, width: int) -> str:
        """Say where the cursor is, what it draws, and with which keys, as much as there is room for."""
        labels = answer_labels(problem)
        height = problem.dataset.n_inputs == 1 and not labels
        what = "" if height else labels[self.answer] if labels else f"{self.answer}/10"
        where = ", ".join(f"{value:.2g}".replace("-", MINUS) for value in self.place)
        parts = [f"✚ {where}{f': {what}' * bool(what)}{' test' if self.test else ''}", "space draws"]
        parts += [] if height else [f"0–{(len(labels) or _TENTHS) - 1} what"]
        parts += ["esc ends", "del erases", f"t {'train' if self.test else 'test'}"]
        while len(parts) > 1 and len("  ".join(parts)) > width:
            parts.pop()
        return "  ".join(parts)


def field_of(axes: Axes, above: int, x: Array, up: Span) -> CellArea:
    """Return the cells of a picture that is drawn inside its axes and below some lines, over ascending values across."""
    return CellArea(axes.margin, above, axes.columns, axes.rows, (float(x[0]), float(x[-1])), up)


def pen_for(problem: Problem, look: PredictionView, field: CellArea | None) -> Pen | str:
    """Return a pen in the middle of a picture, or why none can draw on it."""
    dataset = problem.dataset
    if dataset.n_inputs > 2 and not look.surface:
        return "samples are drawn on a curve or a surface: enter shows a surface over two inputs"
    if dataset.n_outputs > 1 and dataset.task != "classes":
        return f"samples are drawn where there is one output, and {dataset.name} has {dataset.n_outputs}"
    if field is None:
        return "there is too little room to draw: z gives the panel the whole screen"
    across, up = field.across, field.up
    if dataset.n_inputs == 1:
        room = _CURVE_ROOM * (up[1] - up[0])
        up = up[0] - room, up[1] + room
    return Pen((across, up), ((across[0] + across[1]) / 2, (up[0] + up[1]) / 2))


def _rounded(value: float) -> float:
    """Return a number of four digits: a cell is not finer, and what is kept is short."""
    return float(f"{value:.4g}")
