"""The number in a leaky relu or an elu, read off derivatives or predictions: right of 0 it is z, left of it it is not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.operations.other_activations import elu_of, leaky
from tui_backprop.diagnosis.experiments import ABSOLUTE, RELATIVE, JoinedExperiments

LIKELY = tuple(leaky(slope) for slope in (0.1, 0.2, 0.3, 0.05, 0.001, 0.02, 0.25, 0.5))
"""Leaky relus to try where there is nothing that a number could be read off."""

_CANDIDATES = 64  # entries that are tried as the one that tells s = ∂ŷ/∂z of a unit of the next layer
_FEWEST = 3  # numbers on either side of 0
_READ = 1e-6  # relative error of a number that was read off


def last_branch_names(z: Array, predictions: Array) -> list[str]:
    """Return what the last layer may be, where it is z right of 0: z (samples, units), predictions (samples, outputs)."""
    found = []
    for unit in z.T:
        right, left = unit > 0, unit < 0
        if right.sum() < 1 or left.sum() < 1:
            continue
        for made in predictions.T:
            if np.abs(made[right] - unit[right]).max() <= 1e-9 * max(1.0, float(np.abs(unit).max())):
                found += _names(unit[left], made[left])
    return list(dict.fromkeys(found))


def branch_names(
    evidence: JoinedExperiments, z: Array, entries: Sequence[int], groups: Sequence[Sequence[int]]
) -> list[str]:
    """Return what a hidden layer may be, where it is z right of 0, in the light of the layer behind it.

    Of a unit behind it one entry tells s = ∂ŷ/∂z: its bias, or a weight whose input is on the right of 0. The derivatives of
    another weight are then s·z where its own input is right of 0, and tell the activation where it is left of it.

    Args:
        evidence: all experiments.
        z: pre-activations of the layer, (samples, units).
        entries: those that do not belong to a layer yet.
        groups: sets of entries, of each of which a few are tried.
    """
    left_over = set(entries)
    some = [entry for group in groups for entry in [one for one in group if one in left_over][:2]][:_CANDIDATES]
    unit = int(np.minimum((z > 0).sum(axis=0), (z < 0).sum(axis=0)).argmax())
    line, slopes = evidence.wide(z[:, unit]), evidence.slopes
    rest, found = np.array(sorted(left_over)), []
    scales = [np.ones_like(line), *(evidence.wide(z[:, other]) for other in range(z.shape[1]) if other != unit)][:4]
    for scale in scales:
        right, left = (scale > 0) & (line > 0), (scale > 0) & (line < 0)
        if min(right.sum(), left.sum()) < _FEWEST:
            continue
        for entry in some:
            s = slopes[entry] / np.where(scale > 0, scale, 1.0)
            wanted = s[right] * line[right]
            length = float(np.linalg.norm(wanted))
            if length <= ABSOLUTE:
                continue
            gaps = np.linalg.norm(slopes[rest][:, right] - wanted, axis=1)
            allowed = RELATIVE * length + ABSOLUTE * np.sqrt(len(wanted))
            for match in rest[gaps <= allowed].tolist():
                if match != entry:
                    found += _names(line[left], slopes[match][left], s[left])
    return list(dict.fromkeys(found))


def _names(z: Array, seen: Array, size: Array | float = 1.0) -> list[str]:
    """Return the names under which `seen` is `size` times the activation of z, all z below 0."""
    found = []
    for naming, shape in ((leaky, z), (elu_of, np.expm1(z))):
        made = size * shape
        square = float(made @ made)
        if square > ABSOLUTE**2:
            number = float(made @ seen) / square
            gap = float(np.linalg.norm(seen - number * made))
            if gap <= RELATIVE * float(np.linalg.norm(seen)) + ABSOLUTE * np.sqrt(len(z)) and abs(number) > _READ:
                found.append(naming(_plain(number)))
    return found


def _plain(number: float) -> float:
    """Return the plainest number that this one may be: one of few digits, or a fraction."""
    for digits in range(1, 7):
        rounded = float(f"{number:.{digits}g}")
        if abs(rounded - number) <= _READ * abs(number):
            return rounded
    fraction = float(Fraction(number).limit_denominator(64))
    return fraction if abs(fraction - number) <= _READ * abs(number) else number
