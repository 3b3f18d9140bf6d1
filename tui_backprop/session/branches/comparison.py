"""How two runs compare: the first step at which they differ, and how far apart they are at two of their states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.session.branches.branch import Branch, parted, told_apart
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.run import Run

_SEARCHED = 256  # steps after the fork in which a first difference is looked for
_ROUNDING = 1e-12  # of the largest parameter: what two engines may differ by
_SAMPLES = 12  # predictions compared where the recipe asks about no input


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs at a state of each; how far apart these are is computed when it is asked for."""

    names: tuple[str, str]
    step: int
    """Where they are compared; one that has not come so far is where it stopped."""
    first_difference: int | None
    """The first step at which their parameters differ by more than rounding; None where they do not."""
    tensors: tuple[str, ...]
    """What differs at that step; empty where the networks themselves differ."""
    problems: tuple[Problem, Problem]
    thetas: tuple[Array, Array]
    probes: tuple[tuple[float, ...], ...]
    """The inputs that the first one's recipe asks about."""

    @property
    def losses(self) -> tuple[float, float]:
        """Loss of each over the training set (at most `LIVE_ROWS` of it)."""
        one, other = (p.loss(theta, p.live_train) for p, theta in zip(self.problems, self.thetas, strict=True))
        return one, other

    @property
    def test_losses(self) -> tuple[float, float] | None:
        """The same over the test set; None where one of them has none."""
        if not all(len(problem.test) for problem in self.problems):
            return None
        one, other = (p.loss(theta, p.live_test) for p, theta in zip(self.problems, self.thetas, strict=True))
        return one, other

    @property
    def parameters(self) -> tuple[tuple[str, float, float], ...]:
        """(entry, value in one, value in the other); empty where the networks differ."""
        if self.problems[0].network != self.problems[1].network:
            return ()
        names = self.problems[0].network.entry_names
        return tuple((name, float(a), float(b)) for name, a, b in zip(names, *self.thetas, strict=True))

    @property
    def parameter(self) -> tuple[str, float] | None:
        """The entry that differs most, and by how much; None where the networks differ."""
        if self.problems[0].network != self.problems[1].network:
            return None
        apart = np.abs(self.thetas[0] - self.thetas[1])
        at = int(apart.argmax())
        return self.problems[0].network.entry_names[at], float(apart[at])

    @property
    def _same_inputs(self) -> bool:
        return self.problems[0].dataset.input_names == self.problems[1].dataset.input_names

    def _answers(self, raw: Array) -> tuple[Array, Array]:
        one, other = (p.predict(theta, raw) for p, theta in zip(self.problems, self.thetas, strict=True))
        return one, other

    @property
    def answer(self) -> float | None:
        """The largest difference between two predictions for a training sample; None where the data differ."""
        if not self._same_inputs:
            return None
        a, b = self._answers(self.problems[0].live_train.raw)
        return float(np.abs(a - b).max()) if a.shape == b.shape else None

    @property
    def predictions(self) -> tuple[tuple[str, Array, Array], ...]:
        """(input, ŷ in one, ŷ in the other) for the probes, or for some training samples; none where the data differ."""
        if not self._same_inputs:
            return ()
        raw = self.problems[0].live_train.raw
        asked = np.array(self.probes) if self.probes else raw[:: max(1, len(raw) // _SAMPLES)][:_SAMPLES]
        rows = zip(asked, *self._answers(asked), strict=True)
        return tuple((",".join(f"{value:g}" for value in x), a, b) for x, a, b in rows)


def compare_branches(one: Branch, other: Branch) -> Comparison:
    """Compare two branches at the step where the first is, or the last that the second has reached."""
    step = min(one.run.step, other.run.last_step)
    first = first_difference(one.run, other.run, parted(one, other))
    tensors = () if first is None else tensors_apart(one.run, other.run, first)
    return comparison(one, other, (step, step), first, tensors)


def comparison(
    one: Branch, other: Branch, steps: tuple[int, int], first: int | None, tensors: tuple[str, ...]
) -> Comparison:
    """Return the comparison of two branches, each at a step that it has reached, where it is known how they part."""
    timelines = one.run.timeline, other.run.timeline
    a, b = (timeline.segment_at(step).problem for timeline, step in zip(timelines, steps, strict=True))
    c, d = (timeline.state_at(step).parameters for timeline, step in zip(timelines, steps, strict=True))
    return Comparison(told_apart(one, other), max(steps), first, tensors, (a, b), (c, d), one.run.recipe.probe)


def first_difference(one: Run, other: Run, since: int) -> int | None:
    """Return the first step from `since` on at which two runs' parameters differ by more than rounding; None otherwise.

    Every step is looked at for a while; from there on the place is found by halving, since runs that have parted hardly ever
    have the very same bits again.
    """
    last = min(one.last_step, other.last_step)
    looked = min(last, since + _SEARCHED)
    for step in range(since, looked + 1):
        if not same_parameters(one, other, step):
            return step
    if looked >= last or same_parameters(one, other, last):
        return None
    while last - looked > 1:
        middle = (looked + last) // 2
        looked, last = (middle, last) if same_parameters(one, other, middle) else (looked, middle)
    return last


def same_parameters(one: Run, other: Run, step: int) -> bool:
    """Whether two runs have the same parameters at a step that both have reached, but for rounding."""
    a, b = (run.timeline.state_at(step).parameters for run in (one, other))
    return a.shape == b.shape and not _differing(a, b).any()


def _differing(a: Array, b: Array) -> NDArray[np.bool_]:
    """Say of each entry of two θ of one size whether it differs by more than rounding.

    A run by the chain rule and one by another rule have their sums in another order, as have runs by different engines.
    """
    with np.errstate(invalid="ignore"):  # ∞ − ∞
        near = np.abs(a - b) <= _ROUNDING * np.abs(a).max(initial=0.0, where=np.isfinite(a))
    same: NDArray[np.bool_] = near | (a == b) | (np.isnan(a) & np.isnan(b))
    return ~same


def tensors_apart(one: Run, other: Run, step: int) -> tuple[str, ...]:
    """Return the tensors that differ at a step by more than rounding; none where the networks are not the same."""
    network = one.timeline.segment_at(step).problem.network
    if other.timeline.segment_at(step).problem.network != network:
        return ()
    a, b = (run.timeline.state_at(step).parameters for run in (one, other))
    differs = _differing(a, b)
    return tuple(tensor.name for tensor in network.tensors if differs[tensor.span].any())
