"""JavaScript implementations under Node, each in a process of its own that waits while others are measured."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import Trainer
from tui_backprop.core.arrays import Array, Indices

FOLDER = Path(__file__).parent / "javascript"


class NodeTrainer(Trainer):
    """One of the files in `javascript/`, driven by lines of JSON."""

    def __init__(self, case: Case, file: str) -> None:
        self._process = subprocess.Popen(
            [str(shutil.which("node")), str(FOLDER / "driver.js"), str(FOLDER / file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        recipe, training = case.recipe, case.training
        task = {
            "sizes": case.network.sizes,
            "activations": case.network.activation_names,
            "loss": recipe.loss,
            "optimizer": recipe.optimizer,
            "rate": recipe.lr,
            "batch": case.batch,
            "theta": case.theta.tolist(),
            "inputs": training.inputs.tolist(),
            "targets": training.targets.tolist(),
        }
        self._ask(task)

    def _ask(self, request: dict[str, Any]) -> Array:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"node ended with status {self._process.wait()}")
        return np.array(json.loads(answer))

    def train(self, steps: int) -> None:
        """Make so many updates."""
        self._ask({"train": steps})

    def follow(self, batches: Indices) -> Array:
        """Make an update with each batch."""
        return self._ask({"follow": batches.tolist()})

    def close(self) -> None:
        """End the process."""
        self._process.communicate()  # it ends where its input does
