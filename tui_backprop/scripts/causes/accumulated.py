"""Sums of gradients that are never cleared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import assignments
from tui_backprop.scripts.reading.reading import Step
from tui_backprop.scripts.replay.graph import Graph

_BENT = ("np.sqrt", "math.sqrt", "pow", "truediv", "np.power")
"""What is done with what optimizers remember, and not with a plain sum."""


def sums_never_cleared(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where gradients of earlier updates are added to those of each update, with their full weight."""
    if case.reading is None:
        return []
    graph, trace = case.reading.graph, case.trace
    names: dict[str, None] = {}
    lines: set[int] = set()
    for step in case.reading.steps:
        for user in (*_remembering(graph, step), *_piling_up(graph, step)):
            labels, line = trace.labels.get(user), trace.line(user)
            if labels:
                names.setdefault(labels[0][0])
                lines |= {line} if line is not None else set()
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


def _remembering(graph: Graph, step: Step) -> Iterator[int]:
    """Yield the sums of a step that go on with what is remembered from earlier passes."""
    for record in step.memory:
        for user in graph.users[record]:
            inside = step.start < user <= step.end
            if inside and graph.ops[user] in ("add", "at:add") and record in graph.args[user][:1]:
                yield user


def _piling_up(graph: Graph, step: Step) -> Iterator[int]:
    """Yield the sums that add a gradient to all before it, each with its full weight, and that an update is a multiple of.

    Momentum gives those before a smaller weight, and Adagrad takes the root of a sum of squares.
    """
    for old, (feed, _) in step.feeds.items():
        follows = graph.affected([feed], feed + 1, step.end)
        path = graph.cone([step.parameters[old]], feed) & follows
        if any(graph.ops[one] in _BENT for one in path):
            continue
        for user in sorted(path):
            before, *added = graph.args[user][:2] or (-1,)
            sums = graph.ops[user] in ("add", "at:add") and added == [feed] and graph.shape(user) == graph.shape(old)
            if sums and before <= step.start and before not in step.parameters and np.any(graph.value(before)):
                yield user
