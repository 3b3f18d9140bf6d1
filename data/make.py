"""Makes the synthetic data sets: `python data/make.py [--out FOLDER] [NAME …]`.

Every set has a generator of its own with a fixed seed, so the files come out the same to the byte.
"""

from __future__ import annotations

import argparse
import csv
import math
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]
Rng = np.random.Generator

XY = ("x1", "x2")


def parity(_rng: Rng) -> Table:
    """Target 1 for even and 0 for odd numbers: the original case."""
    return ("x", "even"), [(x, int(x % 2 == 0)) for x in range(1, 10)]


def gate(function: Callable[[int, int], int]) -> Callable[[Rng], Table]:
    """Make a two-input truth table."""
    return lambda _rng: ((*XY, "y"), [(a, b, function(a, b)) for a in (0, 1) for b in (0, 1)])


def textbook(_rng: Rng) -> Table:
    """The one sample of the textbook's update: inputs 0.05 and 0.10, targets 0.01 and 0.99."""
    return (*XY, "y1", "y2"), [(0.05, 0.1, 0.01, 0.99)]


def line(rng: Rng) -> Table:
    """y = 2x − 1 on [−1, 1] with a standard deviation of 0.2 around it."""
    x = np.sort(rng.uniform(-1, 1, 50))
    return ("x", "y"), _rows(x, 2 * x - 1 + 0.2 * rng.standard_normal(50))


def sine(_rng: Rng) -> Table:
    """y = sin x on [−π, π], 100 evenly spaced points, no noise."""
    x = np.linspace(-math.pi, math.pi, 100)
    return ("x", "y"), _rows(x, np.sin(x))


def ravine(_rng: Rng) -> Table:
    """y = x1 + 10·x2 on a grid, x1 on [−3, 3] and x2 on [−0.1, 0.1]: a loss a thousand times steeper one way."""
    x1, x2 = np.meshgrid(np.linspace(-3, 3, 7), np.linspace(-0.1, 0.1, 5), indexing="ij")
    return (*XY, "y"), _rows(x1.ravel(), x2.ravel(), (x1 + 10 * x2).ravel())


def circle(rng: Rng) -> Table:
    """A disc of radius 0.5 (1) inside a ring from 0.7 to 1 (0)."""
    inside = np.arange(300) % 2
    radius = np.where(inside == 1, 0.5 * np.sqrt(rng.random(300)), np.sqrt(rng.uniform(0.49, 1, 300)))
    angle = rng.uniform(0, 2 * math.pi, 300)
    return (*XY, "inside"), _rows(radius * np.cos(angle), radius * np.sin(angle), inside)


def gauss(rng: Rng) -> Table:
    """Two round clouds around (1, 1) and (−1, −1), standard deviation 0.5."""
    label = np.arange(300) % 2
    centre = 2 * label - 1
    cloud = 0.5 * rng.standard_normal((2, 300))
    return (*XY, "y"), _rows(centre + cloud[0], centre + cloud[1], label)


def moons(rng: Rng) -> Table:
    """Two half circles that reach into each other, standard deviation 0.1."""
    label = np.arange(300) % 2
    angle = rng.uniform(0, math.pi, 300)
    x = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    noise = 0.1 * rng.standard_normal((2, 300))
    return (*XY, "y"), _rows(x + noise[0], y + noise[1], label)


def spiral(rng: Rng) -> Table:
    """Two Archimedean arms of one and a quarter turns, half a turn apart, standard deviation 0.02."""
    x, y, arm = _arms(rng, arms=2, each=200, turns=1.25)
    return (*XY, "arm"), _rows(x, y, arm)


def spirals3(rng: Rng) -> Table:
    """Three Archimedean arms of three quarters of a turn, a third of a turn apart, standard deviation 0.02."""
    x, y, arm = _arms(rng, arms=3, each=120, turns=0.75)
    names = ("first", "second", "third")
    return (*XY, "arm"), [(*row[:2], names[int(row[2])]) for row in _rows(x, y, arm)]


def checkerboard(rng: Rng) -> Table:
    """A board of 2 by 2 fields on [−1, 1]², kept 0.05 away from the edges between fields."""
    place = rng.uniform(0.05, 1, (2, 400)) * rng.choice((-1, 1), (2, 400))
    return (*XY, "black"), _rows(*place, (place[0] * place[1] > 0).astype(int))


def _arms(rng: Rng, arms: int, each: int, turns: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    arm = np.repeat(np.arange(arms), each)
    along = np.tile(np.linspace(0.1, 1, each), arms)
    angle = 2 * math.pi * (turns * along + arm / arms)
    noise = 0.02 * rng.standard_normal((2, arms * each))
    return along * np.cos(angle) + noise[0], along * np.sin(angle) + noise[1], arm


def _rows(*columns: np.ndarray) -> list[tuple[object, ...]]:
    """Round to what is read well; the arithmetic of other processors then gives the same text."""
    return [
        tuple(int(v) if isinstance(v, np.integer) else round(float(v), 4) for v in row)
        for row in zip(*columns, strict=True)
    ]


SETS: dict[str, Callable[[Rng], Table]] = {
    "parity": parity,
    "and": gate(lambda a, b: a & b),
    "or": gate(lambda a, b: a | b),
    "xor": gate(lambda a, b: a ^ b),
    "textbook": textbook,
    "line": line,
    "sine": sine,
    "ravine": ravine,
    "circle": circle,
    "gauss": gauss,
    "moons": moons,
    "spiral": spiral,
    "spirals3": spirals3,
    "checkerboard": checkerboard,
}


def make(name: str, folder: Path) -> None:
    """Write one data set into `folder`."""
    header, rows = SETS[name](np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))))
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the sets that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(SETS))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in SETS]
    if unknown:
        parser.error(f"there is no set {unknown[0]}")
    for name in options.names or SETS:
        make(name, options.out)


if __name__ == "__main__":
    main()
