"""What came of a sweep: of a cell, of a table of cells, of each value of a field."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.session.sweep.axes import Axis
from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.plan import SweepPlan

_DECADES = 4  # of losses that colours tell apart; what is better still looks the same


@dataclass(frozen=True)
class Cell:
    """The runs of one combination that have finished, one for each seed."""

    number: int
    outcomes: tuple[Outcome, ...]
    """In the order of their seeds."""

    @cached_property
    def losses(self) -> tuple[float, ...]:
        """Final training losses, the best first; of a run that diverged ∞."""
        return tuple(sorted(math.inf if one.diverged else one.loss for one in self.outcomes))

    @property
    def median(self) -> float:
        """Median final loss, ∞ where half of the runs or more diverged; NaN before any has finished."""
        return middle(self.losses)

    @property
    def best(self) -> float:
        """Smallest final loss; NaN before any run has finished."""
        return self.losses[0] if self.losses else math.nan

    @property
    def diverged(self) -> int:
        """How many broke."""
        return sum(one.diverged for one in self.outcomes)

    @property
    def reached(self) -> int:
        """How many reached the condition."""
        return sum(one.stopped_by == "until" for one in self.outcomes)

    @property
    def share(self) -> float:
        """Share of the finished runs that reached the condition; NaN before any has finished."""
        return self.reached / len(self.outcomes) if self.outcomes else math.nan

    @property
    def steps_to_reach(self) -> float:
        """Median of the steps that those runs took that reached the condition; NaN where none did."""
        return middle(tuple(sorted(float(one.steps) for one in self.outcomes if one.stopped_by == "until")))


def middle(values: tuple[float, ...]) -> float:
    """Return the median of ascending numbers, the mean of the two in the middle; NaN where there are none."""
    count = len(values)
    if not count:
        return math.nan
    low, high = values[(count - 1) // 2], values[count // 2]
    return low if low == high else 0.5 * (low + high)


@dataclass(frozen=True)
class SweepTable:
    """Cells over two fields, or over one; the other varied fields stand at one value each."""

    rows: Axis | None
    """None where it has one row."""
    columns: Axis | None
    """None where it has one column."""
    held: tuple[tuple[str, str], ...]
    """(field, value as it is written) of the others."""
    cells: tuple[tuple[Cell, ...], ...]
    """(rows, columns)."""


class Summary:
    """The outcomes of a sweep, by cell."""

    def __init__(self, plan: SweepPlan, outcomes: Mapping[int, Outcome]) -> None:
        self.plan = plan
        found: list[list[Outcome]] = [[] for _ in range(plan.cells)]
        for run in sorted(outcomes):
            found[run // plan.seeds].append(outcomes[run])
        self.cells = tuple(Cell(number, tuple(outcomes)) for number, outcomes in enumerate(found))
        """Every cell, also those without an outcome."""

    def table(self, rows: str | None, columns: str | None, held: Mapping[str, int]) -> SweepTable:
        """Return the table over two fields.

        Args:
            rows: the field down the side; None for one row.
            columns: the field along the top; None for one column.
            held: which value each other varied field has.
        """
        axes = {axis.name: axis for axis in self.plan.axes}
        down, along = (None if name is None else axes[name] for name in (rows, columns))
        others = [axis for axis in self.plan.axes if axis.name not in (rows, columns)]

        def cell(row: int, column: int) -> Cell:
            chosen = {**held, **({rows: row} if rows else {}), **({columns: column} if columns else {})}
            return self.cells[self.plan.cell_at([chosen[axis.name] for axis in self.plan.axes])]

        size = (1 if down is None else len(down.values), 1 if along is None else len(along.values))
        return SweepTable(
            down,
            along,
            tuple((axis.name, axis.texts[held[axis.name]]) for axis in others),
            tuple(tuple(cell(row, column) for column in range(size[1])) for row in range(size[0])),
        )

    def tables(self) -> Iterator[SweepTable]:
        """Yield every table over the last two varied fields, one for each combination of the others."""
        names = [axis.name for axis in self.plan.axes]
        rows, columns = (names[-2] if len(names) > 1 else None), (names[-1] if names else None)
        others = self.plan.axes[:-2]
        for places in product(*(range(len(axis.values)) for axis in others)):
            yield self.table(rows, columns, {axis.name: place for axis, place in zip(others, places, strict=True)})

    def by_value(self, axis: Axis) -> tuple[Cell, ...]:
        """Return for each value of a field all the runs that had it, as if they were one cell."""
        place = [one.name for one in self.plan.axes].index(axis.name)
        having: list[list[Outcome]] = [[] for _ in axis.values]
        for cell in self.cells:
            having[self.plan.places(cell.number)[place]] += cell.outcomes
        return tuple(Cell(number, tuple(outcomes)) for number, outcomes in enumerate(having))

    def best_cell(self) -> Cell | None:
        """Return the cell with the lowest median loss, or with a condition the one that most reach; None before any has."""
        known = [cell for cell in self.cells if cell.outcomes]
        if self.plan.until:
            return max(known, key=lambda cell: (cell.share, -cell.median), default=None)
        return min(known, key=lambda cell: (cell.median, cell.best), default=None)


def brightness(losses: Collection[float]) -> Array:
    """Return how good each loss is beside the others, 0 … 1 on a logarithmic scale; ∞ is 0 and NaN stays NaN."""
    values = np.array(list(losses), dtype=np.float64)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.where(np.isnan(values), values, 0.0)
    high = max(float(finite.max()), np.finfo(np.float64).tiny)
    low = max(float(finite.min()), high * 10.0**-_DECADES)
    span = math.log(high / low)
    with np.errstate(divide="ignore"):
        heights = np.log(high / np.clip(values, low, None))
    found = heights / span if span > 0 else np.full_like(values, 0.5)
    return np.where(np.isnan(values), values, np.where(np.isinf(values), 0.0, np.clip(found, 0.0, 1.0)))
