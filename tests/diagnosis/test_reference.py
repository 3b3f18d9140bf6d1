"""The best constant prediction, held against a search over many constants."""

import numpy as np
import pytest

from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.diagnosis.reference import best_constant


def test_parity_has_the_known_best_constant():
    targets = np.array([[0.0], [1], [0], [1], [0], [1], [0], [1], [0]])
    prediction, loss = best_constant("squared", targets)
    assert prediction.item() == pytest.approx(4 / 9)
    assert loss == pytest.approx(20 / 81)


@pytest.mark.parametrize("name", ["squared", "half-squared", "absolute", "huber", "binary-cross-entropy"])
def test_no_other_constant_is_better(name):
    targets = (
        np.array([[0.0], [1], [1], [1]])
        if name == "binary-cross-entropy"
        else np.array([[-3.0], [0.2], [0.5], [0.6], [9.0]])
    )
    constant, loss = best_constant(name, targets)
    assert np.isfinite(constant).all()
    others = np.linspace(0.001, 0.999, 999) if name == "binary-cross-entropy" else np.linspace(-4, 10, 2801)
    losses = [LOSSES[name].value(np.full_like(targets, other), targets).mean() for other in others]
    assert loss <= min(losses) + 1e-12
    assert loss == pytest.approx(min(losses), abs=1e-4)
