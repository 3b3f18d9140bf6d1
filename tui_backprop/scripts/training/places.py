"""Where a training is looked at: where predictions meet targets, parameters are updated and inputs are read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tui_backprop.scripts.reading.links import input_operands, roots
from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.reading.updates import Update


def follow_request(reading: Reading) -> dict[str, Any] | None:
    """Return what a process needs to follow a training; None where no update or no residual has a place of its own."""
    roles: dict[int, list[Any]] = {}
    for step in reading.steps:
        for residual in step.residuals:
            where = reading.trace.where[residual.record]
            if residual.kind == "one hot":
                if where < 0:  # a part that is a view is written through: what is written has the place
                    where = reading.trace.where[reading.graph.args[residual.record][1]]
                roles[where] = ["one hot"]
            elif residual.kind == "negated":
                return None  # the place is that of every sum of the script's engine
            elif residual.target >= 0:
                side = reading.graph.args[residual.record].index(residual.prediction)
                roles[where] = ["residual", side]
    roles.pop(-1, None)
    end = _end(reading)
    if not roles or end is None:
        return None
    for step in reading.steps:
        for one in parameter_updates(reading, step):
            where = reading.trace.where[one.record]
            side = reading.graph.args[one.record].index(one.old)
            roles.setdefault(where, ["update", side, 0, where == end[0]])
    per_sample = _inputs(reading, roles)
    trace = reading.trace
    places = [trace.places[where] for where in roles]
    rows = [[trace.files[p.file], p.line, p.column, p.end_line, p.end_column] for p in places]
    return {"places": list(roles.values()), "where": rows, "per_pass": end[1], "per_sample": per_sample}


def parameter_updates(reading: Reading, step: Step) -> list[Update]:
    """Return those of a step's updates that change parameters, and not what an optimizer remembers."""
    parameters = set(step.parameters)
    found = [one for one in step.updates if one.root in parameters or one.old in parameters]
    return found or [one for one in step.updates if roots(reading.graph, one.old, step.start) & parameters]


def _end(reading: Reading) -> tuple[int, int] | None:
    """Return the place whose updates end a pass, and how many it has in each."""
    counts: dict[int, list[int]] = {}
    order: dict[int, int] = {}
    for step in reading.steps:
        updates = parameter_updates(reading, step)
        count = Counter(reading.trace.where[one.record] for one in updates)
        for where, n in count.items():
            counts.setdefault(where, []).append(n)
        for one in updates:
            order[reading.trace.where[one.record]] = one.record - step.start
    steady = [w for w, n in counts.items() if w >= 0 and len(set(n)) == 1 and len(n) == len(reading.steps)]
    if not steady:
        steady = [w for w in counts if w >= 0]
    if not steady:
        return None
    last = max(steady, key=lambda where: order[where])
    return last, max(counts[last])


def _inputs(reading: Reading, roles: dict[int, list[Any]]) -> int:
    """Add the places where inputs meet weights; return how many of them a sample has, 0 where that is not steady."""
    graph, trace = reading.graph, reading.trace
    found: dict[int, tuple[int, int]] = {}
    mixed: set[int] = set()
    for step in reading.steps:
        operands = set(input_operands(graph, step))
        for record in sorted(step.forward):
            args = graph.args[record]
            at = [n for n, one in enumerate(args) if one in operands]
            if graph.ops[record] in ("mul", "matmul", "dot") and len(args) == 2 and len(at) == 1:
                found[trace.where[record]] = (at[0], 1 - at[0])
            elif any(one in step.learned for one in args):
                mixed.add(trace.where[record])  # a layer that also multiplies what earlier ones gave
    found = {where: sides for where, sides in found.items() if where >= 0 and where not in roles and where not in mixed}
    ends = {where for where, role in roles.items() if role[0] in ("residual", "one hot")}
    lengths: set[int] = set()
    for step in reading.steps:
        run = 0
        for record in range(step.start + 1, step.end + 1):
            where = trace.where[record]
            run += where in found
            if where in ends:
                if run:
                    lengths.add(run)
                run = 0
    if len(lengths) != 1:
        return 0
    for where, (side, weight) in found.items():
        roles[where] = ["input", side, weight]
    return lengths.pop()
