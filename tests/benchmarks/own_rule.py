"""Training by a rule in a file, beside a plain loop that calls the same file: steps a second."""

from __future__ import annotations

import random
import runpy
import statistics
import tempfile
import time
from importlib import resources
from pathlib import Path

from tui_backprop.core.forward import forward
from tui_backprop.core.network import Parameters
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session

STEPS = 4000
ROUNDS = 5


def plain_loop(session: Session, path: Path, steps: int) -> float:
    """Return the steps a second of a loop of one's own: the core's forward pass, the file's backward pass, descent."""
    backward = runpy.run_path(str(path))["backward"]
    samples, draw = session.problem.train, random.Random(0)
    theta = Parameters(session.problem.network, session.state.parameters.copy())
    began = time.perf_counter()
    for _ in range(steps):
        row = draw.randrange(len(samples.inputs))
        x, y = samples.inputs[row : row + 1], samples.targets[row : row + 1]
        found = backward(theta.network, theta, forward(theta.network, theta, x), y)
        for name, values in theta.by_name().items():
            values[...] -= 0.1 * found[name]
    return steps / (time.perf_counter() - began)


def steps_a_second() -> tuple[float, float]:
    """Return those of a session and of the loop, on 1-1-1: the medians of rounds that are taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my_rule.py"
        path.write_text((resources.files("tui_backprop.cli.templates") / "own_rule.py").read_text("utf-8"), "utf-8")
        session = Session(Recipe(rule=str(path)))
        session.run(100)
        rounds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            session.run(STEPS)
            rounds.append((STEPS / (time.perf_counter() - began), plain_loop(session, path, STEPS)))
    ours, loop = zip(*rounds, strict=True)
    return statistics.median(ours), statistics.median(loop)
