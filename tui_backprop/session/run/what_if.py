"""A sample of the user's own: what the network makes of it, and what the update would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.core.sampling import Sampling
from tui_backprop.core.step import StepRecord, take_step
from tui_backprop.session.run.run import Run


def what_if(run: Run, inputs: Sequence[float], target: Sequence[float] | None = None) -> StepRecord:
    """Return the update that one sample would make from the present state of a run, which stays as it is.

    Args:
        run: where the parameters are from.
        inputs: raw input values, one for each column.
        target: one value for each output, unscaled; without it the network's own answer, which gives no error.

    Raises:
        InputError: a wrong number of values.
    """
    problem, training = run.problem, run.segment.training
    dataset = problem.dataset
    if len(inputs) != dataset.n_inputs:
        raise InputError(
            f"expected {dataset.n_inputs} input values ({', '.join(dataset.input_names)}), not {len(inputs)}"
        )
    if target is not None and len(target) != dataset.n_outputs:
        raise InputError(f"expected {dataset.n_outputs} target values, not {len(target)}")
    raw = np.array([inputs], dtype=np.float64)
    wanted = problem.predict(run.state.parameters, raw) if target is None else np.array([target], dtype=np.float64)
    alone = replace(
        training,
        inputs=problem.encode(raw),
        targets=problem.target_scaler.transform(wanted),
        sampling=Sampling("sequential", 1, None, 0),
    )
    return take_step(alone, run.state)
