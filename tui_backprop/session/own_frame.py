"""What there is to see of somebody's own network at one moment, immutable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.gradient_check import relative_error
from tui_backprop.core.network import Tensor
from tui_backprop.core.step import State
from tui_backprop.session.checkup import Checkup
from tui_backprop.session.curve import Curve
from tui_backprop.session.prediction import PredictionCurve

_RELATIVE, _ABSOLUTE = 1e-5, 1e-8  # of two gradients that are the same; the second of the largest entry
_NOISE = 1e-12  # what rounding makes of a difference of two losses that are the same


@dataclass(frozen=True, eq=False)
class OwnUpdate:
    """The last update, by their formulas."""

    before: State
    rows: Indices
    """Row numbers of its samples in the data, (batch,)."""
    rate: float
    gradient: Array
    """∂L/∂θ as theirs has it, (entries,)."""
    true: Array | None
    """∂L/∂θ by central differences of their loss, (entries,), NaN where it was not computed; None where none was yet."""
    doubt: Array | None
    """How far each of `true` is in doubt, (entries,)."""

    @property
    def relative(self) -> Array | None:
        """By how much theirs and true part, |theirs − true| / the larger one, (entries,); NaN where it is not known."""
        return None if self.true is None else relative_error(self.gradient, self.true)

    @property
    def agrees(self) -> Array | None:
        """Whether theirs is the true one, as far as differences can tell, (entries,); false where it is not known."""
        if self.true is None or self.doubt is None:
            return None
        size = np.maximum(np.abs(self.gradient), np.abs(self.true))
        largest = float(np.nanmax(np.abs(self.true), initial=0.0))
        allowed = _RELATIVE * size + _ABSOLUTE * largest + 10 * self.doubt + _NOISE
        return np.asarray(np.abs(self.gradient - self.true) <= allowed)

    def counts(self) -> tuple[int, int] | None:
        """Return how many entries are wrong, and how many were held against the truth; None where none was yet."""
        if self.true is None or self.agrees is None:
            return None
        known = np.isfinite(self.true)
        return int((known & (self.agrees == 0)).sum()), int(known.sum())


@dataclass(frozen=True, eq=False)
class OwnPrediction:
    """What the network answers to its samples."""

    rows: Indices
    """Which of the samples are shown, (shown,)."""
    inputs: Array
    """(shown, inputs)."""
    targets: Array
    """(shown, outputs)."""
    before: Array
    """ŷ where the run began, (shown, outputs)."""
    now: Array
    """ŷ, (shown, outputs)."""
    curve: PredictionCurve | None
    """ŷ over a range of x, for a network with one input."""


@dataclass(frozen=True, eq=False)
class OwnFrame:
    """All that there is to see of somebody's own network."""

    file: str
    tensors: tuple[Tensor, ...]
    """Their parameters, in the order of θ; each is called a layer of its own."""
    data: str
    """What it is trained on, in a few words."""
    batch: int
    """Samples of one update."""
    state: State
    first_step: int
    """Where the file was loaded: no way leads further back."""
    last_step: int
    """The furthest step that was reached."""
    rate: float
    """η of the next update."""
    loss: float
    """Mean loss over the samples that are shown."""
    update: OwnUpdate | None
    """None where no update was made since the file was loaded."""
    prediction: OwnPrediction
    curve: Curve
    marks: tuple[int, ...]
    """Steps at which the file was loaded or the rate changed."""
    history: Array
    """θ at some earlier steps, evenly spread, the present one last, (points, entries)."""
    checkup: Checkup | None = None
    """What came of the check; None where there is none yet."""
    trouble: str = ""
    """What went wrong last, in one sentence."""

    @property
    def step(self) -> int:
        """Number of updates made so far."""
        return self.state.step

    @property
    def size(self) -> int:
        """Number of entries of θ."""
        return len(self.state.parameters)

    @property
    def change(self) -> Array | None:
        """Δθ of the last update, (entries,)."""
        return None if self.update is None else self.state.parameters - self.update.before.parameters
