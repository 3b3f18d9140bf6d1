"""The trail of places that were looked at, to go back and forward along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_backprop.session.branches.branch import Branch

_MOST = 1000  # places that are remembered


@dataclass(frozen=True)
class VisitedStep:
    """A step of a branch."""

    branch: Branch
    step: int


class Trail:
    """Places behind and ahead of the present one, as a browser has them."""

    def __init__(self) -> None:
        self._behind: list[VisitedStep] = []
        self._ahead: list[VisitedStep] = []

    def leave(self, place: VisitedStep) -> None:
        """Note a place that is left for a new one; what was ahead is forgotten."""
        if not self._behind or self._behind[-1] != place:
            self._behind = [*self._behind[-_MOST + 1 :], place]
        self._ahead.clear()

    def back(self, here: VisitedStep, branches: Sequence[Branch]) -> VisitedStep:
        """Return the place looked at before, in one of the branches that there still are.

        Raises:
            ValueError: there is none.
        """
        return _next(self._behind, self._ahead, here, branches, "before")

    def forward(self, here: VisitedStep, branches: Sequence[Branch]) -> VisitedStep:
        """Return the place that `back` came from, in one of the branches that there still are.

        Raises:
            ValueError: there is none.
        """
        return _next(self._ahead, self._behind, here, branches, "after")


def _next(
    come: list[VisitedStep], gone: list[VisitedStep], here: VisitedStep, branches: Sequence[Branch], when: str
) -> VisitedStep:
    while come:
        place = come.pop()
        if place != here and place.branch in branches:
            gone.append(here)
            return place
    raise ValueError(f"no other place was visited {when} this one")
