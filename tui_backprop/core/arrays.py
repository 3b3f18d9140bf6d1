"""The array types that every room shares."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
"""Float64 numbers, C order. A docstring gives the shape, for example `(rows, fan_in)`."""

Indices: TypeAlias = NDArray[np.int64]
"""Row numbers or positions in θ."""
