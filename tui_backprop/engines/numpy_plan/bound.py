"""What an activation, a loss's slope and an optimizer are as calls. Arrays of a layer are (units, batch)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from tui_backprop.core.arrays import Array
from tui_backprop.engines.calls import Call, Scratch

Slope: TypeAlias = Callable[[Array, Array, Array, Scratch], list[Call]]
"""(a, y, upstream, scratch) → calls that fill upstream with ∂L/∂ŷ, where L is the mean over the batch."""


@dataclass(frozen=True)
class BoundActivation:
    """An activation as calls."""

    value: Callable[[Array, Array, Scratch], list[Call]]
    """(z, a, scratch) → calls that fill a from z."""
    pull: Callable[[Array, Array, Array, Array, Scratch], list[Call]]
    """(z, a, upstream, delta, scratch) → calls that fill delta = ∂L/∂z from upstream = ∂L/∂a."""


@dataclass(frozen=True)
class BoundOptimizer:
    """An optimizer as calls."""

    calls: Callable[[Any, Array, Array, Array, Sequence[Array], Scratch], list[Call]]
    """(optimizer, θ, gradient, slots (slots, size), numbers of the step, scratch) → calls that update θ and slots."""
    numbers: Callable[[Any, float, int], tuple[float, ...]] = lambda _optimizer, rate, _count: (rate,)
    """(optimizer, rate, count) → what the calls read, for the update number `count` since the slots were 0."""
    counts: bool = False
    """Whether its numbers depend on the count."""
