"""Inputs that are asked about and lie far outside of what training saw."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import lines_text
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.training.course import Asked
from tui_backprop.text.syntax import parsed

_OUT = 0.5
"""Widths of the training inputs' range beyond it from which an input is out of range."""
_FAR = 5.0
"""Widths beyond it from which an answer means nothing."""
_FAR_SCALED = 1.0
"""The same where the inputs are scaled for training: so far out are those that were not scaled."""
_SHARE = 0.5  # of what a line asks about: below it the rest are test samples or a grid, of which a few lie further out
_NAMED = 4  # inputs that are named


def asked_out_of_range(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where the network is asked about inputs that training never came near."""
    followed = case.training.course.followed if case.training is not None else None
    if followed is None or followed.low is None or followed.high is None:
        return []
    asked: dict[int, list[Asked]] = {}
    for one in followed.asked:
        line = _line(one, followed.stack)
        if line is not None:
            asked.setdefault(line, []).append(one)
    out = {line: [one for one in ones if one.beyond > _OUT] for line, ones in asked.items()}
    out = {line: ones for line, ones in out.items() if len(ones) >= _SHARE * len(asked[line])}
    if not out:
        return []
    lines, found = sorted(out), [one for line in sorted(out) for one in out[line]]
    inputs = {tuple(followed.inputs_of(one)): None for one in found}
    low, high = float(followed.low.min()), float(followed.high.max())
    scaling = _scaling_line(case)
    wrong = max(one.beyond for one in found) > (_FAR_SCALED if scaling else _FAR)
    advice = "ask with inputs that are scaled the same way" if wrong else "what it says there is a guess"
    how = f" (scaled, divided in line {scaling})" if scaling else ""
    sentence = (
        f"{lines_text(lines)}: it is asked about {_named(list(inputs))}, out of the range of the inputs that it was "
        f"trained on, {low:.3g} to {high:.3g}{how}: {advice}."
    )
    evidence = {"low": low, "high": high, "asked": [one[0] if len(one) == 1 else list(one) for one in inputs]}
    return [Cause("asked-out-of-range", "error" if wrong else "warning", lines[0], lines, sentence, evidence)]


def _line(one: Asked, training: Sequence[Sequence[Any]]) -> int | None:
    """Return the line of the script that asks: of the last function that the question and the training have in common."""
    line = None
    for here, there in zip(one.stack, training, strict=False):
        if here[2] != there[2]:
            break
        line = here[1] if here[0] else line
    return line


def _named(inputs: list[tuple[float, ...]]) -> str:
    """Return some inputs as text: `5 and 16`, `(68, 183)`."""
    texts = []
    for one in sorted(inputs)[:_NAMED]:
        values = ", ".join(f"{value:.4g}" for value in one[:_NAMED])
        texts.append(values if len(one) == 1 else f"({values}{', …' if len(one) > _NAMED else ''})")
    if len(inputs) > _NAMED:
        return f"{', '.join(texts)} and others"
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def _scaling_line(case: Case) -> int | None:
    """Return the line that divides the inputs, where there is one."""
    for node in ast.walk(parsed(case.source.text)):
        match node:
            case ast.AugAssign(op=ast.Div()):
                return node.lineno
            case ast.Assign(value=ast.BinOp(op=ast.Div(), right=right)) if "max" in ast.unparse(right):
                return node.lineno
    return None
