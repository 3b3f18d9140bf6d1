"""Wrong signs, and slopes that are wrong in the function that computes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.trace import SourcePlace
from tui_backprop.scripts.verdict.backward import Backward, Match
from tui_backprop.scripts.verdict.comparison import is_multiple
from tui_backprop.scripts.verdict.places import WrongPlace, comes_right, like

Functions = Mapping[int, list[tuple[int, int]]]
"""For each file the first and last lines of its functions."""


def turned_sign(
    backward: Backward, values: list[dict[int, Any]], matches: dict[int, Match], name: str
) -> WrongPlace | None:
    """Return the place where a parameter's change gets the wrong sign, where that is all that is wrong with it."""
    step, graph = backward.step, backward.graph
    olds = [old for old in step.parameters if backward.reading.names[old] == name]
    if not olds or comes_right(backward, values, name) or not comes_right(backward, values, name, sign=1):
        return None
    cone = graph.cone([step.parameters[olds[0]]], step.start)
    for record in backward.records:
        if record in cone and _turns(backward, matches, record):
            place = graph.trace.where[record]
            records = [one for one in backward.records if graph.trace.where[one] == place and one in matches]
            targets = [matches[one].forward for one in records]
            return WrongPlace(place, records, targets, -matches[record].factor, [name], [], sign=True)
    record, target = _turned_record(backward, values, matches, olds[0]), olds[0]
    own = matches.get(record)
    factor = -own.factor if own is not None else 1.0
    return WrongPlace(graph.trace.where[record], [record], [target], factor, [name], [], sign=True)


def turned_error(backward: Backward, matches: dict[int, Match], names: list[str]) -> WrongPlace | None:
    """Return where the prediction is subtracted from the target, where that gives all changes the wrong sign."""
    step, graph = backward.step, backward.graph
    if set(names) != {backward.reading.names[old] for old in step.parameters}:
        return None
    values = [draw.values for draw in backward.draws]
    places = {graph.trace.where[one.record] for one in step.residuals}
    turned = all(
        one.kind == "difference" and graph.args[one.record][1] == one.prediction and one.record in matches
        for one in step.residuals
    )
    if len(places) != 1 or min(places) < 0 or not turned:
        return None
    if any(comes_right(backward, values, name) or not comes_right(backward, values, name, sign=1) for name in names):
        return None
    records = [one.record for one in step.residuals]
    targets = [matches[one].forward for one in records]
    return WrongPlace(places.pop(), records, targets, -matches[records[0]].factor, list(names), [], sign=True)


def merged_places(places: list[WrongPlace]) -> list[WrongPlace]:
    """Return places with those at which several parameters get the wrong sign as one each."""
    out: list[WrongPlace] = []
    for one in places:
        same = next((other for other in out if one.sign and other.sign and other.place == one.place), None)
        if same is None:
            out.append(one)
            continue
        same.records += one.records
        same.targets += one.targets
        same.explains += one.explains
    return out


def _turns(backward: Backward, matches: dict[int, Match], record: int) -> bool:
    """Return whether a slope turns the sign of what is multiplied by it: a slope belongs there as it is."""
    graph = backward.graph
    if graph.ops[record] != "mul" or record not in matches or graph.trace.where[record] < 0:
        return False
    for one, other in (graph.args[record], graph.args[record][::-1]):
        turned = one in matches and matches[one].factor * matches[record].factor < 0
        if turned and other not in matches and other in backward.step.learned:
            return True
    return False


def _turned_record(backward: Backward, values: list[dict[int, Any]], matches: dict[int, Match], old: int) -> int:
    """Return the record of a gradient whose sign differs from that of the right ones, else that of the update."""
    step, graph, names = backward.step, backward.graph, backward.reading.names
    new = step.parameters[old]
    right = [name for name in {names[one] for one in step.parameters} if comes_right(backward, values, name)]
    signs = set()
    for one, after in step.parameters.items():
        if names[one] in right:
            found = [
                matches[r].factor for r in graph.cone([after], step.start) & set(matches) if matches[r].forward == one
            ]
            signs |= {float(np.sign(found[0]))} if found else set()

    def turned(record: int) -> bool:
        return record in matches and float(np.sign(matches[record].factor)) not in signs

    cone = graph.cone([new], step.start)
    for record in backward.records if signs else ():
        sources = [one for one in graph.args[record] if one in matches]
        begins = turned(record) and bool(sources) and not any(turned(one) for one in sources)
        if record in cone and begins and graph.trace.where[record] >= 0:
            return record
    own = [one for one in backward.records if backward.reach.get(one) == {old} and graph.trace.where[one] >= 0]
    return new if graph.trace.where[new] >= 0 or not own else own[0]


def slope_at_fault(backward: Backward, place: WrongPlace, functions: Functions) -> int | None:
    """Return the factor of a wrong product, made in a statement of its own, that is wrong at the right argument.

    None where it comes from a function that is right for another value: then that is called with the wrong one.
    """
    graph, record, target = backward.graph, place.records[0], place.targets[0]
    if graph.ops[record] != "mul" or target in backward.parts or target not in backward.gradients[0]:
        return None
    for one, factor in (graph.args[record], graph.args[record][::-1]):
        known = one in backward.matches or one in backward.mended
        if not known or factor in backward.records:
            continue
        if _made_beside(backward, record, factor, functions):
            return None if _is_slope(backward, target, factor) else factor
        made = _made_in(backward, record, factor, functions)
        if made is not None and not _right_elsewhere(backward, place, one, factor, made):
            return factor
    return None


def _function_of(at: SourcePlace, functions: Functions) -> tuple[int, int] | None:
    """Return the first and last line of the innermost function around a place; None in a module."""
    return max(((a, b) for a, b in functions.get(at.file, []) if a <= at.line <= b), default=None)


def _made_beside(backward: Backward, record: int, factor: int, functions: Functions) -> bool:
    """Return whether a factor is made by another statement of the product's function, after the forward pass."""
    trace, here = backward.graph.trace, backward.graph.trace.place(record)
    at = trace.place(factor)
    if at is None or here is None or factor not in backward.step.learned or factor in backward.step.forward:
        return False
    beside = at.file == here.file and _function_of(at, functions) == _function_of(here, functions)
    return beside and not here.line <= at.line <= here.end_line


def _is_slope(backward: Backward, target: int, factor: int) -> bool:
    """Return whether a factor is the slope at a value: the derivative of what comes of it, times the factor, is its own."""
    graph, shape = backward.graph, backward.graph.shape(target)
    for one in backward.step.forward:
        if one == target or graph.shape(one) != shape or any(one not in found for found in backward.gradients):
            continue
        pairs = zip(backward.draws, backward.gradients, strict=True)
        products = ((found, draw.values.get(factor, graph.value(factor))) for draw, found in pairs)
        if all(np.allclose(found[one] * slope, found[target], rtol=1e-9, atol=0) for found, slope in products):
            return True
    return False


def _made_in(backward: Backward, record: int, factor: int, functions: Functions) -> set[int] | None:
    """Return the records of the function that made a factor, where that is another one than the product's."""
    trace, here = backward.graph.trace, backward.graph.trace.place(record)
    at = trace.place(factor)
    inside = None if at is None else _function_of(at, functions)
    if at is None or here is None or inside is None:
        return None
    first, last = inside
    if here.file == at.file and first <= here.line <= last:
        return None
    found, todo = {factor}, [factor]
    while todo:
        for one in backward.graph.args[todo.pop()]:
            where = trace.place(one)
            known = where is not None and where.file == at.file and first <= where.line <= last
            if known and one > backward.step.start and one not in found and one not in backward.step.forward:
                found.add(one)
                todo.append(one)
    return found


def _right_elsewhere(backward: Backward, place: WrongPlace, other: int, factor: int, made: set[int]) -> bool:
    """Return whether a function gives the right factor for another value of the forward pass than it was given."""
    graph, step, target = backward.graph, backward.step, place.targets[0]
    given = {one for record in made for one in graph.args[record] if one not in made and one in step.learned}
    if len(given) != 1:
        return True
    (argument,) = given
    shape = graph.shape(argument)
    near = [one for one in sorted(step.forward | step.learned) if one != argument and graph.shape(one) == shape]
    near = sorted(near, key=lambda one: abs(one - target))[:12]
    for one in near:
        products, truths = [], []
        for draw, gradients in zip(backward.draws, backward.gradients, strict=True):
            value = draw.values[one] if one in draw.values else graph.value(one)
            try:
                put = graph.replay({**draw.values, argument: value}, [], check=False)
                drop = {r: v for r, v in put.items() if r not in made}
                found = graph.replay(drop, sorted(made), check=False)
                carried = draw.values[other] if other in draw.values else graph.value(other)
                products.append(np.ravel(np.asarray(found[factor]) * np.asarray(carried)))
                truths.append(np.ravel(like(graph, place.records[0], np.asarray(gradients[target]))))
            except (CannotReplayError, KeyError, ValueError):
                break
        complete = len(products) == len(backward.draws) and products[0].size == truths[0].size
        if complete and is_multiple(np.concatenate(products), np.concatenate(truths)):
            return True
    return False
