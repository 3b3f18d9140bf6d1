"""Who is measured: the engines, and what people would use instead."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec

from tests.benchmarks.competitors import libraries
from tests.benchmarks.competitors.bare_numpy import BareNumpy
from tests.benchmarks.competitors.c_code import CompiledC
from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.node import NodeTrainer
from tests.benchmarks.competitors.ours import EngineTrainer
from tests.benchmarks.competitors.plain_python import PlainPython
from tests.benchmarks.competitors.trainer import Trainer


@dataclass(frozen=True)
class Competitor:
    """One way of training."""

    name: str
    make: Callable[[Case], Trainer]
    modules: tuple[str, ...] = ()
    """Python packages that it needs."""
    command: str = ""
    """A program that it needs."""
    node: str | None = None
    """The package that it needs under Node; an empty name where Node is enough."""
    adapt: Callable[[Case], Case] = lambda case: case
    """What of a case it can do, where that is not the very same."""
    cannot: Callable[[Case], str | None] = lambda _case: None
    """Why a case is not for it."""
    tolerance: float = 1e-10
    """Largest difference from θ of the core's steps, relative to the largest entry, after some dozens of them."""

    def absent(self) -> str | None:
        """Why it cannot be measured on this machine; None where it can."""
        missing = [module for module in self.modules if find_spec(module) is None]
        if missing:
            return f"{missing[0]} is not installed"
        if self.command and shutil.which(self.command) is None:
            return f"{self.command} is not installed"
        if self.node is not None and shutil.which("node") is None:
            return "node is not installed"
        return None if self.node in (None, "") or has_node_package(str(self.node)) else f"{self.node} is not installed"

    def excuse(self, case: Case) -> str | None:
        """Why it is not measured in a case; None where it is."""
        return self.absent() or self.cannot(case)

    def is_the_same(self, case: Case, steps: int = 40) -> bool:
        """Whether it reaches the parameters of the core's own steps, with the same batches from the same parameters."""
        case = self.adapt(case)
        trainer = self.make(case)
        try:
            reached = trainer.follow(case.batches(steps))
        finally:
            trainer.close()
        expected = case.expected(steps)
        return bool(abs(reached - expected).max() <= self.tolerance * abs(expected).max())


@cache
def has_node_package(name: str) -> bool:
    """Whether Node finds a package from this folder, or by NODE_PATH."""
    node = shutil.which("node")
    code = f"require.resolve({name!r})"
    return node is not None and subprocess.run([node, "-e", code], capture_output=True, check=False).returncode == 0


def _is_original(case: Case) -> str | None:
    return None if case.network.sizes == (1, 1, 1) else "the loop of the original case is for 1-1-1 alone"


def _takes_seconds(case: Case) -> str | None:
    return "one step takes seconds" if case.batch * case.network.size > 50_000 else None


def _has_no_adam(case: Case) -> str | None:
    return "its release on npm has no Adam" if case.adam else None


NUMPY, COMPILED, BARE = "numpy engine", "compiled engine", "bare NumPy calls"
PYTHON, MICROGRAD, TORCH, SCIKIT = "plain Python", "micrograd", "PyTorch eager", "scikit-learn"
C = "C, gcc, sizes known"
TYPED, OBJECTS, CONVNET = "JavaScript, typed arrays", "JavaScript, objects", "ConvNetJS"

COMPETITORS = (
    Competitor(NUMPY, partial(EngineTrainer, name="numpy")),
    Competitor(COMPILED, partial(EngineTrainer, name="compiled"), ("numba", "scipy")),
    Competitor(C, CompiledC, command="gcc"),
    Competitor(BARE, BareNumpy),
    Competitor(PYTHON, PlainPython, cannot=_is_original),
    Competitor(MICROGRAD, libraries.Micrograd, ("micrograd",), cannot=_takes_seconds),
    Competitor(TORCH, libraries.Torch, ("torch",)),
    # It knows the cross-entropy alone, and its ε of Adam is not scaled as in the paper.
    Competitor(SCIKIT, libraries.ScikitLearn, ("sklearn",), adapt=Case.with_cross_entropy, tolerance=1e-3),
    Competitor(TYPED, partial(NodeTrainer, file="typed_arrays.js"), node=""),
    Competitor(OBJECTS, partial(NodeTrainer, file="objects.js"), node=""),
    Competitor(CONVNET, partial(NodeTrainer, file="convnet.js"), node="convnetjs", cannot=_has_no_adam),
)
"""Every competitor, ours first."""
