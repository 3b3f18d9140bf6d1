"""What the model cannot do, whatever its parameters: a chain of single units only rises or only falls."""

from __future__ import annotations

import numpy as np

from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.places import distinct_samples
from tui_backprop.scripts.reading.links import input_operands

_MONOTONE = {
    "mul",
    "add",
    "sub",
    "neg",
    "truediv",
    "math.exp",
    "np.exp",
    "math.tanh",
    "np.tanh",
    "scipy.special.expit",
    "matmul",
    "dot",
    "item",
    "transpose",
    "view",
    "float",
    "np.maximum",
    "copy",
    "np.array",
    "np.asarray",
    "sum",
}


def monotone_floor(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where one input goes through single units, and the targets go up and down."""
    if case.reading is None or case.examination is None:
        return []
    graph = case.reading.graph
    step = case.reading.steps[-1]
    single = all(int(np.prod(graph.shape(old))) == 1 for old in step.parameters)
    layers = sum(
        graph.ops[one] in ("mul", "matmul", "dot")
        for one in step.forward
        if set(graph.args[one]) & set(step.parameters)
    )
    if not single or len(input_operands(graph, step)) != 1 or layers > 6 or layers < 1:
        return []
    if not all(graph.ops[one] in _MONOTONE or graph.ops[one] in ("leaf", "const") for one in step.forward) or _parallel(
        case
    ):
        return []
    found = distinct_samples(case)
    if found is None or len(found[0]) < 4:
        return []
    x, t = found
    floor = min(_rising(x, t), _rising(x, -t))
    constant = float(np.var(t))
    if floor <= 1e-3 * constant or constant == 0:
        return []
    sentence = (
        f"the model: a chain of single units only rises or only falls with its input, so its mean squared error "
        f"on these samples cannot go "
        f"below the floor {floor:.4g} ({_fraction(floor, len(t))}; one constant answer has {constant:.4g}). "
        f"More hidden units can do it: 8 tanh units, with the inputs scaled to mean 0 and deviation 1."
    )
    severity = "error" if floor > 0.2 * constant else "warning"
    del answer
    return [Cause("floor", severity, None, [], sentence, {"floor": floor, "constant": constant})]


def _parallel(case: Case) -> bool:
    """Return whether the input reaches the answer on several ways, as through several hidden units."""
    assert case.reading is not None  # noqa: S101  (asked before)
    graph, step = case.reading.graph, case.reading.steps[-1]
    operand = input_operands(graph, step)[0]
    return sum(one in step.forward for one in graph.users[operand] if graph.ops[one] in ("mul", "matmul", "dot")) > 1


def _rising(x: np.ndarray, t: np.ndarray) -> float:
    """Return the least mean squared error of a rising function: pools of neighbours with their means."""
    pools: list[list[float]] = []
    order = np.argsort(x, kind="stable")
    for value in t[order]:
        pools.append([float(value)])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return float(sum(sum((v - np.mean(pool)) ** 2 for v in pool) for pool in pools) / len(t))


def _fraction(value: float, count: int) -> str:
    for below in (count, 2 * count, 3 * count, count * count):
        above = round(value * below)
        if above and abs(above / below - value) < 1e-9:
            divisor = np.gcd(above, below)
            return f"{above // divisor}/{below // divisor}"
    return "by the best such function"
