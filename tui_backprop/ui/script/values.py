"""Values as a line shows them: numbers and small arrays in full, large ones as shape, norm and a sparkline."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_backprop.ui.drawing.bars import sparkline
from tui_backprop.ui.drawing.numbers import four_digits, signed

_FULL = 4  # numbers of an array that are written
_SPARKS = 8


def value_text(value: Any, width: int = 30) -> str:
    """Write a value in about `width` cells; nothing for None."""
    if value is None:
        return ""
    found = np.asarray(value)
    if found.dtype.kind not in "fiub":
        return ""
    if found.ndim == 0:
        return str(value) if found.dtype.kind == "b" else signed(float(found), 0)
    if found.size == 0:
        return f"{shape_text(found.shape)} empty"
    flat = found.astype(float).ravel()
    whole = f"[{' '.join(signed(one, 0) for one in flat)}]"
    if found.size <= _FULL and len(whole) <= width:
        return whole
    norm = float(np.linalg.norm(flat)) if np.isfinite(flat).all() else float("nan")
    short = f"{shape_text(found.shape)} ‖{four_digits(norm)}‖"
    places = np.linspace(0, len(flat) - 1, min(_SPARKS, len(flat))).astype(int)
    return f"{short} {sparkline(flat[places].tolist())}" if len(short) + _SPARKS < width else short


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape: 4×2, or (4,) for a flat array."""
    return "×".join(map(str, shape)) if len(shape) > 1 else f"({shape[0]},)"
