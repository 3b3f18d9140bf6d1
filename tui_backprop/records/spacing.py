"""How far apart the points of a long record lie: close at first, then farther and farther, up to a limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spacing:
    """Steps between two points: `first`, doubled as the record grows longer, `later` at the most.

    All three are powers of two, or `first` and `later` are one and the same number, so every point lies at a multiple of
    the spacing there and of every smaller one.
    """

    first: int
    later: int
    per_doubling: int = 8
    """Points before the spacing doubles, at least."""

    def at(self, step: int) -> int:
        """Return the steps between two points at `step`."""
        grown = 1 << max(0, (step // self.per_doubling).bit_length() - 1)
        return min(max(self.first, grown), self.later)

    def next_after(self, step: int) -> int:
        """Return the first step after `step` that has a point."""
        spacing = self.at(step)
        return (step // spacing + 1) * spacing

    def last_before(self, step: int) -> int:
        """Return the last step before `step` that has a point, or 0."""
        spacing = self.at(max(0, step - 1))
        return max(0, step - 1) // spacing * spacing

    def has_point(self, step: int) -> bool:
        """Whether there is a point at `step`."""
        return step % self.at(step) == 0

    def widened(self, other: Spacing) -> Spacing:
        """Return the wider of two spacings: points lie at least as far apart as either says."""
        return Spacing(
            max(self.first, other.first), max(self.later, other.later), min(self.per_doubling, other.per_doubling)
        )

    def doubled(self) -> Spacing:
        """Return a spacing twice as wide throughout, for a record that is full."""
        return Spacing(2 * self.first, 2 * self.later, self.per_doubling)
