"""The verdict on each parameter: what a script subtracts from it, against the true gradient at drawn parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from tui_backprop.scripts.reading.links import origin
from tui_backprop.scripts.reading.losses import OWN, LossHypothesis, possible_losses
from tui_backprop.scripts.reading.reading import Reading, Step, parameters_by_name
from tui_backprop.scripts.reading.rule import change_of, uses_sign
from tui_backprop.scripts.replay.graph import BranchError, Graph
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict.comparison import compare_gradients
from tui_backprop.scripts.verdict.judgement import Draw, ParameterVerdict

Array = np.ndarray
_DRAWS = 4
_BUDGET = 200_000  # records that are computed again for one verdict
_INSTEAD = ("squared error", "cross-entropy")
"""Losses that scripts descend while they compute another one, to print it."""
_NUDGES = 2  # times that the last bits of parameters are moved to see what rounding does


@dataclass(slots=True)
class Examination:
    """The parameters under one loss."""

    loss: LossHypothesis
    parameters: dict[str, ParameterVerdict]
    rate: float
    """The factor that most parameters' changes have over the true gradient."""
    draws: list[Draw] = field(default_factory=list)
    gradients: list[dict[int, Any]] = field(default_factory=list)
    """For each draw, ∂L/∂value of the forward records."""
    loss_of: Any = None
    notes: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Return the names of the wrong parameters."""
        return [name for name, one in self.parameters.items() if one.verdict == "wrong"]

    @property
    def verdict(self) -> str:
        """Return the verdict of the whole."""
        found = {one.verdict for one in self.parameters.values()}
        if "wrong" in found:
            return "wrong"
        if "scaled" in found:
            return "scaled"
        return "right" if "right" in found else "unchecked"


def draws_of(reading: Reading, seed: int = 1) -> tuple[list[Draw], list[str]]:
    """Compute the steps again at drawn parameters; where that cannot be done, as they were."""
    draws: list[Draw] = []
    problems: list[str] = []
    cost = sum(step.end - step.start for step in reading.steps)
    count = int(np.clip(_BUDGET // max(cost, 1), 1, _DRAWS))
    for step in reading.steps:
        rng = np.random.default_rng([seed, step.number])
        made = 0
        for _ in range(count):
            one = _draw(reading, step, rng, problems)
            if one is not None:
                draws.append(one)
                made += 1
        if made < 2 and not step.memory:  # what is remembered is no part of this step's gradient
            base = {old: reading.graph.value(old) for old in step.parameters}
            draws.append(_draw_at(reading, step, base, {}))
    return draws, problems


def _draw(reading: Reading, step: Step, rng: np.random.Generator, problems: list[str]) -> Draw | None:
    graph = reading.graph
    silenced = {one: _nothing(graph.value(one)) for one in step.memory}
    affected = sorted(graph.affected({*step.parameters, *silenced}, step.start + 1, step.end))
    for spread in (0.4, 0.1, 0.02, 0.003):
        given = dict(silenced)
        for old in step.parameters:
            value = graph.value(old)
            size = float(np.std(value)) if np.size(value) > 1 else abs(float(np.asarray(value).reshape(-1)[0]))
            noise = rng.standard_normal(np.shape(value)) * spread * max(size, 0.25)
            given[old] = value + noise if np.shape(value) else float(value + noise)
        try:
            values = graph.replay(given, affected)
        except BranchError:
            continue
        except CannotReplayError as error:
            if str(error) not in problems:
                problems.append(str(error))
            return None
        one = _draw_at(reading, step, given, values)
        if all(np.isfinite(change).all() for change in one.changes.values()):
            return one
    return None


def _nothing(value: Any) -> Any:
    return np.zeros_like(value) if isinstance(value, np.ndarray) else 0.0


def _draw_at(reading: Reading, step: Step, given: Mapping[int, Any], values: dict[int, Any]) -> Draw:
    changes, floors = {}, {}
    for old, new in step.parameters.items():
        change, floor = change_of(reading, step, old, new, {**given, **values})
        changes[old], floors[old] = np.asarray(change, dtype=float), floor
    return Draw(step, {**given, **values}, changes, floors)


def examine(reading: Reading, draws: list[Draw], loss_of: Any, *, constant: bool = False) -> Examination | None:
    """Judge all parameters under one loss; None where its derivatives cannot be computed.

    `loss_of` gives a step's own loss (a computed loss has another record in each).
    """
    gradients = []
    loss: LossHypothesis | None = None
    kept: list[Draw] = []
    for draw in draws:
        loss = loss_of(draw.step)
        if loss is None:
            continue
        try:
            found = _gradients(reading, draw, loss)
        except CannotReplayError:
            return None
        if any(not np.isfinite(g).all() for g in found.values()):
            continue
        kept.append(draw)
        gradients.append(found)
    if (
        not kept
        or loss is None
        or not any(np.any(g.get(old, 0)) for g, d in zip(gradients, kept, strict=True) for old in d.step.parameters)
    ):
        return None
    nudged = cache(lambda n: _nudged(reading, kept[n], loss_of(kept[n].step)))
    parameters, rate = compare_gradients(reading, kept, gradients, nudged, constant=constant)
    return Examination(loss, parameters, rate, kept, gradients, loss_of)


def _gradients(reading: Reading, draw: Draw, loss: LossHypothesis) -> dict[int, Any]:
    """Return ∂L/∂value of the forward records of a draw."""
    graph, step = reading.graph, draw.step
    cone = step.forward if loss.record is None else graph.cone([loss.record], step.start)
    return graph.sweep(loss.seeds(graph, step.residuals, draw.values), cone, draw.values)


def _nudged(reading: Reading, draw: Draw, loss: LossHypothesis) -> list[tuple[dict[int, Array], dict[int, Any]]]:
    """Return changes and gradients where the parameters of a draw are moved in their last bits."""
    graph, step = reading.graph, draw.step
    single = any(isinstance(one, np.ndarray) and one.dtype == np.float32 for one in draw.values.values())
    bit = float(np.finfo(np.float32 if single else np.float64).eps)
    affected = sorted(graph.affected({*step.parameters, *step.memory}, step.start + 1, step.end))
    rng, out = np.random.default_rng(step.number), []
    for _ in range(_NUDGES):
        given = {one: draw.values[one] for one in step.memory if one in draw.values}
        for old in step.parameters:
            value: Any = draw.values.get(old, graph.value(old))
            ways = rng.choice((-bit, bit), np.shape(value))
            moved = value + ways * np.maximum(np.abs(value), bit)
            given[old] = moved if np.shape(value) else float(moved)
        try:
            one = _draw_at(reading, step, given, graph.replay(given, affected, check=False))
            out.append((one.changes, _gradients(reading, one, loss)))
        except CannotReplayError:
            return []
    return out


def hypotheses(reading: Reading) -> list[Any]:
    """Return the losses to try, each as a function from a step to its own loss."""
    found: dict[tuple[str, bool], dict[int, LossHypothesis]] = {}
    for step in reading.steps:
        for loss in possible_losses(reading.graph, step):
            where = reading.trace.where[loss.record] if loss.record is not None else str(id(loss.formula))
            key = (f"{where} {loss.formula.name if loss.formula else ''}", loss.inferred)
            found.setdefault(key, {})[step.number] = loss
    enough = [steps for steps in found.values() if len(steps) * 2 >= len(reading.steps)]
    return [lambda step, steps=steps: steps.get(step.number) for steps in enough]


def best_examination(reading: Reading, draws: list[Draw]) -> Examination | None:
    """Return the examination under the loss that the script descends.

    It is the one that makes all gradients right, a computed one first. Where none does, a computed loss that makes some
    of them right comes before those that are inferred; and of these the one with the fewest mistakes. A script that
    computes a loss may descend squared error or cross-entropy instead, and no other one.
    """
    found: list[Examination] = []
    for loss_of in hypotheses(reading):
        one = examine(reading, draws, loss_of)
        if one is not None:
            found.append(one)
            if not any(_worse(reading, one)):
                break
    if not found:
        return None
    computed = next((one.loss for one in found if not one.loss.inferred and one.loss.name != OWN), None)
    possible = (one for one in found if computed is None or one.loss.name in (computed.name, OWN, *_INSTEAD))
    best = min(possible, key=lambda one: _worse(reading, one))
    if best.wrong:
        _confirm(reading, best)
        _doubt(reading, best)
    if best.loss.inferred and computed is not None and computed.name != best.loss.name:
        line = reading.trace.line(computed.record)  # type: ignore[arg-type]
        best.notes.append(
            f"Line {line} computes the loss {computed.name}, but the backward pass descends {best.loss.name}: "
            "its gradients are judged as those of the latter."
        )
    return best


def base_draws(reading: Reading) -> list[Draw]:
    """Return the steps as they happened, with what optimizers remember left out."""
    out = []
    for step in reading.steps:
        given: dict[int, Any] = {old: reading.graph.value(old) for old in step.parameters}
        values: dict[int, Any] = {}
        if step.memory:
            given.update({one: _nothing(reading.graph.value(one)) for one in step.memory})
            try:
                values = reading.graph.replay(
                    given, sorted(reading.graph.affected(step.memory, step.start + 1, step.end)), check=False
                )
            except CannotReplayError:
                continue
        out.append(_draw_at(reading, step, given, values))
    return out


def _confirm(reading: Reading, best: Examination) -> None:
    """Take back what is wrong at drawn parameters alone: something there may have been repeated that is not the script's."""
    for name in {
        reading.names[old] for step in reading.steps for old in step.parameters if uses_sign(reading, step, old)
    }:
        if name in best.wrong:
            right = _signs_right(reading, best, name)
            reason = "its update takes only the sign of its gradient"
            best.parameters[name] = ParameterVerdict("right" if right else "unsure", 0.0, None, reason)
    base = examine(reading, base_draws(reading), best.loss_of, constant=True)
    if base is None:
        return
    for name in best.wrong:
        seen = base.parameters.get(name)
        if seen is not None and seen.verdict == "right":
            best.parameters[name] = ParameterVerdict(
                "unsure", seen.error, None, "right in all that happened, not at other values"
            )


def _doubt(reading: Reading, best: Examination) -> None:
    """Take back what is wrong where the error also changes a value that the prediction needs, and that is no parameter.

    Its update is not followed, so what is right for the others is not known: rows that are changed within a pass are so.
    """
    for step in reading.steps:
        changed = _changed_by_the_error(reading, step)
        if changed is not None:
            line = reading.trace.line(changed)
            reason = f"line {line} changes a value that the prediction needs, and is not followed"
            best.notes.append(
                f"Line {line} changes a value that the prediction needs, and is not followed: some gradients are not judged."
            )
            for name in best.wrong:
                best.parameters[name] = ParameterVerdict("unsure", best.parameters[name].error, None, reason)
            return


def _changed_by_the_error(reading: Reading, step: Step) -> int | None:
    """Return a sum of a step that is written into an array that the prediction needs and that is no parameter."""
    graph = reading.graph
    made = graph.affected({one.record for one in step.residuals}, step.start + 1, step.end)
    known = {origin(graph, old) for old in step.parameters} | set(step.parameters)
    for record in sorted(made):
        operands = graph.args[record]
        if graph.ops[record] not in ("set", "put") or graph.ops[operands[1]] not in ("add", "sub"):
            continue
        array = next((one for one in _arrays_before(graph, operands[0]) if one <= step.start), None)
        read = any(array in _arrays_before(graph, one) for one in graph.args[operands[1]])
        if array in step.fixed and array not in known and operands[1] in made and read:
            return operands[1]
    return None


def _arrays_before(graph: Graph, record: int) -> list[int]:
    """Return what an array was before each write into it, and what a part of it was read from, the latest first."""
    found = [record]
    while graph.ops[found[-1]] in ("set", "put", "item", "view") and graph.args[found[-1]]:
        found.append(graph.args[found[-1]][0])
    return found


def _worse(reading: Reading, one: Examination) -> tuple[float, ...]:
    """Return how badly a loss explains the gradients; the order of the losses decides between equals."""
    verdicts = [p.verdict for p in one.parameters.values()]
    wrong, scaled, unsure = (verdicts.count(kind) for kind in ("wrong", "scaled", "unsure"))
    if not wrong:
        return (0, scaled, unsure, one.loss.inferred)
    some = any(p.verdict == "right" and p.scale is not None for p in one.parameters.values())
    if some:
        return (1 + one.loss.inferred, _mistakes(reading, one), scaled, unsure)
    turned = sum(p.verdict == "wrong" and p.scale is not None for p in one.parameters.values())
    return (3, wrong - turned, scaled, unsure)


def _mistakes(reading: Reading, one: Examination) -> int:
    """Return how many parameters are wrong; it is one mistake where all layers before some right ones are."""
    step = reading.steps[-1]
    groups = parameters_by_name(reading, step)
    wrong = [name in one.wrong for name in groups]
    first = len(wrong) - wrong[::-1].index(True) if True in wrong else 0
    uses = (reading.graph.users[old] for name in list(groups)[first:] for old in groups[name])
    multiplied = any(
        reading.graph.ops[use] not in ("add", "sub") for many in uses for use in many if use in step.forward
    )
    return 1 if all(wrong[:first]) and multiplied else len(one.wrong)


def _signs_right(reading: Reading, best: Examination, name: str) -> bool:
    """Return whether a parameter always goes down its gradient, whatever the size of the step."""
    products = []
    for draw, found in zip(best.draws, best.gradients, strict=True):
        for old, change in draw.changes.items():
            if reading.names[old] == name and old in found:
                products.append(np.ravel(change) * np.ravel(found[old]))
    flat = np.concatenate(products) if products else np.zeros(1)
    return bool((flat <= 0).all() and (flat < 0).any())
