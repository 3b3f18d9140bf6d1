"""Earlier states of a run, within a memory budget."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict

from tui_backprop.core.step import State
from tui_backprop.records.spacing import Spacing

MEMORY = 64 * 2**20
"""Bytes for a session's checkpoints where nothing else is said."""

_MOST = 4096  # evenly spread states at the most: replay between two of them is quick enough with these
_MOST_RECENT = 256  # states around the last place looked at: stepping back again and again must not replay each time
_OVERHEAD = 400  # bytes of Python objects around the arrays of one state


class Checkpoints:
    """Evenly spread states of a run, thinned out when full, and beside them the states looked at last.

    Which states are kept never changes what a step gives, only how fast it is reached.
    """

    def __init__(self, spacing: Spacing, memory: int = MEMORY) -> None:
        self.spacing = spacing
        """Steps between two states that are wanted."""
        self._memory = memory
        self._steps: list[int] = []
        self._states: list[State] = []
        self._recent: OrderedDict[int, State] = OrderedDict()

    def next_wanted(self, step: int) -> int:
        """Return the first step after `step` at which a state is wanted."""
        return self.spacing.next_after(step)

    def add(self, state: State) -> None:
        """Keep a state that lies after all that are kept; an earlier one is known already."""
        if self._steps and state.step <= self._steps[-1]:
            return
        if len(self._steps) >= self._capacity(state, share=0.75, most=_MOST):
            self._thin()
        self._steps.append(state.step)
        self._states.append(state)

    def remember(self, state: State) -> None:
        """Keep a state for a while, because the user is looking around it."""
        self._recent[state.step] = state
        self._recent.move_to_end(state.step)
        while len(self._recent) > self._capacity(state, share=0.25, most=_MOST_RECENT):
            self._recent.popitem(last=False)

    def recent_capacity(self, state: State) -> int:
        """How many states of this size `remember` keeps."""
        return self._capacity(state, share=0.25, most=_MOST_RECENT)

    def nearest(self, step: int) -> State | None:
        """Return the latest known state at or before `step`; None where there is none."""
        place = bisect_right(self._steps, step) - 1
        known = self._states[place] if place >= 0 else None
        recent = max((s for s in self._recent if s <= step), default=-1)
        return self._recent[recent] if recent > (-1 if known is None else known.step) else known

    def spread(self, first: int, last: int, points: int) -> list[State]:
        """Return at most `points` kept states with first ≤ step ≤ last, evenly spread, in order.

        They lie at or after multiples of a power of two, so that as a run goes on nearly the same ones are returned again.
        """
        stride = 1 << max(0, -(-(last - first + 1) // points) - 1).bit_length()
        low = bisect_right(self._steps, -(-first // stride) * stride - 1)
        high = bisect_right(self._steps, last)
        first_of_each = {state.step // stride: state for state in reversed(self._states[low:high])}
        return [*reversed(first_of_each.values())]

    def remembered(self, first: int, last: int) -> list[State]:
        """Return the states that the user looked around at last with first ≤ step ≤ last, in order."""
        return [self._recent[step] for step in sorted(self._recent) if first <= step <= last]

    def forget_after(self, step: int) -> None:
        """Drop the states after `step`: the run takes another way from there."""
        place = bisect_right(self._steps, step)
        del self._steps[place:], self._states[place:]
        for known in [known for known in self._recent if known > step]:
            del self._recent[known]

    def fork(self, step: int) -> Checkpoints:
        """Return the states up to `step`, shared, for a run that takes another way from there."""
        twin = Checkpoints(self.spacing, self._memory)
        twin._steps, twin._states, twin._recent = [*self._steps], [*self._states], self._recent.copy()
        twin.forget_after(step)
        return twin

    def limit(self, memory: int) -> None:
        """Keep within another budget, in bytes, from now on."""
        self._memory = memory
        while self._states and len(self._steps) > self._capacity(self._states[0], share=0.75, most=_MOST):
            self._thin()

    def _thin(self) -> None:
        most = len(self._steps) // 2 + 1
        while len(self._steps) > most:  # the early ones lie closest and go first
            self.spacing = self.spacing.doubled()
            self._states = [state for state in self._states if state.step % self.spacing.at(state.step) == 0]
            self._steps = [state.step for state in self._states]

    def _capacity(self, state: State, *, share: float, most: int) -> int:
        size = state.parameters.nbytes + state.slots.nbytes + _OVERHEAD
        return max(2, min(most, int(self._memory * share) // size))
