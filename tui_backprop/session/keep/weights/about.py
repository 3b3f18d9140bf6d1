"""What has to be known of a network besides its parameters, to use it elsewhere: names, scaling and activations."""

from __future__ import annotations

from typing import Any

from tui_backprop.datasets.scaling import Scaler
from tui_backprop.session.recipe.problem import Problem


def output_names(problem: Problem) -> tuple[str, ...]:
    """Return what each output is called: a class, or a target column."""
    return problem.dataset.classes or problem.dataset.target_names


def about(problem: Problem) -> dict[str, Any]:
    """Return it as JSON has it: `inputs`, `outputs` and `layers`.

    What the network gets is (x − offset) / divisor of each feature x, or of each column where there are no features. What it
    says of numbers is its last layer's activation times divisor, plus offset.
    """
    return {
        "inputs": {
            "names": list(problem.dataset.input_names),
            "features": [one.text for one in problem.features.expressions],
            **scaling(problem.scaler),
        },
        "outputs": {
            "names": list(output_names(problem)),
            "task": problem.dataset.task,
            "classes": list(problem.dataset.classes),
            **scaling(problem.target_scaler),
        },
        "layers": [
            {"weights": f"w{layer}", "biases": f"b{layer}", "activation": activation.name}
            for layer, activation in enumerate(problem.network.activations, start=1)
        ],
    }


def scaling(scaler: Scaler) -> dict[str, Any]:
    """Return a scaling as JSON has it."""
    return {"scaling": scaler.kind, "offset": scaler.offset.tolist(), "divisor": scaler.divisor.tolist()}
