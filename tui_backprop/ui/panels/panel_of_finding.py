"""Which panel shows best what a finding is about."""

from __future__ import annotations

from collections.abc import Mapping

from tui_backprop.session.frames.frame import Frame
from tui_backprop.ui.panels.distributions import DistributionsPanel
from tui_backprop.ui.panels.gradients import GradientsPanel
from tui_backprop.ui.panels.loss import LossPanel
from tui_backprop.ui.panels.network import NetworkPanel
from tui_backprop.ui.panels.panel import Panel
from tui_backprop.ui.panels.prediction import PredictionPanel

_PICTURES: Mapping[str, type[Panel[Frame]]] = {
    "wrong-gradient": GradientsPanel,
    "non-finite": GradientsPanel,
    "vanishing-gradients": DistributionsPanel,
    "exploding-gradients": DistributionsPanel,
    "saturated-units": DistributionsPanel,
    "dead-units": NetworkPanel,
    "copied-units": NetworkPanel,
    "same-answer": PredictionPanel,
    "probe-out-of-range": PredictionPanel,
    "targets-out-of-range": PredictionPanel,
    "output-and-loss": PredictionPanel,
    "constant-input": PredictionPanel,
    "duplicate-inputs": PredictionPanel,
    "input-scales": PredictionPanel,
    "class-imbalance": PredictionPanel,
}


def picture_of(finding: str) -> type[Panel[Frame]]:
    """Return the panel for a finding's id; what is about the course of a run is seen on the loss chart."""
    return _PICTURES.get(finding, LossPanel)
