"""Reading a trace: its updates and passes, then what each pass makes of which parameters, and what they are called."""

from __future__ import annotations

from tui_backprop.scripts.reading.errors import NoTrainingError, UnreadableError
from tui_backprop.scripts.reading.links import before, is_argument, takes_one_element
from tui_backprop.scripts.reading.passes import Pass, find_passes
from tui_backprop.scripts.reading.reading import Reading, Step
from tui_backprop.scripts.reading.residuals import find_residuals
from tui_backprop.scripts.reading.rule import find_feeds
from tui_backprop.scripts.reading.updates import find_updates
from tui_backprop.scripts.replay.graph import Graph
from tui_backprop.scripts.trace import Trace


def read(trace: Trace, wanted: int = 6) -> Reading:
    """Read a trace.

    Raises:
        UnreadableError: there is no training in it.
    """
    graph = Graph(trace)
    updates, used = find_updates(graph)
    if not updates:
        raise NoTrainingError(
            "no training was recognised: no value is updated from something that was computed from it"
        )
    passes = find_passes(graph, updates, used)
    names = _names(graph)
    steps = []
    complete = passes[2:-1] if len(passes) > 4 and used else passes[:-1] if len(passes) > 1 else passes
    for one in _chosen(complete, wanted):
        step = _step(graph, passes, one, used)
        if step is not None:
            steps.append(step)
    if not steps:
        raise UnreadableError("no value in it is subtracted from, or compared with, a target")
    reading = Reading(graph, used, passes, steps, {})
    _name(reading, names)
    made = {one.record for one in updates} | passes[0].olds
    remembered = graph.affected(made, 0, len(graph.ops) - 1) | made
    for step in steps:
        find_feeds(reading, step, remembered)
    return reading


def _chosen(passes: list[Pass], wanted: int) -> list[Pass]:
    """Return some passes from first to last; a long one is among them: short sequences hide what goes back in time."""
    if len(passes) <= wanted:
        return passes
    numbers = {n * (len(passes) - 1) // (wanted - 1) for n in range(wanted)}
    longest = max(range(len(passes)), key=lambda n: (passes[n].end - passes[n].start, n in numbers))
    return [passes[n] for n in sorted({*sorted(numbers)[:-1], longest})]


def _step(graph: Graph, passes: list[Pass], one: Pass, used: bool) -> Step | None:
    number = passes.index(one)
    learned = graph.affected(one.olds, one.start + 1, one.end)
    ends = [update.step for update in one.updates]
    made_from = graph.cone(ends, one.start)
    residuals = find_residuals(
        graph, made_from if made_from & learned else learned, learned
    )  # else: updates that are late
    # In the first pass a step depends on no update yet, and the part of an array that it is subtracted from may do so.
    olds_of = {update.record: update.old for update in one.updates}
    residuals = [residual for residual in residuals if olds_of.get(residual.record) != residual.prediction]
    if not residuals:
        return None
    forward = graph.cone([r.prediction for r in residuals], one.start)
    frontier = graph.frontier(forward, one.start) | {r.prediction for r in residuals if r.prediction <= one.start}
    frontier |= forward & one.olds  # in the first pass, what was first seen while it ran
    parameters: dict[int, int] = {}
    goals = frontier & one.olds
    following = passes[number + 1] if number + 1 < len(passes) else None
    made = {update.record: update for update in one.updates}
    olds = {update.record: update.old for update in one.updates}
    for target in _candidates(graph, one, following, used):
        found = before(graph, target, goals, one.start, olds=olds)
        if found is not None:
            parameters[found] = max(parameters.get(found, -1), target)
    if not parameters:
        return None
    fixed = {f for f in frontier if f not in parameters}
    step = Step(number, one.start, one.end, list(made.values()), parameters, residuals, learned, forward, fixed)
    return step


def _candidates(graph: Graph, one: Pass, following: Pass | None, used: bool) -> list[int]:
    """Return the records that may be a parameter after a pass: its updates, and the writes that put them in place."""
    out = [update.record for update in one.updates]
    made = set(out)
    for record in range(one.updates[0].record + 1, one.end + 1):
        op, operands = graph.ops[record], graph.args[record]
        if not made & set(operands) or is_argument(graph, record):
            continue
        if op in ("set", "put", "np.array", "np.asarray", "copy", "np.clip", "method:clip"):
            made.add(record)
            out.append(record)
        elif takes_one_element(graph, record):
            made.add(record)
    return sorted(out)


def _names(graph: Graph) -> dict[int, str]:
    names: dict[int, str] = {}
    for path, records, _ in sorted(
        graph.trace.paths, key=lambda one: not one[2]
    ):  # what has a shape first: a number may be a copy
        for record in records:
            if record >= 0:
                names.setdefault(record, path)
    return names


def _name(reading: Reading, ends: dict[int, str]) -> None:
    """Name the parameters of each step by following the names at the end of the trace back."""
    graph = reading.graph
    live = dict(ends)
    for step in sorted(reading.steps, key=lambda one: -one.end):
        goals = set(step.parameters) | set(step.parameters.values())
        live = _carried(graph, live, goals, step.start)
        for old, new in step.parameters.items():
            name = live.get(new) or live.get(old)
            if name is None:
                name = _label(graph, new) or _label(graph, old)
            if name is not None:
                reading.names[old] = reading.names[new] = name
                live[old] = name
    for step in reading.steps:
        for n, (old, new) in enumerate(step.parameters.items()):
            reading.names.setdefault(old, _label(graph, new) or f"θ{n + 1}")


def _carried(graph: Graph, live: dict[int, str], goals: set[int], floor: int) -> dict[int, str]:
    out: dict[int, str] = {}
    grown: dict[int, str] = {}
    for record, name in live.items():
        found = record if record in goals or record <= floor else before(graph, record, goals, floor, products=False)
        same = found is None or graph.shape(found) == graph.shape(record)
        (out if same else grown).setdefault(record if found is None else found, name)
    return {**grown, **out}  # a number's own name, not that of an array that it was added to


def _label(graph: Graph, record: int) -> str | None:
    found = graph.trace.labels.get(record)
    return found[0][0] if found else None
