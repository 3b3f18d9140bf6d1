"""eˣ, eˣ − 1 and tanh without branches, so that a loop over them runs several numbers at a time.

Both are within two units in the last place of the exact value. Cody and Waite 1980: x = n·log 2 + r with |r| ≤ ½log 2, and
eˣ = 2ⁿ·eʳ with eʳ by its Taylor polynomial.
"""

from __future__ import annotations

import math

import numpy as np

from tui_backprop.engines.compiled.jit import inlined

_LARGEST = 709.0
"""|x| beyond which eˣ is taken as e^±709: the largest and smallest that still are normal numbers."""

_ROUND = 1.5 * 2.0**52
"""Added to a number below 2⁵¹ it leaves the nearest whole number in the last bits."""

_ROUND_BITS = int(np.float64(_ROUND).view(np.int64))
_LOG2_E = 1.0 / math.log(2.0)
_LOG_2_HIGH, _LOG_2_LOW = (
    0.6931471803691238,
    1.9082149292705877e-10,
)  # log 2 in two parts, the first with 20 zeros at its end
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (1.0 / math.factorial(k) for k in range(2, 14))


@inlined
def _two_parts(x: float) -> tuple[float, float]:
    """Return s = 2ⁿ and p = eʳ − 1, so that eˣ = s + s·p and eˣ − 1 = (s − 1) + s·p; NaN gives NaN."""
    x = min(x, _LARGEST)
    x = max(x, -_LARGEST)
    shifted = x * _LOG2_E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LOG_2_HIGH) - n * _LOG_2_LOW
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + _C2 * r) + (_C3 + _C4 * r) * r2 + ((_C5 + _C6 * r) + (_C7 + _C8 * r) * r2) * r4
    q = low + (((_C9 + _C10 * r) + (_C11 + _C12 * r) * r2) + _C13 * r4) * (r4 * r4)  # Estrin's order: the parts at once
    exponent = np.float64(shifted).view(np.int64) - _ROUND_BITS + 1023
    return np.int64(exponent << 52).view(np.float64), r * q


@inlined
def exp(x: float) -> float:
    """eˣ, for |x| > 709 that of ±709."""
    s, p = _two_parts(x)
    return s + s * p


@inlined
def expm1(x: float) -> float:
    """eˣ − 1."""
    s, p = _two_parts(x)
    return (s - 1.0) + s * p


@inlined
def sigmoid(z: float) -> float:
    """1 / (1 + e⁻ᶻ)."""
    s, p = _two_parts(-z)
    return 1.0 / (1.0 + (s + s * p))


@inlined
def tanh(z: float) -> float:
    """With e = e^(−2|z|) − 1 it is −e / (e + 2) and the sign of z, so that a small z keeps its digits."""
    s, p = _two_parts(-2.0 * abs(z))
    e = (s - 1.0) + s * p
    size = -e / (e + 2.0)
    return size if z >= 0.0 else -size
