"""Sick recipes, drawn at random, and what comes of doing what the findings advise.

`python -m tests.session.sick 200` draws that many, applies the remedy of the worst finding until there is none, and prints
how each ended; the tests draw a few.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session


class Draw:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def choice(self, options: Sequence[Any]) -> Any:
        """One of some options."""
        return options[int(self._rng.integers(len(options)))]

    def sample(self, options: Sequence[Any], count: int) -> list[Any]:
        """Some of them, none twice."""
        return [options[i] for i in self._rng.permutation(len(options))[:count].tolist()]

    def uniform(self, low: float, high: float) -> float:
        """A number between two."""
        return float(self._rng.uniform(low, high))


MOST_REMEDIES = 20
PORTION = 3000  # steps between two looks, as the user makes who presses space for a few seconds
PATIENCE = 10  # portions in a row without a finding before the run counts as silent and unfinished

SOURCES = (
    "parity", "and", "or", "xor", "line", "sine", "ravine", "circle", "gauss", "moons", "spiral", "spirals3",
    "checkerboard", "iris", "prices", "grains", "wide",
)  # fmt: skip


def tables(folder: Path) -> dict[str, str]:
    """Write the tables of the user's own: targets in thousands, targets in millionths, inputs in thousands."""
    rng = np.random.default_rng(7)
    rows: dict[str, list[tuple[float, ...]]] = {"prices": [], "grains": [], "wide": []}
    for _ in range(80):
        a, b = rng.uniform(0, 10), rng.uniform(-1, 1)
        rows["prices"].append((a, b, 200_000 + 15_000 * a + 40_000 * b * b))
        rows["grains"].append((a, b, 1e-6 * (a + 3 * b * b)))
        rows["wide"].append((1000 * a, 0.01 * b, float(a / 5 - 1 > b)))
    found = {}
    for name, table in rows.items():
        path = folder / f"{name}.csv"
        path.write_text("\n".join(["a,b,y", *(",".join(map(str, row)) for row in table)]) + "\n")
        found[name] = str(path)
    return found


def _rate(rng: Draw) -> dict[str, Any]:
    return {"lr": 10.0 ** rng.choice((-9, -7, -6, -5, 1, 2, 3, 6))}


AILMENTS: dict[str, Callable[[Draw], dict[str, Any]]] = {
    "a rate far too high or low": _rate,
    "plain SGD at some rate": lambda rng: {"optimizer": "sgd", "lr": 10.0 ** rng.uniform(-6, 3)},
    "a schedule that ends early": lambda rng: {
        "schedule": rng.choice(("cosine:500", "cosine:50", "exponential:0.9", "exponential:0.99", "step:100,0.1"))
    },
    "a warm-up without end": lambda _: {"warmup": 10**9},
    "no hidden layer": lambda _: {"hidden": ()},
    "one hidden unit": lambda _: {"hidden": (1,)},
    "two hidden units": lambda _: {"hidden": (2,)},
    "a deep stack of sigmoids": lambda rng: {"hidden": (8,) * rng.choice((4, 6, 8)), "activation": "sigmoid"},
    "linear hidden layers": lambda _: {"activation": "linear"},
    "relus": lambda rng: {"activation": "relu", "init": rng.choice(("normal", "uniform", "zeros"))},
    "equal first weights": lambda _: {"init": "zeros"},
    "first weights too large": lambda rng: {"init": "normal", "set": (("w1", rng.choice((30.0, 1e3))),)},
    "unscaled inputs": lambda _: {"scale_inputs": "none"},
    "unscaled targets": lambda _: {"scale_targets": "none"},
    "everything frozen": lambda _: {"freeze": ("w1", "b1", "w2", "b2")},
    "one layer frozen": lambda rng: {"freeze": rng.choice((("w1",), ("w1", "b1"), ("b1",)))},
    "a penalty too strong": lambda rng: {rng.choice(("l1", "l2")): rng.choice((0.1, 1.0, 10.0))},
    "a clip too short": lambda rng: {"clip": 10.0 ** rng.choice((-9, -6, -4))},
    "a batch larger than the set": lambda _: {"batch_size": 5000},
    "single random samples": lambda _: {"batch_size": 1, "sampling": "random", "optimizer": "sgd", "lr": 0.1},
    "too much momentum": lambda _: {"optimizer": "momentum", "momentum": 0.999, "lr": 0.1},
    "an output that does not fit": lambda rng: {"output_activation": rng.choice(("tanh", "relu", "linear"))},
    "another loss": lambda rng: {"loss": rng.choice(("absolute", "huber", "squared"))},
    "a wrong rule": lambda rng: {"rule": rng.choice(("posted", "no-hidden-slope", "wrong-sign"))},
    "another optimizer": lambda rng: {"optimizer": rng.choice(("adagrad", "rmsprop", "nesterov", "adamw"))},
}


def draw(number: int, sources: dict[str, str]) -> tuple[str, Recipe]:
    """Return a recipe with one to three ailments, and what it is called; the same for the same number."""
    rng = Draw(number)
    source = rng.choice(SOURCES)
    names = rng.sample(list(AILMENTS), rng.choice((1, 1, 2, 2, 3)))
    fields: dict[str, Any] = {"seed": number}
    for name in names:
        fields |= AILMENTS[name](rng)
    recipe = suggested_recipe(sources.get(source, source), **fields)
    if source not in ("line", "sine", "ravine", "prices", "grains"):
        recipe = recipe.replace(scale_targets="none")
    known = {f"{kind}{layer}" for kind in "wb" for layer in range(1, len(recipe.hidden) + 2)}
    recipe = recipe.replace(freeze=tuple(name for name in recipe.freeze if name in known))
    if recipe.output_activation == "relu" and recipe.loss not in ("auto", "squared", "absolute", "huber"):
        recipe = recipe.replace(loss="auto")
    return f"{number} {source}: {', '.join(names)}", recipe


@dataclass(frozen=True)
class Ending:
    """How a sick recipe ended."""

    name: str
    how: str
    """`done`, `at the floor`, `silent` (unfinished, and nothing to say), or `still advised` after so many remedies."""
    steps: int
    remedies: tuple[str, ...]
    loss: float
    """As a share of the best constant's loss."""
    idle: int
    """How many of the remedies changed nothing."""

    @property
    def well(self) -> bool:
        """Whether it learned what there is to learn."""
        return self.how in ("done", "at the floor")


def cure(name: str, recipe: Recipe, patience: int = PATIENCE) -> Ending:
    """Do what the worst finding advises until none advises anything, and say how that ended."""
    session = Session(recipe)
    applied: list[str] = []
    waited = idle = 0
    while True:
        session.run(PORTION)
        findings = session.findings()
        advised = _advised(findings)
        how = _well(findings)
        if advised is None:
            waited += 1
            if how or waited >= patience:
                break
            continue
        if len(applied) >= MOST_REMEDIES:
            how = how or "still advised"
            break
        waited = 0
        before = session.current.segment.asked
        session.change(**advised.changes)
        idle += session.current.segment.asked == before
        applied.append(f"{advised.id} {_short(advised.changes)}")
    problem = session.problem
    share = problem.loss(session.state.parameters, problem.train) / max(problem.facts.constant_loss, 1e-300)
    return Ending(name, how or "silent", session.step, tuple(applied), share, idle)


def _advised(findings: tuple[Finding, ...]) -> Finding | None:
    """The worst finding whose remedy is a matter of the recipe."""
    return next((one for one in findings if one.changes), None)


def _well(findings: tuple[Finding, ...]) -> str:
    ids = {one.id for one in findings}
    return "done" if "done" in ids else ""


def _short(changes: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in changes.items())


def said(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(count: int, first: int = 0) -> None:
    """Draw `count` recipes, and print how they ended."""
    with tempfile.TemporaryDirectory() as folder:
        sources = tables(Path(folder))
        endings = []
        started = time.perf_counter()
        for number in range(first, first + count):
            name, recipe = draw(number, sources)
            ending = cure(name, recipe)
            endings.append(ending)
            if not ending.well or ending.idle:
                said(f"{ending.how}: {name}; {ending.steps} steps, {ending.loss:.3g} of the best constant's loss")
                for remedy in ending.remedies:
                    said(f"    {remedy}")
        counted = ", ".join(f"{count} {how}" for how, count in Counter(one.how for one in endings).most_common())
        seconds = time.perf_counter() - started
        said(f"{counted}: {sum(one.well for one in endings) / len(endings):.1%} ended well, {seconds:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
