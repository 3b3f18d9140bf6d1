"""A file of functions as a script: its text, and after it a loop that trains them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tui_backprop.core.randomness import key_of
from tui_backprop.datasets.scaling import fit_scaler
from tui_backprop.datasets.source import open_source
from tui_backprop.scripts.functions.answers import read_name
from tui_backprop.scripts.functions.network import Batch, Learner
from tui_backprop.scripts.functions.process import LearnerProcess
from tui_backprop.scripts.functions.rule_loop import rule_loop
from tui_backprop.scripts.functions.rule_network import RuleNetwork, learner_in
from tui_backprop.scripts.functions.samples import MOST_ROWS, draw_batch
from tui_backprop.scripts.running.limits import TIMEOUT
from tui_backprop.scripts.source.forms import is_functions
from tui_backprop.scripts.source.source import Source, read_source, with_loop

RATE = 0.1
"""η of the loop, that of the original case."""

_EXERCISES = ("parity", "xor")  # data sets for a file that has none
_DRAWN = 24  # samples that are drawn where no such set fits


def source_to_step(path: str, timeout: float = TIMEOUT) -> Source:
    """Return what is stepped: a script or notebook as it is, or functions with a loop after them.

    Raises:
        ScriptError: it cannot be read, or is not Python.
        LearnerError: its functions cannot be used; one sentence.
    """
    if not is_functions(path, as_main=True):
        return read_source(path)
    process = LearnerProcess(path, timeout)
    try:
        learner = learner_in(process)
        samples = _samples(learner)
        if isinstance(learner, RuleNetwork):
            loop = rule_loop(learner.network, samples, RATE)
        else:
            x, y = samples
            loop = process.ask("loop", read_name, x=x.tolist(), y=y.tolist(), rate=RATE)
    finally:
        process.close()
    return with_loop(read_source(path), loop)


def at_rate(source: Source, rate: float) -> Source:
    """Return functions with a loop that trains at another rate."""
    head, _, _ = source.text.rpartition("rate=")
    return replace(source, text=f"{head}rate={rate!r})\n")


def loop_rate(source: Source) -> float:
    """Return the rate of the loop that was put after functions."""
    return float(source.text.rpartition("rate=")[2].rstrip(")\n"))


def _samples(learner: Learner) -> Batch:
    """Return samples of its own, of a built-in set that fits, or drawn ones."""
    if learner.data is not None:
        return learner.data[0][:MOST_ROWS], learner.data[1][:MOST_ROWS]
    for name in _EXERCISES:
        dataset = open_source(name)
        if (dataset.n_inputs, dataset.n_outputs) == (learner.inputs, learner.outputs):
            return fit_scaler(dataset.inputs, "max").transform(dataset.inputs), dataset.targets
    return draw_batch(learner, np.random.default_rng(key_of(0, "own samples")), _DRAWN)
