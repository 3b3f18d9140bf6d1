"""The trail of places that were looked at, to go back and forward along."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.session.branches import Branch

_MOST = 1000  # places that are remembered


@dataclass(frozen=True)
class Place:
    """A step of a branch."""

    branch: Branch
    step: int


class Trail:
    """Places behind and ahead of the present one, as a browser has them."""

    def __init__(self) -> None:
        self._behind: list[Place] = []
        self._ahead: list[Place] = []

    def leave(self, place: Place) -> None:
        """Note a place that is left for a new one; what was ahead is forgotten."""
        if not self._behind or self._behind[-1] != place:
            self._behind = [*self._behind[-_MOST + 1 :], place]
        self._ahead.clear()

    def back(self, here: Place) -> Place:
        """Return the place looked at before.

        Raises:
            ValueError: there is none.
        """
        while self._behind:
            place = self._behind.pop()
            if place != here:
                self._ahead.append(here)
                return place
        raise ValueError("nothing was looked at before this")

    def forward(self, here: Place) -> Place:
        """Return the place that `back` came from.

        Raises:
            ValueError: there is none.
        """
        if not self._ahead:
            raise ValueError("nothing was looked at after this")
        self._behind.append(here)
        return self._ahead.pop()

    def forget(self, branch: Branch) -> None:
        """Drop the places in a branch that was deleted."""
        for kept in (self._behind, self._ahead):
            kept[:] = [place for place in kept if place.branch is not branch]
