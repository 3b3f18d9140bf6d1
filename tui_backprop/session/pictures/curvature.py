"""The curvature of the loss and the noise of its gradient, as numbers to draw.

What is expensive is spread over several pictures: each takes a few products of the Hessian with a vector, and until the last
one the eigenvalues are those of an earlier step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.curvature import Hessian, Lanczos, sample_gradient_lengths
from tui_backprop.core.network import Network
from tui_backprop.core.step import State, Training
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.recipe.problem import Problem, Samples

SHOWN = 5
"""Eigenvalues that are shown, the largest."""

_BUDGET = 4e6  # nanoseconds, about, that the products of one picture may take, by these costs:
_CALLS, _UNIT, _ENTRY = 25_000.0, 15.0, 0.4  # of a layer, of a unit and of a parameter in each sample
_AT_A_TIME = 3  # products that a picture should have room for
_FEWEST, _MOST = 64, 8192  # samples that the loss is over


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The largest eigenvalues of the Hessian at one step, and the noise scale there."""

    step: int
    values: Array
    """The largest first; one NaN where the loss is not finite."""
    errors: Array
    """By how much each may be off at the most."""
    noise: float
    """The batch size at which the noise of a gradient is as long as the gradient."""
    limit: float
    """The largest η at which updates along the first direction do not grow: ∞ for any, NaN where the optimizer has none."""
    rows: int
    """Training samples that the loss is over."""


@dataclass(frozen=True, eq=False)
class Curvature:
    """All that the picture has."""

    spectrum: Spectrum | None
    """None until the first one is whole."""
    share: float
    """How much of the coming one is computed, 0 … 1."""
    whole: bool
    """Whether the spectrum is that of the present step."""
    of_rows: int
    """Training samples that there are."""
    rate: float
    """η of the next update."""
    product: float
    """η·λ at the limit, 2 for SGD; NaN where the optimizer has no limit."""
    batch: int
    """Samples of an update."""
    lengths: Array
    """The length of each sample's own gradient in the update to look at, (batch,); empty before the first."""
    mean: float
    """The length of their mean, the gradient of the update; NaN before the first."""


@dataclass(eq=False)
class _EigenvalueSearch:
    """The eigenvalues of one state as they are being found."""

    training: Training
    state: State
    samples: Samples
    hessian: Hessian = field(init=False)
    lanczos: Lanczos = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        self.hessian = Hessian.of(self.training, self.state.parameters, self.samples.inputs, self.samples.targets)
        self.lanczos = self.hessian.search()

    def advance(self, products: int) -> None:
        """Make so many products, or what is left of them."""
        for _ in range(products):
            if self.lanczos.done:
                return
            self.lanczos.advance()
            self.made += 1

    def spectrum(self) -> Spectrum:
        """Return what was found."""
        values, errors = self.lanczos.largest(SHOWN)
        with np.errstate(all="ignore"):
            noise = self.hessian.noise_scale()
        limit = self.training.stable_rate(float(values[0]))
        return Spectrum(self.state.step, values, errors, noise, limit, len(self.samples))


class Curvatures:
    """Makes one picture after another, and goes on with what the one before began."""

    def __init__(self) -> None:
        self._found: tuple[State, Training, Spectrum] | None = None
        self._coming: _EigenvalueSearch | None = None
        self._problem: Problem | None = None

    def picture(self, frame: Frame) -> Curvature:
        """Return the picture of a frame, after as many products as one picture may take."""
        training = frame.path[-1].training
        if frame.problem is not self._problem:
            self._problem, self._found, self._coming = frame.problem, None, None
        known = self._found is not None and self._found[0] is frame.state and self._found[1] is training
        if not known:
            self._search(frame, training)
        return self._shown(frame, training)

    def _search(self, frame: Frame, training: Training) -> None:
        samples = frame.problem.train.head(affordable_rows(frame.network, len(frame.problem.train)))
        each = product_cost(frame.network, len(samples))
        if self._coming is None:
            self._coming = _EigenvalueSearch(training, frame.state, samples)
        self._coming.advance(max(1, int(_BUDGET / each)))
        if self._coming.lanczos.done:
            self._found = self._coming.state, self._coming.training, self._coming.spectrum()
            self._coming = None

    def _shown(self, frame: Frame, training: Training) -> Curvature:
        found, coming, record = self._found, self._coming, frame.record
        whole = found is not None and found[0] is frame.state and found[1] is training
        lengths, mean = np.empty(0), np.nan
        if record is not None:
            with np.errstate(all="ignore"):
                lengths = sample_gradient_lengths(record.tape, record.gradients.deltas)
                mean = float(np.linalg.norm(record.gradients.parameters.vector))
        return Curvature(
            None if found is None else found[2],
            1.0 if coming is None else coming.made / max(1, coming.lanczos.rounds),
            whole,
            len(frame.problem.train),
            frame.rate,
            training.optimizer.stable_product,
            training.sampling.largest_batch,
            lengths,
            mean,
        )


def product_cost(network: Network, rows: int) -> float:
    """Return about what one product takes, in nanoseconds on a present-day core."""
    each = _UNIT * sum(network.sizes[1:]) + _ENTRY * network.size
    return _CALLS * network.depth + each * rows


def affordable_rows(network: Network, rows: int) -> int:
    """Return how many of so many samples are taken, so that one picture has room for a few products."""
    each = _UNIT * sum(network.sizes[1:]) + _ENTRY * network.size
    return min(rows, _MOST, max(_FEWEST, int((_BUDGET / _AT_A_TIME - _CALLS * network.depth) / each)))
