"""What comes of a check of the user's own backward pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from tui_backprop.diagnosis.sentences import Diagnosis
from tui_backprop.text.json_ready import json_ready

Verdict = Literal["right", "scaled", "wrong", "unchecked"]

ParameterVerdict = Literal["right", "scaled", "wrong", "unsure"]
"""`unsure`: it cannot be told."""


@dataclass(frozen=True)
class ParameterCheck:
    """One parameter's gradient, theirs against the numeric one."""

    name: str
    verdict: ParameterVerdict
    relative_error: float
    """‖theirs − numeric‖ / max(‖theirs‖, ‖numeric‖), over all draws."""
    scale: float | None
    """What theirs is a multiple of the numeric one by; None where it is not."""
    entry: str
    """The entry with the largest difference, whose two numbers follow."""
    theirs: float
    numeric: float


@dataclass(frozen=True)
class Recognised:
    """Which multilayer perceptron the user's network is."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    layout: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        sizes = "-".join(map(str, self.layers))
        return f"{sizes}, {' → '.join(self.activations)}, {self.loss} loss, {self.layout}"


@dataclass(frozen=True)
class Checkup:
    """What came of a check."""

    file: str
    verdict: Verdict
    parameters: tuple[ParameterCheck, ...]
    mistakes: tuple[Diagnosis, ...]
    """What only scales the step is among them, marked as harmless."""
    recognised: Recognised | None
    notes: tuple[str, ...]
    """What else there is to say, a sentence each."""
    learns: bool | None = None
    """Whether a trial training learned its own data; None where there was none."""

    def as_json(self) -> dict[str, Any]:
        """Return the same content for JSON."""
        parameters = {one.name: {k: v for k, v in asdict(one).items() if k != "name"} for one in self.parameters}
        found: dict[str, Any] = {
            "file": self.file,
            "verdict": self.verdict,
            "learns": self.learns,
            "parameters": parameters,
            "mistakes": [asdict(one) for one in self.mistakes],
            "recognised": None if self.recognised is None else asdict(self.recognised),
            "notes": list(self.notes),
        }
        return {key: json_ready(value) for key, value in found.items()}
