"""The least time that a step can take on this machine: its arithmetic and its memory against peaks that are measured here.

An exponential counts as twenty operations, a division or a root as one. Of memory each number is counted once for every time
that a step has to read or write it: θ, its gradient and the optimizer's slots, activations, z and δ. The peaks are those of
one core: of multiplications by a product of large matrices, of memory by copying what has room in the second cache. Small
networks cannot come near: the parts of their step wait for each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from tests.benchmarks.competitors.cases import Case

_EXPONENTIAL = {"sigmoid": 20, "tanh": 20, "softmax": 20}
_UPDATE = {"sgd": 2, "adam": 14}
_SLOTS = {"sgd": 0, "adam": 2}
_MATRIX, _COPIED = 384, 2**14  # rows; numbers, 128 KB
_ROUNDS = 30


@dataclass(frozen=True)
class Peaks:
    """What one core of this machine can do."""

    operations: float
    """A second, in float64."""
    bytes: float
    """Read and written a second."""


@dataclass(frozen=True)
class Needs:
    """What a step needs."""

    operations: int
    bytes: int

    def seconds(self, peaks: Peaks) -> float:
        """Return the least time of a step."""
        return max(self.operations / peaks.operations, self.bytes / peaks.bytes)


def needs_of(case: Case) -> Needs:
    """Return the operations and bytes of one step."""
    sizes, batch = case.network.sizes, case.batch
    layers = [fan_in * fan_out for fan_in, fan_out in pairwise(sizes)]
    products = 2 * batch * (3 * sum(layers) - layers[0])  # the first layer carries nothing back
    values = sum(
        units * batch * (_EXPONENTIAL.get(name, 1) + 4)
        for units, name in zip(sizes[1:], case.network.activation_names, strict=True)
    )
    size = case.network.size
    updated = size * _UPDATE[case.recipe.optimizer]
    numbers = size * (5 + 2 * _SLOTS[case.recipe.optimizer]) + 8 * batch * sum(sizes)
    return Needs(products + values + updated, 8 * numbers)


@lru_cache(maxsize=1)
def peaks() -> Peaks:
    """Measure the machine: the best of some rounds."""
    left, right = np.ones((2, _MATRIX, _MATRIX))
    out, source, target = np.empty((_MATRIX, _MATRIX)), np.ones(_COPIED), np.empty(_COPIED)
    product = _best(lambda: np.dot(left, right, out=out))
    copied = _best(lambda: [np.copyto(target, source) for _ in range(50)]) / 50
    return Peaks(2 * _MATRIX**3 / product, 16 * _COPIED / copied)


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)
