"""Cases drawn at random for the judge of gradients, and what it says of them, in both directions.

python -m tests.core.drawn_judgements [CASES] [FIRST]

A case is a network, a loss, a batch and a start: normal, tiny, huge, of integers, zeros, at kinks, saturated, converged;
with targets of 1e-6 … 1e6 and inputs of 1e-4 … 1e4. The exact rule must never be called wrong. Each mistake of the gallery
must be called wrong in each entry that it changes by more than a thousandth of its size and by more than 100 times what
float64 itself is off there: the exact rule in float64 compared with 50 digits.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from tui_backprop.core.backward import exact
from tui_backprop.core.forward import forward
from tui_backprop.core.judge import judge
from tui_backprop.core.mistakes.gallery import MISTAKES
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.numbers import DECIMAL, FLOAT
from tui_backprop.core.objective import make_objective
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.slopes import prediction_noise, slopes_of_loss
from tui_backprop.core.truth import Batch, truth_of

EPS, TINY = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).tiny)
STARTS = ("normal", "tiny", "huge", "integers", "zeros", "kinks", "saturated", "converged")
PAIRS = [
    (output, loss.name)
    for loss in LOSSES.values()
    for output in ACTIVATIONS
    if not loss.outputs or output in loss.outputs
]


@dataclass(frozen=True, eq=False)
class Case:
    """One batch of one network at one start."""

    number: int
    start: str
    batch: Batch

    @property
    def said(self):
        """All of it in a line."""
        batch = self.batch
        network = batch.network
        return (
            f"case {self.number}: {network.name} {'→'.join(network.activation_names)}, {batch.objective.loss.name}, "
            f"{self.start}, {len(batch.inputs)} samples up to {np.abs(batch.inputs).max():.0e}, targets up to "
            f"{np.abs(batch.targets).max():.0e}"
        )

    def by(self, rule):
        """Return the gradient by a rule, (size,)."""
        batch = self.batch
        parameters = Parameters(batch.network, batch.theta)
        with np.errstate(all="ignore"):
            tape = forward(batch.network, parameters, batch.inputs)
            return rule(batch.network, batch.objective, parameters, tape, batch.targets).parameters.vector

    def losses(self, theta):
        """Return the loss of each sample, (rows,)."""
        batch = self.batch
        tape = forward(batch.network, Parameters(batch.network, theta), batch.inputs)
        return batch.objective.sample_losses(tape.z[-1], tape.a[-1], batch.targets)

    @property
    def rounding(self):
        """What the last bit of the predictions does to the loss."""
        batch = self.batch
        objective = batch.objective
        tape = forward(batch.network, Parameters(batch.network, batch.theta), batch.inputs)
        if objective.fused:
            return prediction_noise(lambda z: objective.sample_losses(z, z, batch.targets).mean(), tape.z[-1])
        return prediction_noise(lambda a: objective.loss.value(a, batch.targets).mean(), tape.a[-1])


def draw(number):
    """Return the case of a number."""
    random = np.random.default_rng((1, number))
    start = STARTS[number % len(STARTS)]
    depth = int(random.choice([0, 1, 1, 2, 2, 3, 4, 6]))
    one = str(random.choice(HIDDEN_ACTIVATIONS))
    hidden = [one if random.random() < 0.8 else str(random.choice(HIDDEN_ACTIVATIONS)) for _ in range(depth)]
    output, loss = PAIRS[random.integers(len(PAIRS))]
    outputs = int(random.integers(2, 5)) if output == "softmax" else int(random.integers(1, 3))
    width = int(random.integers(1, 5))
    widths = [width if random.random() < 0.7 else int(random.integers(1, 6)) for _ in range(depth)]
    network = Network((int(random.integers(1, 4)), *widths, outputs), (*hidden, output))
    rows = int(random.choice([1, 2, 3, 8]))
    inputs = random.standard_normal((rows, network.sizes[0]))
    if random.random() < 0.3:
        inputs *= 10.0 ** random.uniform(-4, 4)
    targets = _targets(random, output, loss, rows, outputs)
    theta = random.standard_normal(network.size)
    if start == "integers" or (start == "kinks" and random.random() < 0.5):
        inputs = random.integers(-2, 3, inputs.shape).astype(float)
        theta = random.integers(-2, 3, theta.shape).astype(float)
        if LOSSES[loss].outputs is None:
            targets = random.integers(-3, 4, targets.shape).astype(float)
    batch = Batch(network, make_objective(output, loss), _start(random, start, network, theta, inputs), inputs, targets)
    if start == "kinks" and loss == "absolute":
        tape = forward(network, Parameters(network, batch.theta), inputs)
        hit = random.random(targets.shape) < 0.5
        batch = Batch(network, batch.objective, batch.theta, inputs, np.where(hit, tape.prediction, targets))
    if start == "converged":
        batch = _converged(random, batch)
    return Case(number, start, batch)


def _targets(random, output, loss, rows, outputs):
    if loss == "cross-entropy":
        return np.eye(outputs)[random.integers(outputs, size=rows)]
    if loss == "binary-cross-entropy":
        return random.integers(2, size=(rows, outputs)).astype(float)
    targets = random.uniform(-1, 1, (rows, outputs))
    return targets * 10.0 ** random.uniform(-6, 6) if random.random() < 0.4 else targets


def _start(random, start, network, theta, inputs):
    if start == "tiny":
        return theta * 1e-12
    if start == "huge":
        return theta * 10.0 ** random.uniform(2, 6)
    if start == "zeros":
        return theta * random.choice((0.0, 1.0), len(theta), p=(0.7, 0.3)) * float(random.random() < 0.7)
    if start == "saturated":
        for tensor in network.tensors[1::2]:
            if random.random() < 0.6:
                theta[tensor.span] = random.choice((-1, 1), tensor.size) * 10.0 ** random.uniform(0.8, 3)
        return theta
    if start == "kinks":
        for layer in range(1, network.depth + 1):
            parameters = Parameters(network, theta)
            sample = random.integers(len(inputs))
            z = forward(network, parameters, inputs).z[layer][sample]
            parameters.b(layer)[...] -= np.where(random.random(len(z)) < 0.5, z, 0.0)
    return theta


def _converged(random, batch):
    """Go downhill as far as it leads in a few hundred steps, with a rate that is halved where the loss rises."""
    theta, rate = batch.theta, 0.3
    case = Case(0, "", batch)
    with np.errstate(all="ignore"):
        loss = case.losses(theta).mean()
        for _ in range(int(random.choice([30, 100, 300]))):
            moved = theta - rate * Case(
                0, "", Batch(batch.network, batch.objective, theta, batch.inputs, batch.targets)
            ).by(exact)
            now = case.losses(moved).mean()
            if now <= loss:
                theta, loss, rate = moved, now, rate * 1.1
            else:
                rate /= 4
    return Batch(batch.network, batch.objective, theta, batch.inputs, batch.targets)


@dataclass
class Outcome:
    """What the judge said of some cases."""

    cases: int = 0
    entries: Counter = field(default_factory=Counter)
    """Of the exact rule, by verdict; `by differences` for those that were judged from values of the loss alone."""
    accused: list = field(default_factory=list)
    """Where the exact rule was called wrong, a sentence each."""
    changed: int = 0
    """Entries that a mistake of the gallery changes by enough."""
    missed: list = field(default_factory=list)
    """Those of them that were not called wrong, a sentence each."""
    seen_in_files: int = 0
    """Those of them that are called wrong if nothing is known of the rule."""
    seen_by_differences: int = 0
    """Those of them that values of the loss alone show as wrong."""


def off(claimed, found):
    """Return how far a gradient is from a precise one, (size,)."""
    return np.maximum(np.maximum(found.low - claimed, claimed - found.high), 0.0)


def other_ways(case):
    """Yield right gradients that are computed as people do it, with a name each."""
    batch, rows = case.batch, len(case.batch.inputs)
    total = 0.0
    for i in range(rows):
        one = Batch(batch.network, batch.objective, batch.theta, batch.inputs[i : i + 1], batch.targets[i : i + 1])
        total = total + Case(0, "", one).by(exact)
    yield "sample by sample", total / rows
    if batch.objective.fused:
        yield "p − y", case.by(lambda network, objective, *rest: exact(network, Textbook(objective), *rest))
    found = batch.gradient(FLOAT)
    yield "stable formulas", 0.5 * found.low + 0.5 * found.high


class Textbook:
    """An objective whose δ is p − y."""

    def __init__(self, objective):
        self.objective = objective

    def delta(self, _, a, target):
        return (a - target) / len(a)


def look_at(case, outcome):
    """Let a case be judged, in both directions, and count."""
    batch = case.batch
    right = case.by(exact)
    truths = {
        "in higher precision": truth_of(batch),
        "in float64": truth_of(batch, seconds=0.0),
        "for rules of files": truth_of(batch, own_rule=True),
        "by differences": slopes_of_loss(case.losses, batch.theta, rounding=case.rounding),
    }
    claims = [(right, name, truth) for name, truth in truths.items()]
    claims += [(way, f"for rules of files, {name}", truths["for rules of files"]) for name, way in other_ways(case)]
    outcome.cases += 1
    for claimed, name, truth in claims:
        judgement = judge(claimed, truth)
        outcome.entries.update({(name, verdict): count for verdict, count in judgement.counts().items()})
        outcome.accused += [
            f"{case.said}; {name}, {batch.network.entry_name(i)}: {claimed[i]!r} and not {judgement.true[i]!r}, "
            f"floor {truth.floor[i]:.1e}, blur {truth.blur[i]:.1e}"
            for i in np.flatnonzero(judgement.wrong)
        ]
    with np.errstate(all="ignore"):
        fifty = batch.gradient(DECIMAL)
        own = off(right, fifty)
        for mistake in MISTAKES.values():
            made = case.by(mistake)
            by = off(made, fifty)
            size = np.maximum(np.abs(made), np.abs(np.clip(made, fifty.low, fifty.high)))
            least = np.maximum(TINY, 100 * EPS * (fifty.high - fifty.low))  # the ends of an interval are rounded too
            changed = ~(by <= 1e-3 * size) & ~(by <= 100 * own) & (by > least) & np.isfinite(right)
            wrong = judge(made, truths["in higher precision"]).wrong
            outcome.changed += int(changed.sum())
            outcome.missed += [
                f"{case.said}; {mistake.name}, {batch.network.entry_name(i)}: {made[i]!r} where "
                f"{fifty.low[i]!r} … {fifty.high[i]!r} is right, float64 is off by {own[i]:.1e}"
                for i in np.flatnonzero(changed & ~wrong)
            ]
            outcome.seen_in_files += int((changed & judge(made, truths["for rules of files"]).wrong).sum())
            outcome.seen_by_differences += int((changed & judge(made, truths["by differences"]).wrong).sum())


def main(cases=5000, first=0):
    """Judge that many cases and print what came of it."""
    outcome = Outcome()
    for number in range(first, first + cases):
        look_at(draw(number), outcome)
    print(f"{outcome.cases:,} cases")
    for (name, verdict), count in sorted(outcome.entries.items()):
        print(f"  exact rule, {name}: {count:,} entries {verdict}")
    print(f"  false ✗: {len(outcome.accused):,}")
    print(f"  entries changed by mistakes: {outcome.changed:,}, missed: {len(outcome.missed):,}")
    print(f"  of them found in rules of files: {outcome.seen_in_files:,}")
    print(f"  of them seen by values of the loss alone: {outcome.seen_by_differences:,}")
    for sentence in (*outcome.accused[:40], *outcome.missed[:20]):
        print(sentence)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
