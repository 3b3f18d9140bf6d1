"""What there is to see of the user's own network at one moment, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.judge import Judgement, judge
from tui_backprop.core.network import Tensor
from tui_backprop.core.step import State
from tui_backprop.records.curve import Curve
from tui_backprop.records.prediction_curve import PredictionCurve
from tui_backprop.scripts.clinic.checkup import Checkup


@dataclass(frozen=True, eq=False)
class OwnUpdate:
    """The last update, by their formulas."""

    before: State
    rows: Indices
    """Row numbers of its samples in the data, (batch,)."""
    rate: float
    gradient: Array
    """∂L/∂θ as theirs has it, (entries,)."""
    judgement: Judgement | None
    """What is said of each entry of it, (entries,), nothing of those that were not looked at; None where none was yet."""


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
    """All that there is to see of the user's own network."""

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

    @cached_property
    def scales(self) -> Array:
        """By what each entry of the last gradient is a multiple of the right one, as the check found; NaN elsewhere."""
        found = np.full(self.size, np.nan)
        if self.update is None or self.update.judgement is None or self.checkup is None:
            return found
        checked = {one.name: one.scale for one in self.checkup.parameters if one.verdict == "scaled"}
        for tensor in self.tensors:
            scale = checked.get(tensor.name)
            if scale is not None:
                truth = self.update.judgement.truth.chosen(tensor.span).scaled(scale)
                wrong = judge(self.update.gradient[tensor.span], truth).wrong
                found[tensor.span] = np.where(wrong, np.nan, scale)
        return found

    def counts(self) -> tuple[int, int] | None:
        """Return how many entries are wrong and not only scaled, and how many were compared; None where none was yet."""
        if self.update is None or self.update.judgement is None:
            return None
        judgement = self.update.judgement
        return int((judgement.wrong & np.isnan(self.scales)).sum()), int(np.isfinite(judgement.true).sum())

    @property
    def size(self) -> int:
        """Number of entries of θ."""
        return len(self.state.parameters)

    @property
    def change(self) -> Array | None:
        """Δθ of the last update, (entries,)."""
        return None if self.update is None else self.state.parameters - self.update.before.parameters
