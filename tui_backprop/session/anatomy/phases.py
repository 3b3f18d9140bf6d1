"""The phases of one step, in the order in which they happen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from tui_backprop.core.network import Network

PhaseKind = Literal["sample", "z", "a", "loss", "delta", "gradients", "update"]

_ASIDE = {"z": "z", "a": "a", "delta": "δ", "gradients": "gradients"}


@dataclass(frozen=True)
class Phase:
    """One part of a step. `layer` is 0 for what belongs to no layer: sample, loss and update."""

    kind: PhaseKind
    layer: int = 0

    @property
    def stage(self) -> str:
        """The part of the step that it belongs to: `forward 1`, two phases of which are z and a."""
        direction = {"z": "forward", "a": "forward", "delta": "backward", "gradients": "backward"}.get(self.kind)
        return f"{direction} {self.layer}" if direction else self.kind

    @property
    def title(self) -> str:
        """Stage and part: `forward 1: z`."""
        aside = _ASIDE.get(self.kind)
        return f"{self.stage}: {aside}" if aside else self.stage


@cache
def phases(network: Network) -> tuple[Phase, ...]:
    """Return the phases: sample, forward (each layer: z, then a), loss, backward (each layer: δ, then gradients), update."""
    layers = range(1, network.depth + 1)
    forward = [Phase(kind, layer) for layer in layers for kind in ("z", "a")]
    backward = [Phase(kind, layer) for layer in reversed(layers) for kind in ("delta", "gradients")]
    return (Phase("sample"), *forward, Phase("loss"), *backward, Phase("update"))


def has_happened(network: Network, phase: Phase, at: Phase | None) -> bool:
    """Whether `phase` is known when the step is at `at`; everything is known where the step is over (None)."""
    order = phases(network)
    return at is None or order.index(phase) <= order.index(at)
