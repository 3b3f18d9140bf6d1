"""The answer to a check as text: what it is, its backward pass line by line, each mistake and cause with its fix."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tui_backprop.scripts.answering.answer import Answer, BackwardLine
from tui_backprop.text.minus import minus

_SOURCE, _IS = 50, 34
"""Characters of a line of the script, and of what its value is, where there is room."""
_LEAST = 24
_NOTE = 26  # characters of room that a mark and its note have


def answer_text(answer: Answer, place: Callable[[int], str] = str, width: int = 120) -> list[str]:
    """Return the answer as lines of text; `place` tells a line in the table of the backward pass."""
    lines = [f"{answer.file}: {answer.summary[0]}" if answer.summary else f"{answer.file}:"]
    lines += answer.summary[1:]
    if answer.backward:
        lines += ["", *_table(answer, place, width)]
    lines += ["", _verdict(answer)]
    for mistake in answer.mistakes:
        lines += [f"  {mistake.sentence}", *_changed(mistake.fix)]
    lines += answer.training
    for cause in answer.causes:
        mark = {"error": "▲", "warning": "△"}.get(cause.severity, "·")
        lines += [f"{mark} {cause.sentence}", *_changed(cause.fix)]
    lines += answer.notes
    following = [] if answer.recipe is None else [f"{answer.recipe} trains this network in the trainer"]
    if answer.parameters and answer.file != "<stdin>":
        following.append(f"tui-backprop {answer.file} steps through this code")
    if following:
        lines.append(f"Next: {'; '.join(following)}")
    return lines


def _verdict(answer: Answer) -> str:
    if answer.verdict == "wrong" and not answer.mistakes and any(one.fix for one in answer.causes):
        return "✗ its gradients are wrong, and right with the fix of what is said below"
    if answer.verdict == "wrong":
        count = len(answer.mistakes)
        return f"✗ {count} mistake{'' if count == 1 else 's'}{_in_lines(answer)}"
    if answer.verdict == "unchecked":
        return "? its gradients could not be checked"
    return "✓ its gradients are right" + (
        ", up to a constant factor for some parameters" if answer.verdict == "scaled" else ""
    )


def _in_lines(answer: Answer) -> str:
    if not answer.mistakes:
        return ": these gradients are wrong, and no single line explains them"
    own = sorted({one.line for one in answer.mistakes if one.file is None})
    found = [f"line{'s' if len(own) > 1 else ''} {', '.join(map(str, own))}"] if own else []
    found += [one.where for one in answer.mistakes if one.file is not None]
    return " in " + " and ".join(dict.fromkeys(found))


def _changed(fix: dict[str, Any] | None) -> list[str]:
    """Return the lines that a fix removes and adds."""
    return [
        f"    {line}"
        for line in (fix["diff"].splitlines() if fix else ())
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]


def _table(answer: Answer, place: Callable[[int], str], width: int) -> list[str]:
    rows = [
        (place(one.line) if one.file is None else f"{one.file}:{one.line}", one.source, _said(one), _mark(one, answer))
        for one in answer.backward
    ]
    where = max(4, *(len(row[0]) for row in rows))
    room = width - where - 5 - min(_NOTE, max(len(row[3]) for row in rows))
    known = max(_LEAST, min(_IS, max(len(row[2]) for row in rows), room - _LEAST))
    source = max(_LEAST, min(_SOURCE, room - known, max(len(row[1]) for row in rows)))
    head = f"{'line':>{where}}  {'its backward pass':<{source}}  is"
    return [
        head,
        *(
            f"{line:>{where}}  {_shortened(text, source):<{source}}  {_cut(said, known):<{known}} {mark}"
            for line, text, said, mark in rows
        ),
    ]


def _said(one: BackwardLine) -> str:
    if one.derivative is None:
        return "" if one.later is None else f"{one.later}, once mended"
    shown = derivative_text(one.derivative, one.factor)
    return f"should be {shown}" if one.right is False else shown


def _mark(one: BackwardLine, answer: Answer) -> str:
    if one.right is not False:
        return "·" if one.right is None else "✓"
    here = [m for m in answer.mistakes if (m.line, m.file) == (one.line, one.file)]
    there = [m for m in answer.mistakes if one.line in m.lines and m not in here]
    if here:
        return f"✗ {here[0].short}".rstrip()
    return f"✗ see {there[0].where}" if there else "✗"


def derivative_text(name: str, factor: float | None) -> str:
    """Return `½ ∂L/∂z` for a factor and a derivative."""
    if factor is None or math.isclose(factor, 1, rel_tol=1e-6):
        return name
    if math.isclose(factor, -1, rel_tol=1e-6):
        return f"−{name}"
    shown = "½" if math.isclose(abs(factor), 0.5, rel_tol=1e-6) else minus(f"{abs(factor):.4g}")
    return f"{'−' if factor < 0 else ''}{shown} {name}"


def _shortened(statement: str, width: int) -> str:
    """Return a statement in so many characters: what gets a value, and the end of its formula."""
    head, equals, _ = statement.partition("= ")
    kept = len(head) + len(equals) + 1
    if len(statement) <= width or not equals or kept > width // 2:
        return _cut(statement, width)
    return f"{head}{equals}…{statement[kept - width :]}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
