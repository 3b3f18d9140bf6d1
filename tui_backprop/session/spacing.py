"""How far apart the points of a long record lie: close at first, then farther and farther, up to a limit."""

from __future__ import annotations

from dataclasses import dataclass

_PER_DOUBLING = 64  # points before the spacing doubles, at least: all doublings together cost a fraction of a second


@dataclass(frozen=True)
class Spacing:
    """Steps between two points: `first`, doubled as the record grows longer, `later` at the most.

    Both are powers of two, so every point lies at a multiple of the spacing there and of every smaller one.
    """

    first: int
    later: int

    def at(self, step: int) -> int:
        """Return the steps between two points at `step`."""
        grown = 1 << max(0, (step // _PER_DOUBLING).bit_length() - 1)
        return min(max(self.first, grown), self.later)

    def next_after(self, step: int) -> int:
        """Return the first step after `step` that has a point."""
        spacing = self.at(step)
        return (step // spacing + 1) * spacing

    def widened(self, other: Spacing) -> Spacing:
        """Return the wider of two spacings: points lie at least as far apart as either says."""
        return Spacing(max(self.first, other.first), max(self.later, other.later))

    def doubled(self) -> Spacing:
        """Return a spacing twice as wide throughout, for a record that is full."""
        return Spacing(2 * self.first, 2 * self.later)
