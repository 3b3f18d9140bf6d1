"""Planes through parameter space: two directions to look along, and the window that is seen of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Network
from tui_backprop.core.randomness import Stream
from tui_backprop.session.frames.frame import Frame

DirectionKind = Literal["parameters", "gradient", "path"]
KINDS: tuple[DirectionKind, ...] = ("parameters", "gradient", "path")
"""Two entries of θ; the gradient and a random direction; the two principal directions of the path so far."""

MOST_ZOOM = 20
"""Doublings, either way: beyond them numbers of float64 have nothing more to show."""

_PATH_ROOM = 1.4  # how much larger than the path the window is
_LEAST_HALF = 2.0  # half of a window over two entries is at least so much: weights begin in about −1 … 1
_THINNEST = 0.35  # of the longer side of the path's box that the shorter side of the window is at least
_TOO_LARGE = "the parameters are too large for a surface around them"
_NOTHING = 1e-12  # a direction whose length is smaller, against θ, is no direction


class NoPlaneError(ValueError):
    """There is no such plane yet; its text says what would make one."""


@dataclass(frozen=True)
class View:
    """What the user wants to see of the loss surface."""

    kind: DirectionKind = "parameters"
    first: int = 0
    """Position in θ of the entry that goes across."""
    second: int = 1
    """Position in θ of the entry that goes up."""
    zoom: int = 0
    """Each is a factor of 2 towards the present point."""


@dataclass(frozen=True)
class Viewport:
    """The part of a plane that is seen."""

    across: tuple[float, float]
    """Coordinates of the left and the right edge."""
    up: tuple[float, float]
    """Coordinates of the lower and the upper edge."""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.across[0] <= x <= self.across[1] and self.up[0] <= y <= self.up[1]

    def centres(self, columns: int, rows: int) -> tuple[Array, Array]:
        """Return the coordinates of the cells' middles, (columns,) ascending and (rows,) ascending."""
        return _centres(*self.across, columns), _centres(*self.up, rows)


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions at right angles, each of length 1, and the point that coordinates count from."""

    names: tuple[str, str]
    """What goes across and what goes up."""
    origin: Array
    """(size,)."""
    across: Array
    """(size,)."""
    up: Array
    """(size,)."""
    step: int
    """The step that it was laid at."""
    window: Viewport

    def coordinates(self, theta: Array) -> tuple[float, float]:
        """Return where θ (size,) lies when it is projected on the plane."""
        away = theta - self.origin
        return float(away @ self.across), float(away @ self.up)

    def through(self, theta: Array) -> Array:
        """Return the parallel plane through θ (size,) as origin, across and up, (3, size).

        The coordinates keep their meaning: θ lies at its own, and what is at right angles to both directions is held.
        """
        x, y = self.coordinates(theta)
        return np.stack([theta - x * self.across - y * self.up, self.across, self.up])


def lay_plane(frame: Frame, view: View, gradient: Array) -> Plane:
    """Return the plane that suits a view, with the path so far and some room around it in its window.

    Args:
        frame: where θ and its path are taken from.
        view: what is wanted.
        gradient: ∂L/∂θ at the present point, (size,); only the kind `gradient` uses it.

    Raises:
        NoPlaneError: the path has no directions yet, the two parameters are one, or θ is too large.
    """
    theta = frame.state.parameters
    match view.kind:
        case "parameters" if view.first == view.second:
            raise NoPlaneError("a surface is over two different parameters")
        case "parameters":
            chosen = (frame.network.entry_name(view.first), frame.network.entry_name(view.second))
            across, up = unit(frame.network, view.first), unit(frame.network, view.second)
            origin, least = np.zeros_like(theta), (_LEAST_HALF, _LEAST_HALF)
        case "gradient":
            across = _at_right_angles(gradient, np.zeros_like(theta))
            known = across.any()
            if not known:
                across = _random_direction(frame, 1, across)
            up = _random_direction(frame, 0, across)
            chosen = ("along ∇L" if known else "random (∇L is 0)", "random")
            origin, least = theta, (max(1.0, float(np.linalg.norm(theta))),) * 2
        case "path":
            across, up, shares = _principal(frame)
            chosen = (f"path’s 1st direction ({shares[0]:.0%})", f"2nd ({shares[1]:.0%})")
            origin, least = theta, (0.0, 0.0)
    plane = Plane(chosen, origin, across, up, frame.step, Viewport((0.0, 0.0), (0.0, 0.0)))
    places = np.array([plane.coordinates(point.state.parameters) for point in frame.path])
    return Plane(chosen, origin, across, up, frame.step, _window(places, least, view.zoom))


def unit(network: Network, position: int) -> Array:
    """Return the direction of one entry of θ, (size,)."""
    direction = np.zeros(network.size)
    direction[position] = 1.0
    return direction


def _centres(low: float, high: float, cells: int) -> Array:
    return low + (high - low) * (np.arange(cells) + 0.5) / cells


def _at_right_angles(direction: Array, other: Array) -> Array:
    """Return the part of a direction at right angles to another of length 1 or 0, of length 1; 0 where nothing is left."""
    rest = direction - (direction @ other) * other
    rest = rest - (rest @ other) * other  # what rounding left of it
    length = float(np.linalg.norm(rest))
    return rest / length if length > _NOTHING * float(np.linalg.norm(direction)) else np.zeros_like(rest)


def _random_direction(frame: Frame, counter: int, other: Array) -> Array:
    """Return a direction that the seed alone determines, made at right angles to another.

    In the plane there is nothing else: a network of one parameter has no second direction, and none is of length 0.
    """
    return _at_right_angles(_drawn_direction(frame.recipe.seed, counter, frame.network.size), other)


@lru_cache(maxsize=4)
def _drawn_direction(seed: int, counter: int, size: int) -> Array:
    return Stream.of(seed, "surface", counter).normal(0, size)


def _principal(frame: Frame) -> tuple[Array, Array, tuple[float, float]]:
    """Return the two principal directions of the path, and the share of its spread that lies along each.

    As in Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 7, they are those of the differences to
    the present θ; by the small matrix of their inner products, since there are fewer states than parameters.
    """
    theta = frame.state.parameters
    away = np.stack([point.state.parameters - theta for point in frame.path])
    products = away @ away.T
    if not np.isfinite(products).all():
        raise NoPlaneError(_TOO_LARGE)
    size, vectors = np.linalg.eigh(products)
    if size[-1] <= (_NOTHING * (1 + float(np.linalg.norm(theta)))) ** 2:
        raise NoPlaneError("there is no path yet: n makes a step, space runs")
    first = _at_right_angles(vectors[:, -1] @ away, np.zeros_like(theta))
    second = _at_right_angles(vectors[:, -2] @ away, first) if size[-2] > 1e-20 * size[-1] else np.zeros_like(theta)
    if not second.any():  # one straight line so far
        second = _random_direction(frame, 0, first)
    if away[0] @ first > 0:
        first = -first  # the run goes from left to right
    total = float(size.clip(0).sum())
    return first, second, (float(size[-1]) / total, max(0.0, float(size[-2])) / total)


def _window(places: Array, least: tuple[float, float], zoom: int) -> Viewport:
    """Return a window around the path (points, 2), or when zoomed in around its last point, with rounded edges.

    Raises:
        NoPlaneError: numbers too large to make a window of.
    """
    low, high = places.min(axis=0), places.max(axis=0)
    half = np.maximum(_PATH_ROOM / 2 * (high - low), least)
    half = np.maximum(half, _THINNEST * half.max()) * 2.0**-zoom
    if not np.isfinite([low, high, half]).all():
        raise NoPlaneError(_TOO_LARGE)
    middle = places[-1] if zoom > 0 else (low + high) / 2
    return Viewport(rounded(middle[0], half[0]), rounded(middle[1], half[1]))


def rounded(middle: float, half: float) -> tuple[float, float]:
    """Return middle ± half, each edge moved outward to a multiple of 1, 2 or 5 times a power of ten."""
    half = max(float(half), 1e-9 * (1.0 + abs(float(middle))))
    power = 10.0 ** math.floor(math.log10(half / 4))
    grain = power * next(m for m in (1, 2, 5, 10) if m * power >= half / 5)
    return math.floor((middle - half) / grain) * grain, math.ceil((middle + half) / grain) * grain
