"""The answer to a check: JSON as the design says, and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tui_backprop.scripts.recognition.recognised import Perceptron, ScriptSamples
from tui_backprop.scripts.source.source import Source

_SAID = ("sentence", "error")  # fields with a sentence


@dataclass(slots=True)
class Mistake:
    """A wrong line of a backward pass."""

    parameters: list[str]
    kind: str
    line: int
    lines: list[int]
    sentence: str
    as_is: str
    right: str
    fix: dict[str, Any] | None = None
    file: str | None = None
    """The module beside the script that has the line; None for the script itself."""
    short: str = ""
    """What is wrong in a few words, for the table of the backward pass."""

    @property
    def where(self) -> str:
        """Return where it is, as a sentence begins."""
        return f"line {self.line}" if self.file is None else f"{self.file}, line {self.line}"


@dataclass(slots=True)
class Cause:
    """What keeps a script from learning, other than a wrong gradient."""

    id: str
    severity: str
    line: int | None
    lines: list[int]
    sentence: str
    evidence: dict[str, Any]
    fix: dict[str, Any] | None = None


@dataclass(slots=True)
class BackwardLine:
    """A line of the backward pass and what its value is."""

    line: int
    name: str
    source: str
    derivative: str | None
    factor: float | None
    right: bool | None
    file: str | None = None
    later: str | None = None
    """What its value is with the right values before it, where it is not known to be right as it is."""


@dataclass(slots=True)
class Answer:
    """All that was found about a script."""

    file: str
    verdict: str = "unchecked"
    learns: bool | None = None
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    backward: list[BackwardLine] = field(default_factory=list)
    loss: dict[str, Any] | None = None
    summary: list[str] = field(default_factory=list)
    fixed: dict[str, Any] | None = None
    fixed_source: Source | None = None
    """The script, and the modules beside it, with its fixes."""
    network: Perceptron | None = None
    """The perceptron that it is recognised as."""
    samples: ScriptSamples | None = None
    """What it trains on."""
    recipe: str | None = None
    """The command that trains the same network on the same samples in the trainer."""
    notes: list[str] = field(default_factory=list)
    training: list[str] = field(default_factory=list)
    """Sentences on what its own training does to its loss."""

    @property
    def status(self) -> int:
        """Return the exit status: 1 where the answer is no, 2 where nothing could be told."""
        if self.verdict == "wrong" or any(one.severity == "error" for one in self.causes):
            return 1
        return 2 if self.verdict == "unchecked" else 0

    def as_json(self) -> dict[str, Any]:
        """Return the object of `check --json`."""
        return {
            "file": self.file,
            "form": "script",
            "verdict": self.verdict,
            "learns": self.learns,
            "parameters": self.parameters,
            "mistakes": [
                {
                    "parameters": one.parameters,
                    "kind": one.kind,
                    **_beside(one.file),
                    "line": one.line,
                    "lines": one.lines,
                    "sentence": one.sentence,
                    "formula_as_is": one.as_is,
                    "formula_right": one.right,
                    "fix": one.fix,
                }
                for one in self.mistakes
            ],
            "causes": [
                {
                    "id": one.id,
                    "severity": one.severity,
                    "line": one.line,
                    "lines": one.lines,
                    "sentence": one.sentence,
                    "evidence": one.evidence,
                    "fix": one.fix,
                }
                for one in self.causes
            ],
            "backward": [
                {
                    **_beside(one.file),
                    "line": one.line,
                    "name": one.name,
                    "is": one.derivative,
                    "factor": one.factor,
                    "right": one.right,
                }
                for one in self.backward
            ],
            "loss": self.loss,
            "recognised": None if self.network is None else self.network.as_json(),
            "recipe": self.recipe,
            "fixed": self.fixed,
            "notes": [*self.training, *self.notes],
        }


def _beside(file: str | None) -> dict[str, Any]:
    return {} if file is None else {"file": file, "cell": None}


def answer_with_cells(answer: dict[str, Any], source: Source) -> dict[str, Any]:
    """Return the JSON of an answer with cells beside lines and in its sentences, where the source is a notebook."""
    if not source.cells:
        return answer

    def told(thing: Any) -> Any:
        if isinstance(thing, list):
            return [told(one) for one in thing]
        if not isinstance(thing, dict):
            return thing
        out = {key: source.placed_text(one) if key in _SAID else told(one) for key, one in thing.items()}
        out["notes"] = [source.placed_text(one) for one in out["notes"]] if "notes" in out else None
        if out["notes"] is None:
            del out["notes"]
        if out.get("file", source.name) != source.name:  # a module beside it
            return out
        line = out.get("line")
        if isinstance(line, int) and 0 < line <= len(source.cells):
            out["file"] = source.name
            out["cell"], out["line"] = source.cells[line - 1]
        if isinstance(out.get("lines"), list):
            places = [source.cells[n - 1] for n in out["lines"] if isinstance(n, int) and 0 < n <= len(source.cells)]
            out["lines"] = [line for _, line in places]
            out["cells"] = [cell for cell, _ in places]
        return out

    return told(answer)  # type: ignore[no-any-return]
