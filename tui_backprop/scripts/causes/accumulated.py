"""Sums of gradients that are never cleared."""

from __future__ import annotations

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import assignments


def sums_never_cleared(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where gradients of earlier updates are added to those of each update, with their full weight."""
    if case.reading is None:
        return []
    graph, trace = case.reading.graph, case.trace
    names: dict[str, None] = {}
    lines: set[int] = set()
    for step in case.reading.steps:
        for record in step.memory:
            for user in graph.users[record]:
                if user > step.end or user <= step.start or graph.ops[user] not in ("add", "at:add"):
                    continue
                labels = trace.labels.get(user)
                if labels and record in graph.args[user][:1]:
                    names.setdefault(labels[0][0])
                    line = trace.line(user)
                    if line is not None:
                        lines.add(line)
    if not names:
        return []
    resets = set()
    for name in names:
        base = name.split("[")[0]
        resets |= set(assignments(case.source.text, base))
    shown = ", ".join(dict.fromkeys(name.split("[")[0] for name in names))
    where = sorted(resets | lines)
    at = sorted(resets)[-1] if resets else sorted(lines)[0]
    sentence = (
        f"line {at}: the sums of gradients {shown} are never cleared (reset to zero): every step goes on with all "
        "gradients before it, because what they are given is the very same list or array that was added into, or nothing "
        "makes them zero. Make new zeros before each step."
    )
    del answer
    return [Cause("sums-never-cleared", "error", at, where, sentence, {"sums": list(names)})]
