"""A network as a picture: what each unit and each parameter shows at one moment of a step, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.forward import Tape, forward
from tui_backprop.core.network import Network, Parameters
from tui_backprop.session.anatomy.phases import Phase
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.pictures.prediction import input_grid

UnitValue = Literal["a", "z", "delta"]
EntryValue = Literal["parameter", "gradient", "change"]


@dataclass(frozen=True, eq=False)
class UnitLayer:
    """The units of one layer for one sample."""

    layer: int
    """0 for the input."""
    known: Mapping[UnitValue, Array]
    """What has been computed so far in this update, each (units,)."""
    shown: UnitValue | None
    """What the units show: the newest of what is known; None where nothing is."""
    scale: float
    """Size of the values shown that counts as large, above 0."""

    @property
    def values(self) -> Array | None:
        """What the units show, (units,); None where nothing is known."""
        return None if self.shown is None else self.known[self.shown]


@dataclass(frozen=True, eq=False)
class EntryLayer:
    """The weights and biases of one layer: their values, or what the update has found for them."""

    layer: int
    shown: EntryValue
    """`parameter`; the `gradient` once the backward pass has it; in the phase update the `change` that it makes."""
    weights: Array
    """(fan_in, fan_out)."""
    biases: Array
    """(fan_out,)."""
    scale: float
    """Size of the values shown that counts as large, above 0; the same in every layer that shows the same."""


@dataclass(frozen=True)
class Signal:
    """Where the signal is in the step in progress."""

    layer: int | None = None
    """The layer whose units compute; None in the phases of weights, loss and update."""
    crossing: int | None = None
    """The layer whose weights it passes; None where it passes none."""
    backward: bool = False
    """Whether it flows from the loss to the input."""


@dataclass(frozen=True, eq=False)
class NetworkPicture:
    """Everything that a drawing of the network shows."""

    units: tuple[UnitLayer, ...]
    """The input and every layer after it."""
    entries: tuple[EntryLayer, ...]
    """One for each layer after the input."""
    target: Array | None
    """y of the sample, (outputs,); None before an update has chosen one."""
    signal: Signal | None
    """None between two steps."""


def network_picture(frame: Frame, sample: int = 0) -> NetworkPicture:
    """Return what the drawing shows.

    Units show the forward pass of one sample of the update to look at, and from the loss on the δ that has come back to
    them; weights show their values, then the gradient, then the change. Between two steps units show the last forward pass.

    Args:
        frame: the moment.
        sample: which sample of the batch, from 0; the last one where there are fewer.
    """
    network, record = frame.network, frame.record
    known = tuple(_known(frame, layer, sample) for layer in range(network.depth + 1))
    largest_delta = max((_largest(values["delta"]) for values in known if "delta" in values), default=0.0)
    units = tuple(
        _units(network, layer, values, largest_delta, between=frame.inside is None)
        for layer, values in enumerate(known)
    )
    target = None if record is None else record.targets[min(sample, len(record.rows) - 1)]
    signal = None if frame.inside is None else signal_at(network, frame.inside)
    return NetworkPicture(units, _entries(frame), target, signal)


def signal_at(network: Network, phase: Phase) -> Signal:
    """Return where the signal is in a phase: z comes through weights, δ comes back through those of the layer above."""
    match phase.kind:
        case "sample":
            return Signal(layer=0)
        case "z" | "a":
            return Signal(phase.layer, phase.layer if phase.kind == "z" else None)
        case "delta":
            above = phase.layer + 1
            return Signal(phase.layer, above if above <= network.depth else None, backward=True)
        case "gradients":
            return Signal(crossing=phase.layer, backward=True)
    return Signal()


def _known(frame: Frame, layer: int, sample: int) -> dict[UnitValue, Array]:
    """Return what has been computed for the units of a layer."""
    record = frame.record
    if record is None:
        return {}
    row = min(sample, len(record.rows) - 1)
    if layer == 0:
        return {"a": record.tape.a[0][row]}
    values: dict[UnitValue, Array] = {
        "z": record.tape.z[layer][row],
        "a": record.tape.a[layer][row],
        "delta": record.gradients.deltas[layer - 1][row],
    }
    return {kind: found for kind, found in values.items() if frame.happened(kind, layer)}


def _units(
    network: Network, layer: int, known: Mapping[UnitValue, Array], largest_delta: float, *, between: bool
) -> UnitLayer:
    order: tuple[UnitValue, ...] = ("a",) if between else ("delta", "a", "z")
    shown = next((kind for kind in order if kind in known), None)
    if shown is None:
        return UnitLayer(layer, known, None, 1.0)
    scale = largest_delta if shown == "delta" else _largest(known[shown])
    if shown == "a" and layer and network.activation(layer).bounded:
        scale = 1.0
    return UnitLayer(layer, known, shown, scale or 1.0)


def _entries(frame: Frame) -> tuple[EntryLayer, ...]:
    """Return what weights and biases show, all layers of one kind against the same largest size."""
    network, record, inside = frame.network, frame.record, frame.inside
    found: list[tuple[EntryValue, Parameters]] = []
    for layer in range(1, network.depth + 1):
        if record is None or inside is None or not frame.happened("gradients", layer):
            found.append(("parameter", frame.parameters))
        elif inside.kind == "update" and frame.last_change is not None:
            found.append(("change", Parameters(network, frame.last_change)))
        else:
            found.append(("gradient", record.gradients.parameters))
    scales: dict[EntryValue, float] = {}
    for layer, (shown, source) in enumerate(found, start=1):
        scales[shown] = max(scales.get(shown, 0.0), _largest(source.w(layer)))
    return tuple(
        EntryLayer(layer, shown, source.w(layer), source.b(layer), scales[shown] or 1.0)
        for layer, (shown, source) in enumerate(found, start=1)
    )


def _largest(values: Array) -> float:
    """Largest size among the finite values; 0 without any."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def response_surfaces(frame: Frame, sizes: Sequence[tuple[int, int] | None]) -> tuple[Array | None, ...]:
    """Return how each unit of a network with two inputs answers over the plane of its inputs.

    Args:
        frame: where the network, its parameters and the span of the data are taken from.
        sizes: (columns, rows) of points wanted for each layer, the input first; None for a layer without, as the input is.

    Returns:
        For each layer (units, rows, columns), x2 ascending with the rows; 0 for the lowest value, 1 for the highest, ½ for 0
        where the activation has no bounds (there against the largest size in the layer).
    """
    tapes: dict[tuple[int, int], Tape] = {}
    surfaces: list[Array | None] = []
    for layer, size in enumerate(sizes):
        if size is None:
            surfaces.append(None)
            continue
        if size not in tapes:
            grid = frame.problem.encode(input_grid(frame, *size)[2])
            with np.errstate(all="ignore"):
                tapes[size] = forward(frame.network, frame.parameters, grid)
        values = tapes[size].a[layer]
        activation = frame.network.activation(layer)
        low, high = activation.low, activation.high
        if not activation.bounded:
            high = _largest(values) or 1.0
            low = -high
        with np.errstate(all="ignore"):
            share = (values - low) / (high - low)
        surfaces.append(share.T.reshape(-1, size[1], size[0]))
    return tuple(surfaces)


@dataclass(frozen=True, eq=False)
class Spread:
    """How many values there are of each size."""

    count: int
    norm: float
    """Euclidean length; not finite where a value is not."""
    low: float
    high: float
    counts: Indices
    """Finite values in each of the equal bins of low … high, (bins,)."""


def spread_of(values: Array, bins: int) -> Spread:
    """Return length and histogram of an array of any shape; with no finite value, or a single one, the span is one unit."""
    flat = values.ravel()
    finite = flat[np.isfinite(flat)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if not high > low:
        low, high = low - 0.5, high + 0.5
    with np.errstate(all="ignore"):
        counts = np.histogram(finite / (scale := max(abs(low), abs(high))), bins, (low / scale, high / scale))[0]
        return Spread(flat.size, float(np.linalg.norm(flat)), low, high, counts.astype(np.int64))
