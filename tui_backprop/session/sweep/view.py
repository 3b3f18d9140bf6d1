"""What the Sweep screen shows, as numbers and texts: a map over two fields, and the seeds of one cell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.session.sweep.outcome import Outcome
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.summary import Cell, Summary, SweepTable, brightness
from tui_backprop.session.sweep.wording import counted, short_loss

MEASURES = {
    "median": "median final loss",
    "best": "best final loss",
    "reached": "share of runs that reach the condition",
    "diverged": "share of runs that diverge",
}
"""What a map can show, and what it is called."""

_SMALLEST = 1e-12  # losses below are drawn as if they were that: 0 has no logarithm


@dataclass(frozen=True, eq=False)
class SweepMap:
    """One measure over two of the varied fields."""

    table: SweepTable
    measure: str
    texts: tuple[tuple[str, ...], ...]
    """What is in each cell, (rows, columns)."""
    shades: Array
    """How good each cell is, 0 … 1; NaN where nothing is known yet, (rows, columns)."""


def sweep_map(
    summary: Summary, rows: str | None, columns: str | None, held: Mapping[str, int], measure: str
) -> SweepMap:
    """Return a map of the cells with `rows` down the side and `columns` along the top; the other fields are held."""
    table = summary.table(rows, columns, held)
    values = [[_value(cell, measure) for cell in row] for row in table.cells]
    flat = [value for row in values for value in row]
    if measure in ("reached", "diverged"):
        shades = np.array(flat) if measure == "reached" else 1.0 - np.array(flat)
        texts = [["·" if math.isnan(value) else f"{value:.0%}" for value in row] for row in values]
    else:
        shades = brightness(flat)
        texts = [[short_loss(value) for value in row] for row in values]
    return SweepMap(table, measure, tuple(map(tuple, texts)), shades.reshape(len(values), -1))


def _value(cell: Cell, measure: str) -> float:
    if not cell.outcomes:
        return math.nan
    match measure:
        case "best":
            return cell.best
        case "reached":
            return cell.share
        case "diverged":
            return cell.diverged / len(cell.outcomes)
    return cell.median


@dataclass(frozen=True, eq=False)
class Seeds:
    """The runs of a cell by their final loss, on a logarithmic axis."""

    title: str
    """What is particular about the cell."""
    ranked: tuple[Outcome, ...]
    """From the best to the worst, those that diverged last."""
    counts: Indices
    """How many runs end in each stretch of the axis, (bins,)."""
    low: float
    """Loss at the left end of the axis."""
    high: float
    """Loss at its right end."""

    @property
    def middle(self) -> int:
        """Place in `ranked` of the run that ended nearest to the median."""
        return max(0, (len(self.ranked) - 1) // 2)

    def bin_of(self, outcome: Outcome) -> int | None:
        """Return the stretch in which a run ends; None for one that diverged."""
        return None if outcome.diverged else _bin(outcome.loss, self.low, self.high, len(self.counts))

    def sentence(self, place: int, plan: SweepPlan) -> str:
        """Say of a run, by its place in `ranked`, what came of it."""
        one = self.ranked[place]
        seed = plan.recipe_of(one.run).seed
        end = {
            "diverged": f"diverged after {counted(one.steps, 'step')}",
            "until": f"reached the condition at step {one.steps:,}, loss {one.loss:.4g}",
            "steps": f"loss {one.loss:.4g}",
        }[one.stopped_by]
        accuracy = "" if one.accuracy is None or one.diverged else f", accuracy {one.accuracy:.0%}"
        return f"seed {seed}: {end}{accuracy} ({place + 1} of {len(self.ranked)})"


def seeds_of(cell: Cell, plan: SweepPlan, bins: int) -> Seeds:
    """Return the distribution over the seeds of a cell, in so many stretches of the axis."""
    ranked = sorted(cell.outcomes, key=lambda one: (one.diverged, one.loss, one.run))
    losses = [max(one.loss, _SMALLEST) for one in ranked if not one.diverged]
    low, high = (min(losses), max(losses)) if losses else (math.nan, math.nan)
    counts = np.zeros(bins, dtype=np.int64)
    for loss in losses:
        counts[_bin(loss, low, high, bins)] += 1
    return Seeds(plan.title(cell.number), tuple(ranked), counts, low, high)


def _bin(loss: float, low: float, high: float, bins: int) -> int:
    if not high > low:
        return bins // 2
    along = math.log(max(loss, _SMALLEST) / low) / math.log(high / low)
    return min(bins - 1, max(0, int(along * bins)))
