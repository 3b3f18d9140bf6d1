"""Going step by step and phase by phase, back and forth: the same for one run and for two side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Walker(ABC):
    """Somewhere in a run: between two steps, or inside one."""

    phase: int | None = None
    """Which phase of a step is reached, from 0; None between two steps."""

    @abstractmethod
    def present_step(self) -> int:
        """Return the number of updates made so far."""

    @abstractmethod
    def phase_count(self) -> int:
        """Return how many phases the step here has."""

    @abstractmethod
    def go_to(self, step: int) -> None:
        """Go to the beginning of a step that was reached before."""

    def back(self) -> None:
        """Go back one step; from inside a step, to its beginning.

        Raises:
            ValueError: this is step 0.
        """
        if self.phase is not None:
            self.phase = None
            return
        if self.present_step() == 0:
            raise ValueError("this is step 0: there is nothing before it")
        self.go_to(self.present_step() - 1)

    def phase_back(self) -> None:
        """Go one phase back; between two steps, into the last phase of the step before.

        Raises:
            ValueError: this is step 0, before its first phase.
        """
        if self.phase is None:
            self.back()
            self.phase = self.phase_count() - 1
        else:
            self.phase = self.phase - 1 if self.phase else None

    def enter_next_phase(self) -> bool:
        """Go one phase on; say no in the last phase of a step, which the update ends."""
        if self.phase == self.phase_count() - 1:
            return False
        self.phase = 0 if self.phase is None else self.phase + 1
        return True
