"""The answer to a check: JSON as the design says, and text."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tui_backprop.scripts.recognition.recognised import Perceptron, Samples
from tui_backprop.scripts.source.source import Source
from tui_backprop.text.minus import minus

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
    samples: Samples | None = None
    """What it trains on."""
    recipe: str | None = None
    """The command that trains the same network on the same samples in the trainer."""
    notes: list[str] = field(default_factory=list)
    training: list[str] = field(default_factory=list)
    """Sentences on what its own training does to its loss."""

    @property
    def fixed_text(self) -> str | None:
        """Return the script's text with its fixes."""
        return None if self.fixed_source is None else self.fixed_source.text

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


def placed(answer: dict[str, Any], source: Source) -> dict[str, Any]:
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


def answer_text(answer: Answer, place: Callable[[int], str] = str) -> list[str]:
    """Return the answer as lines of text; `place` tells a line in the table of the backward pass."""
    lines = [f"{answer.file}: {answer.summary[0]}" if answer.summary else f"{answer.file}:"]
    lines += answer.summary[1:]
    if answer.backward:
        lines += ["", *_table(answer, place)]
    lines.append("")
    if answer.verdict == "wrong" and not answer.mistakes and any(one.fix for one in answer.causes):
        lines.append("✗ its gradients are wrong, and right with the fix of what is said below")
    elif answer.verdict == "wrong":
        lines.append(f"✗ {_counted(len(answer.mistakes), 'mistake')}{_in_lines(answer)}")
    elif answer.verdict == "unchecked":
        lines.append("? its gradients could not be checked")
    else:
        lines.append(
            "✓ its gradients are right"
            + (", up to a constant factor for some parameters" if answer.verdict == "scaled" else "")
        )
    for mistake in answer.mistakes:
        lines.append(f"  {mistake.sentence}")
        if mistake.fix:
            lines += [
                f"    {line}"
                for line in mistake.fix["diff"].splitlines()
                if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
    lines += answer.training
    for cause in answer.causes:
        mark = {"error": "▲", "warning": "△"}.get(cause.severity, "·")
        lines.append(f"{mark} {cause.sentence}")
        if cause.fix:
            lines += [
                f"    {line}"
                for line in cause.fix["diff"].splitlines()
                if line[:1] in "+-" and line[:3] not in ("+++", "---")
            ]
    lines += answer.notes
    if answer.recipe is not None:
        lines.append(f"Next: {answer.recipe} trains this network in the trainer")
    return lines


def _table(answer: Answer, place: Callable[[int], str]) -> list[str]:
    out = ["line  its backward pass                                  is"]
    for one in answer.backward:
        mark = {True: "✓", False: "✗", None: "·"}[one.right]
        out.append(
            f"{place(one.line) if one.file is None else one.line:>4}  {_cut(one.source, 50):<50}  {_said(one):<24} {mark}"
        )
    return out


def _said(one: BackwardLine) -> str:
    if one.derivative is None:
        return ""
    if one.right is False:
        return f"should be {one.derivative}"
    return derivative_text(one.derivative, one.factor)


def derivative_text(name: str, factor: float | None) -> str:
    """Return `½ ∂L/∂z` for a factor and a derivative."""
    if factor is None or math.isclose(factor, 1, rel_tol=1e-6):
        return name
    if math.isclose(factor, -1, rel_tol=1e-6):
        return f"−{name}"
    shown = "½" if math.isclose(factor, 0.5, rel_tol=1e-6) else minus(f"{factor:.4g}")
    return f"{shown} {name}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _in_lines(answer: Answer) -> str:
    found = sorted({one.line for one in answer.mistakes})
    if not found:
        return ": these gradients are wrong, and no single line explains them"
    return f" in line{'s' if len(found) > 1 else ''} " + ", ".join(map(str, found))
