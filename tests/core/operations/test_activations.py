"""Activation functions over all finite numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_backprop.core.operations.activations import ACTIVATIONS

finite = st.floats(allow_nan=False, allow_infinity=False, width=64)


@pytest.mark.parametrize("name", ["sigmoid", "softplus"])
@given(z=finite)
def test_stable_for_any_finite_number(name, z):
    """No finite z makes sigmoid or softplus overflow, warn or leave its range."""
    entry = ACTIVATIONS[name]
    with np.errstate(all="raise", under="ignore", over="raise"):
        a = entry.value(np.array([z]))
    assert np.isfinite(a).all()
    assert entry.low <= a[0] <= entry.high
    assert np.isfinite(entry.slope(np.array([z]), a)).all()


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_values_stay_within_the_range_that_is_told(entry):
    """The range of an activation, which the screen and the diagnosis rely on, holds."""
    z = np.linspace(-30, 30, 10_001)[:, np.newaxis]
    if entry.name == "softmax":
        z = np.hstack([z, np.zeros_like(z)])
    a = entry.value(z)
    assert a.min() >= entry.low
    assert a.max() <= entry.high


@pytest.mark.parametrize("entry", ACTIVATIONS.values(), ids=lambda entry: entry.name)
def test_monotone_is_told_truly(entry):
    """What is called monotone never falls; the others fall somewhere."""
    if entry.name != "softmax":
        rising = (np.diff(entry.value(np.linspace(-5, 5, 1001))) >= 0).all()
        assert bool(rising) == entry.monotone


def test_the_slope_of_elu_keeps_its_digits_where_it_is_nearly_flat():
    """a + 1 is 4 % off at z = −36 and 0 at −40; eᶻ is neither."""
    entry, z = ACTIVATIONS["elu"], np.array([-36.0, -40.0, -700.0, 2.0])
    np.testing.assert_allclose(entry.slope(z, entry.value(z)), np.exp(np.minimum(z, 0.0)), rtol=1e-15)
