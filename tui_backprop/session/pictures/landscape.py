"""Pictures of the loss surface as arrays: the loss over a plane, the path walked, the way downhill and the next step."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.network import Network
from tui_backprop.core.step import State, take_step
from tui_backprop.engines.batched.plane_losses import plane_cost, plane_losses
from tui_backprop.session.frames.frame import Frame, ReferenceLine
from tui_backprop.session.pictures.plane import KINDS, NoPlaneError, Plane, View, Viewport, lay_plane
from tui_backprop.session.recipe.problem import Problem, Samples
from tui_backprop.text.minus import minus

__all__ = ["KINDS", "Landscape", "LossSurface", "NoPlaneError", "View"]

MOST_ROWS = 256
"""Most training samples that a picture's losses are over."""

_WANTED_ROWS, _FEWEST_ROWS = 32, 16  # samples that are kept while there are points to save, and in any case
_BUDGET = 4e6  # nanoseconds, about, that the losses of one picture may cost
_ROUNDING = 1e-6  # what a grid that is made for the budget may be over it
_FEWEST_POINTS = 8  # points across and up, together, that are computed in any case
_STALE = 0.25  # of a cell that what is held may move before the losses are computed again
_DECADES = 30.0  # times the lowest loss from which the scale is logarithmic


@dataclass(frozen=True, eq=False)
class LossSurface:
    """The loss over a window of a plane, and the run on it. Coordinates are those of the plane."""

    plane: Plane
    losses: Array
    """(rows, columns), the lowest row first; not finite where it overflows."""
    share: Array
    """Where each loss lies on the scale, 0 … 1, (rows, columns); 1 where it is not finite."""
    scale: tuple[float, float]
    """The losses at 0 and at 1 of the scale."""
    log: bool
    """Whether the scale is logarithmic."""
    computed: tuple[int, int]
    """Columns and rows of losses that were computed; the rest is drawn between them."""
    held: Array
    """θ on the plane at the coordinates (0, 0): what is not of the plane is held at this, (size,)."""
    held_at: int
    """The step at which it was so."""
    rows: int
    """Training samples that the losses are over."""
    of_rows: int
    """Training samples that there are."""
    path: Array
    """The run so far, the present point last, (points, 2)."""
    downhill: tuple[float, float]
    """−∂L/∂θ at the present point over the same samples, by the exact rule."""
    next_step: tuple[float, float] | None
    """Δ of the coming update; None where it is not finite."""
    references: tuple[ReferenceLine, ...]
    """Losses to compare with, those within the scale."""
    whole: bool
    """Whether it is as fine and as new as it gets; if not, the next pictures of the very same frame bring it nearer."""

    @property
    def window(self) -> Viewport:
        """What is seen of the plane."""
        return self.plane.window

    @property
    def here(self) -> tuple[float, float]:
        """The present point."""
        x, y = self.path[-1]
        return float(x), float(y)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Losses to compute, and for what; the points are in the order of a raster, of which the first are known."""

    plane: Plane
    problem: Problem
    size: tuple[int, int]
    """Columns and rows of the picture."""
    shape: tuple[int, int]
    """Rows and columns of points."""
    through: Array
    """The plane through the θ that it is computed at, (3, size)."""
    step: int
    samples: Samples
    losses: Array
    """Those that are known, (points,)."""

    @property
    def whole(self) -> bool:
        """Whether every loss is known."""
        return len(self.losses) == self.shape[0] * self.shape[1]

    @cached_property
    def raster(self) -> tuple[Array, Array, tuple[float, float], bool]:
        """Losses, shares, scale and kind of the scale as `LossSurface` has them."""
        losses = _stretched(self.losses.reshape(self.shape), *self.size)
        return losses, *_on_scale(losses)

    def serves(self, plane: Plane, problem: Problem, size: tuple[int, int]) -> bool:
        """Whether it is of this plane, these data and this size."""
        return self.plane is plane and self.problem is problem and self.size == size

    def is_still_true(self, through: Array) -> bool:
        """Whether what the plane holds has moved by less than could be seen."""
        (left, right), (low, high) = self.plane.window.across, self.plane.window.up
        cell = min((right - left) / self.size[0], (high - low) / self.size[1])
        if float(np.linalg.norm(self.through[0] - through[0])) <= _STALE * cell:
            return True
        return np.array_equal(self.through[0], through[0], equal_nan=True)  # what is not finite has no distance

    def parts(self) -> int:
        """Return over how many pictures it is to be spread."""
        points = self.shape[0] * self.shape[1]
        cost = plane_cost(self.problem.network, self.through) * points * len(self.samples)
        return min(points, math.ceil(cost / _BUDGET - _ROUNDING))

    def grown(self, parts: int) -> _Grid:
        """Return it with one part of so many added to its losses."""
        rows, columns = self.shape
        x, y = self.plane.window.centres(columns, rows)
        first = len(self.losses)
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)[first : first - (-rows * columns // parts)]
        problem, samples = self.problem, self.samples
        found = plane_losses(problem.network, problem.objective, self.through, points, samples.inputs, samples.targets)
        return replace(self, losses=np.concatenate([self.losses, found]))

    def rougher(self) -> _Grid:
        """Return the whole grid with half as many points each way."""
        rows, columns = self.shape
        return replace(self, shape=(-(-rows // 2), -(-columns // 2)), losses=np.empty(0)).grown(1)


@dataclass(frozen=True, eq=False)
class _Slope:
    """A gradient that was computed, and for what."""

    state: State
    samples: tuple[Problem, int]
    """The data, and how many of it."""
    vector: Array


class Landscape:
    """Makes one picture after another, and keeps of them what the next can use.

    The plane stays where it is while the present point is in its window. The losses are computed again when what the plane
    holds has moved by as much as could be seen, or the data has changed; else only path and point move. What costs more than
    one picture may is spread over several: the losses that were there stay until the new ones are whole, and where there
    were none a rougher grid stands in.
    """

    def __init__(self) -> None:
        self._laid: Plane | None = None
        self._laid_for: tuple[View, Network] | None = None
        self._laid_from: Array | None = None  # θ at step 0: another one is another run
        self._grid: _Grid | None = None  # what is shown
        self._coming: _Grid | None = None  # what will be shown once it is whole
        self._whole = True
        self._places: dict[int, tuple[State, tuple[float, float]]] = {}  # of the path on the plane that is laid
        self._slope: _Slope | None = None

    def lay_again(self) -> None:
        """Let the next picture have a plane of its own, around where the run then is."""
        self._laid = None

    def picture(self, frame: Frame, view: View, columns: int, rows: int) -> LossSurface:
        """Return the picture of a frame.

        Args:
            frame: where everything is taken from.
            view: which plane is wanted.
            columns: losses wanted from left to right, at least 1.
            rows: losses wanted from bottom to top, at least 1.

        Raises:
            NoPlaneError: there is no such plane, in one sentence.
        """
        with np.errstate(all="ignore"):  # parameters of a run that breaks are as large as numbers get
            plane = self._plane(frame, view)
            return self._on_plane(frame, plane, self._losses(frame, plane, columns, rows))

    def _on_plane(self, frame: Frame, plane: Plane, grid: _Grid) -> LossSurface:
        losses, share, scale, log = grid.raster
        slope = self._gradient(frame, grid.samples)
        return LossSurface(
            plane=plane,
            losses=losses,
            share=share,
            scale=scale,
            log=log,
            computed=(grid.shape[1], grid.shape[0]),
            held=grid.through[0],
            held_at=grid.step,
            rows=len(grid.samples),
            of_rows=len(frame.problem.train),
            path=self._path(frame, plane),
            downhill=(-float(slope @ plane.across), -float(slope @ plane.up)),
            next_step=_next_step(frame, plane),
            references=tuple(line for line in frame.reference if scale[0] < line.loss < scale[1]),
            whole=self._whole,
        )

    def _path(self, frame: Frame, plane: Plane) -> Array:
        """Return the run so far on the plane, (points, 2); most of its states were there in the last picture."""
        known, found = self._places, {}
        for point in frame.path:
            at = known.get(id(point.state))
            found[id(point.state)] = at or (point.state, plane.coordinates(point.state.parameters))
        self._places = found  # which holds the states, so that none of the numbers is another's
        return np.array([found[id(point.state)][1] for point in frame.path])

    def _plane(self, frame: Frame, view: View) -> Plane:
        """Return the plane that is laid, or another where it does not serve any more."""
        laid_for = (view, frame.network)
        serves = self._laid_for == laid_for and self._laid_from is frame.first_parameters
        laid = self._laid if serves else None
        if laid is not None and laid.window.holds(*laid.coordinates(frame.state.parameters)):
            return laid
        slope = np.zeros(frame.network.size)
        if view.kind == "gradient":
            slope = self._gradient(frame, frame.problem.train.head(MOST_ROWS))
        self._laid = lay_plane(frame, view, slope)
        self._laid_for, self._laid_from = laid_for, frame.first_parameters
        self._places = {}
        return self._laid

    def _losses(self, frame: Frame, plane: Plane, columns: int, rows: int) -> _Grid:
        """Return the losses to show: those at hand where they are still true, or else what can be computed now."""
        size, through = (columns, rows), plane.through(frame.state.parameters)
        shown, coming = (
            grid if grid is not None and grid.serves(plane, frame.problem, size) else None
            for grid in (self._grid, self._coming)
        )
        if coming is None and (shown is None or not shown.is_still_true(through)):
            coming = _planned(frame, plane, through, size)
        if coming is not None:
            parts = coming.parts()
            if shown is None and parts > 1:
                shown = coming.rougher()
            else:
                coming = coming.grown(parts)
            if coming.whole:
                shown, coming = coming, None
        assert shown is not None  # noqa: S101  (what was there, the rough one, or a whole one)
        self._grid, self._coming = shown, coming
        self._whole = coming is None and shown.is_still_true(through)
        return shown

    def _gradient(self, frame: Frame, samples: Samples) -> Array:
        """Return ∂L/∂θ over the samples by the exact rule, whichever rule the run uses, (size,)."""
        known, problem = self._slope, frame.problem
        if known is None or not (known.state is frame.state and known.samples == (problem, len(samples))):
            tape = forward(problem.network, frame.parameters, samples.inputs)
            found = exact(problem.network, problem.objective, frame.parameters, tape, samples.targets)
            vector = np.nan_to_num(found.parameters.vector, nan=0.0, posinf=0.0, neginf=0.0)
            known = self._slope = _Slope(frame.state, (problem, len(samples)), vector)
        return known.vector


def held_sentence(frame: Frame, view: View, surface: LossSurface, most: int = 4) -> str:
    """Write what a surface holds: `b1 +0.21 b2 −0.4 held`, or how many parameters where they are more than `most`."""
    at = f" at step {surface.held_at:,}" if surface.held_at != frame.step else ""
    if view.kind != "parameters":
        return f"the rest of θ held{at}"
    count = frame.network.size - len({view.first, view.second})
    if count > most:
        return f"{count:,} others held{at}"
    others = [i for i in range(frame.network.size) if i not in (view.first, view.second)]
    name = frame.network.entry_name
    values = minus(" ".join(f"{name(i)} {surface.held[i]:+.3g}" for i in others))
    return f"{values} held{at}" if others else ""


def _planned(frame: Frame, plane: Plane, through: Array, size: tuple[int, int]) -> _Grid:
    """Return a grid for a picture of so many columns and rows, of which no loss is computed yet."""
    samples, coarse = _affordable(frame.problem, through, *size)
    shape = (-(-size[1] // coarse), -(-size[0] // coarse))
    return _Grid(plane, frame.problem, size, shape, through, frame.step, samples, np.empty(0))


def _affordable(problem: Problem, plane: Array, columns: int, rows: int) -> tuple[Samples, int]:
    """Return the samples, and the cells in each direction for one loss, that keep within the budget.

    First fewer samples are taken, then fewer points, then fewer samples again; a few of each in any case.
    """
    each = plane_cost(problem.network, plane)

    def affordable(coarse: int) -> int:
        return int(_BUDGET / (each * -(-columns // coarse) * -(-rows // coarse)))

    wanted = min(len(problem.train), MOST_ROWS)
    coarsest = max(1, (columns + rows) // _FEWEST_POINTS // 2)
    coarse = next((n for n in range(1, coarsest) if affordable(n) >= min(wanted, _WANTED_ROWS)), coarsest)
    return problem.train.head(min(wanted, max(_FEWEST_ROWS, affordable(coarse)))), coarse


def _stretched(coarse: Array, columns: int, rows: int) -> Array:
    """Return losses between those that were computed, in straight lines, (rows, columns)."""
    if coarse.shape == (rows, columns):
        return coarse
    for axis, wanted in ((0, rows), (1, columns)):
        have = coarse.shape[axis]
        at = np.clip((np.arange(wanted) + 0.5) * have / wanted - 0.5, 0, have - 1)
        below = np.minimum(at.astype(np.int64), max(0, have - 2))
        along = np.expand_dims(at - below, 1 - axis)
        above = np.minimum(below + 1, have - 1)
        coarse = np.take(coarse, below, axis) * (1 - along) + np.take(coarse, above, axis) * along
    return coarse


def _on_scale(losses: Array) -> tuple[Array, tuple[float, float], bool]:
    """Return where each loss lies on a scale from the lowest to the highest, its ends, and whether it is logarithmic."""
    finite = losses[np.isfinite(losses)]
    if not len(finite):
        return np.ones_like(losses), (np.nan, np.nan), False
    low, high = float(finite.min()), float(finite.max())
    log = low > 0 and high / low > _DECADES
    at = np.log(losses / low) / np.log(high / low) if log else (losses - low) / (high - low)
    share = np.where(np.isfinite(losses), np.clip(np.nan_to_num(at), 0.0, 1.0), 1.0)
    return share, (low, high), log


def _next_step(frame: Frame, plane: Plane) -> tuple[float, float] | None:
    """Return the coming update as a move on the plane."""
    last = frame.path[-1]
    coming = frame.coming if frame.coming is not None else take_step(last.training, last.state)
    change = coming.after.parameters - coming.before.parameters
    if not np.isfinite(change).all():
        return None
    return float(change @ plane.across), float(change @ plane.up)
