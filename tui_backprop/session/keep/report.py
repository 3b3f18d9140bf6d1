"""The report of a run: the one object that `run --json` prints."""

from __future__ import annotations

from typing import Any

from tui_backprop.core.arrays import Array
from tui_backprop.core.network import Parameters
from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.keep.code.operations import definition
from tui_backprop.session.keep.weights.about import about, scaling
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.run import Stop
from tui_backprop.session.session import Session
from tui_backprop.text.json_ready import json_ready


def report(session: Session, stop: Stop, seconds: float) -> dict[str, Any]:
    """Return all that is known at the end of a run that took `seconds`; losses are over the whole training (test) set.

    Numbers that are not finite are null, since JSON has no word for them.
    """
    frame, problem = session.frame(), session.problem
    initial, final = _losses(problem, frame.first_parameters), _losses(problem, frame.state.parameters)
    found: dict[str, Any] = json_ready(
        {
            "recipe": session.recipe.as_dict(),
            "steps": session.step,
            "epochs": float(f"{frame.epoch:.5g}"),
            "stopped_by": stop.reason,
            "loss": {"initial": initial["loss"], "final": final["loss"], "targets": scaling(problem.target_scaler)},
            "accuracy": final["accuracy"],
            "parameters": {
                name: values.tolist()
                for name, values in Parameters(problem.network, frame.state.parameters).by_name().items()
            },
            **described(problem),
            "probes": [
                {
                    "input": list(probe.input),
                    "scaled": list(probe.scaled),
                    "before": list(probe.before),
                    "after": list(probe.now),
                }
                for probe in frame.probes
            ],
            "reference": {line.key: line.loss for line in frame.reference},
            "notes": list(session.notices),
            "findings": [_plain(finding) for finding in session.findings()],
            "engine": session.recipe.engine,
            "seconds": seconds,
            "steps_per_second": session.step / seconds if seconds > 0 else 0.0,
        }
    )
    return found


def described(problem: Problem) -> dict[str, Any]:
    """Return what `parameters` need to be right elsewhere: names, scaling, and each layer's activation as NumPy has it."""
    found = about(problem)
    for layer, activation in zip(found["layers"], problem.network.activations, strict=True):
        layer["definition"] = definition(activation.value)
    return found


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "severity": finding.severity,
        "message": finding.message,
        "evidence": dict(finding.evidence),
        "remedy": finding.remedy,
    }


def _losses(problem: Problem, theta: Array) -> dict[str, dict[str, float | None]]:
    """Loss and accuracy over all of both parts."""
    scores = {"train": problem.score(theta, problem.train), "test": problem.score(theta, problem.test)}
    return {
        name: {part: None if score is None else getattr(score, name) for part, score in scores.items()}
        for name in ("loss", "accuracy")
    }
