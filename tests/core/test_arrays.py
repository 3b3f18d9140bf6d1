"""What replaces NumPy's `unique` and `median` gives the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_backprop.core.arrays import distinct, median


@pytest.mark.parametrize("values", [[2.0], [3.0, 1.0], [1.0, 5.0, 2.0, 2.0], [1e308, 1e308, 0.1], [math.inf, 1.0, 2.0]])
def test_medians_and_distinct_values_are_numpys(values):
    """An odd number of them, an even one, large ones."""
    array = np.array(values)
    with np.errstate(over="ignore"):
        assert median(array) == float(np.median(array))
    assert distinct(array).tolist() == np.unique(array).tolist()


def test_a_median_of_what_is_no_number_is_none():
    """NaN among them, or nothing at all."""
    assert math.isnan(median(np.array([1.0, math.nan, 2.0])))
    assert math.isnan(median(np.empty(0)))
    assert distinct(np.array([3, 1, 3])).tolist() == [1, 3]
