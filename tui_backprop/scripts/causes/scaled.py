"""Gradients of some parameters that are another multiple of the right ones than those of the others."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import shown_name
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import beginning_at


def other_scale(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause for each factor that some gradients have and most others have not, at the lines that make them."""
    if case.examination is None or case.backward is None or case.examination.verdict != "scaled":
        return []
    factors: dict[float, list[str]] = {}
    for name, one in case.examination.parameters.items():
        if one.verdict == "scaled" and one.scale is not None:
            factors.setdefault(float(f"{one.scale:.4g}"), []).append(name)
    right = any(one.verdict == "right" for one in case.examination.parameters.values())
    found = []
    for factor, names in factors.items() if right else ():
        lines = sorted({line for name in names if (line := _made_line(case, name)) is not None})
        shown = ", ".join(map(shown_name, names))
        times = f"{factor:g}" if factor >= 1 else f"1/{1 / factor:.4g}"
        sentence = (
            f"{beginning_at(*lines)}"
            f"the gradient of {shown} is {times} times as large as it should be beside those of the other parameters "
            "(scaled: a mean over the samples here and a sum there, or a factor more): its steps are of another size."
        )
        evidence = {"parameters": names, "factor": factor}
        found.append(Cause("other-scale", "warning", lines[0] if lines else None, lines, sentence, evidence))
    return found


def _made_line(case: Case, name: str) -> int | None:
    """Return the line that first makes a multiple of a parameter's gradient, which nothing but its update uses."""
    assert case.backward is not None  # noqa: S101  (asked before)
    backward = case.backward
    olds = {old for old in backward.step.parameters if backward.reading.names[old] == name}
    for record in backward.records:
        match = backward.matches.get(record)
        reach = backward.reach.get(record, set())
        whole = match is not None and backward.parts.get(match.forward, match.forward) in olds
        if whole and reach and reach <= olds and case.trace.line(record) is not None:
            return case.trace.line(record)
    return None
