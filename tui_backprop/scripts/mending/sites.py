"""Expressions that may be wrong: where they are, and what each of their values in a trace should be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tui_backprop.scripts.answering.wording import file_text, other_name, statement_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.mending.edits import SourceEdit, edits_of
from tui_backprop.scripts.mending.scope import scope_of
from tui_backprop.scripts.reading.rule import change_of
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.verdict.aligned import aligned, renumbered
from tui_backprop.scripts.verdict.backward import Backward
from tui_backprop.scripts.verdict.moments import early_uses
from tui_backprop.scripts.verdict.places import WrongPlace, replayed
from tui_backprop.scripts.verdict.targets import add_parts
from tui_backprop.scripts.verdict.verdict import base_draws, examine

_STEPS = 3
_LARGEST = 60_000  # numbers that are sent for one expression
_ARITHMETIC = ("np", "numpy", "math", "torch")


@dataclass(slots=True)
class Happened:
    """Some steps as they happened, put over the step that was looked at."""

    backward: Backward
    pairs: list[dict[int, int]]
    """For each draw, the record of its own step for each record of the step that was looked at."""


@dataclass(slots=True)
class Site:
    """An expression that may be wrong, with the edits that are tried in its place."""

    file: int
    path: str
    """The file, as edits have it: empty for the script itself."""
    text: str
    statement: ast.stmt
    expression: ast.expr
    records: list[int]
    """Its values in the step that was looked at."""
    place: WrongPlace | None = None
    edits: list[SourceEdit] = field(default_factory=list)
    fitting: list[SourceEdit] = field(default_factory=list)
    """The edits that are right there, cheapest first."""

    @property
    def span(self) -> tuple[int, int, int, int]:
        """Return where the expression is."""
        one = self.expression
        return one.lineno, one.col_offset, one.end_lineno or one.lineno, one.end_col_offset or 0

    @property
    def formula(self) -> bool:
        """Whether it computes something, and does not only give a value another name."""
        return not isinstance(self.expression, ast.Name | ast.Attribute | ast.Subscript)

    def find_edits(self, most: int = 3500) -> None:
        """Make the edits that may be tried, as many as are wanted."""
        scope = scope_of(self.text, self.statement.lineno)
        self.edits = edits_of(self.text, self.expression, scope, self.path, most)


def happened(case: Case) -> Happened | None:
    """Return the step that was looked at, and others like it, at the values that they had."""
    if case.reading is None or case.backward is None or case.examination is None:
        return None
    base = examine(case.reading, base_draws(case.reading), case.examination.loss_of)
    if base is None:
        return None
    step, graph = case.backward.step, case.reading.graph
    out = Happened(Backward(case.reading, step, [], []), [])
    own = sorted(zip(base.draws, base.gradients, strict=True), key=lambda one: one[0].step is not step)
    for draw, gradients in own:
        same = draw.step is step
        pairs = {one: one for one in range(step.end + 1)} if same else aligned(graph, step, draw.step)
        if pairs is None or len(out.pairs) >= _STEPS:
            continue
        moved = (draw, gradients) if same else renumbered(case.reading, draw, gradients, step, pairs)
        out.backward.draws.append(moved[0])
        out.backward.gradients.append(moved[1])
        out.pairs.append(pairs)
    out.backward.records, out.backward.reach = case.backward.records, case.backward.reach
    if out.pairs:
        add_parts(out.backward)  # as in the search for wrong places: a part of a derivative may be what belongs at one
    return out if out.pairs else None


def site_at(case: Case, file: int, line: int, column: int, place: WrongPlace | None = None) -> Site | None:
    """Return the expression of a place; None where the statement there has none."""
    text = file_text(case, file)
    statement = statement_at(text, line, column)
    expression = getattr(statement, "value", None) if statement is not None else None
    if statement is None or not isinstance(expression, ast.expr):
        return None
    expression = innermost(expression, line, column)
    path = "" if file == 0 else case.trace.files[file]
    return Site(file, path, text, statement, expression, records_of(case, file, expression), place)


def innermost(expression: ast.expr, line: int, column: int) -> ast.expr:
    """Return the part of tuples, lists, dicts, comprehensions and calls that includes a place and is one formula."""
    while True:
        here = [one for one in _parts(expression) if _includes(one, line, column)]
        if not here:
            return expression
        expression = here[0]


def _parts(expression: ast.expr) -> list[ast.expr]:
    match expression:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return parts
        case ast.Dict(values=parts):
            return parts
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part) | ast.Lambda(body=part):
            return [part]
        case ast.DictComp(value=part):
            return [part]
        case ast.Call(func=function, args=parts) if not _is_arithmetic(function, expression):
            return [one.value if isinstance(one, ast.Starred) else one for one in parts]
        case ast.IfExp(body=first, orelse=second):
            return [first, second]
    return []


def _is_arithmetic(function: ast.expr, call: ast.Call) -> bool:
    if isinstance(function, ast.Name):
        return function.id in ("sum", "float", "abs", "min", "max")
    if not isinstance(function, ast.Attribute):
        return True
    owner = ast.unparse(function.value).split(".")[0]
    keeps = function.attr in ("append", "insert", "extend", "update", "setdefault", "array", "asarray")
    return (owner in _ARITHMETIC and not keeps) or (not keeps and len(call.args) < 2)


def _includes(node: ast.expr, line: int, column: int) -> bool:
    return (node.lineno, node.col_offset) <= (line, column) < (node.end_lineno or 0, node.end_col_offset or 0)


def records_of(case: Case, file: int, node: ast.expr) -> list[int]:
    """Return the records of an expression in the step that was looked at."""
    assert case.backward is not None  # noqa: S101  (there is a wrong place)
    wanted = (file, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    step, trace = case.backward.step, case.trace
    places = {
        number
        for number, at in enumerate(trace.places)
        if (at.file, at.line, at.column, at.end_line, at.end_column) == wanted
    }
    where = trace.where
    return [record for record in range(step.start + 1, step.end + 1) if where[record] in places]


def right_values(case: Case, base: Happened, site: Site) -> dict[int, Any]:
    """Return for each record of the site, in all steps, what it should be; empty where that cannot be told.

    What no update is made from may be anything.
    """
    place, graph = site.place, base.backward.graph
    used = set(base.backward.records) & set(site.records)
    right: dict[int, Any] = {}
    if place is None or not used:
        return right
    factor = _factor(case, base, place)
    turned = place.sign and set(place.records) <= set(base.backward.step.parameters.values())
    for n, pairs in enumerate(base.pairs):
        put = _turned_update(base, place, n) if turned else _put(base, place, n, factor)
        if not put:
            continue
        affected = graph.affected(put, min(put) + 1, base.backward.step.end)
        if not (affected | set(put)) & used:
            return {}
        try:
            values = replayed(base.backward, base.backward.draws[n].values, put)
        except (CannotReplayError, KeyError, ValueError):
            return {}
        right.update({pairs[one]: put.get(one, values[one] if one in values else graph.value(one)) for one in used})
    return right if sum(np.size(one) for one in right.values()) <= _LARGEST else {}


def _turned_update(base: Happened, place: WrongPlace, n: int) -> dict[int, Any]:
    """Return what an update should give in a draw that goes as far the other way."""
    values, graph = base.backward.draws[n].values, base.backward.graph
    return {
        record: 2 * np.asarray(values[old] if old in values else graph.value(old))
        - np.asarray(values[record] if record in values else graph.value(record))
        for record, old in zip(place.records, place.targets, strict=True)
    }


def _put(base: Happened, place: WrongPlace, n: int, factor: float) -> dict[int, Any]:
    """Return what is right at a place in a draw."""
    if place.early is not None:
        return _with_old_values(base, place.place, place.early[0], n)
    gradients = base.backward.gradients[n]
    return {
        record: reshaped(base.backward.graph.shape(record), factor * np.asarray(gradients[target]))
        for record, target in zip(place.records, place.targets, strict=True)
        if target in gradients
    }


def _with_old_values(base: Happened, place: int, name: str, n: int) -> dict[int, Any]:
    """Return what a place that uses a parameter too early computes from the parameter's value before its update."""
    for use in early_uses(base.backward):
        if (use.place, use.name) == (place, name):
            put = use.with_old_values(base.backward, [base.backward.draws[n].values])
            return put[0] if put else {}
    return {}


def _factor(case: Case, base: Happened, place: WrongPlace) -> float:
    """Return the multiple that belongs at a place: with it, its parameters change at the rate of the right ones."""
    assert case.examination is not None  # noqa: S101  (there is a wrong place)
    examination, backward = case.examination, base.backward
    step, known = backward.step, any(one.verdict == "right" for one in examination.parameters.values())
    old = next((one for one in step.parameters if backward.reading.names[one] in place.explains), None)
    put = _put(base, place, 0, place.factor)
    if old is None or not put or not known or not np.isfinite(examination.rate) or old not in backward.gradients[0]:
        return place.factor
    try:
        values = replayed(backward, backward.draws[0].values, put)
    except (CannotReplayError, KeyError, ValueError):
        return place.factor
    change = np.asarray(change_of(backward.reading, step, old, step.parameters[old], values)[0], dtype=float)
    truth = np.asarray(backward.gradients[0][old], dtype=float)
    if change.size != truth.size or not np.any(truth):
        return place.factor
    found = -float(np.ravel(change) @ np.ravel(truth)) / float(np.sum(truth * truth))
    return place.factor * examination.rate / found if np.isfinite(found) and found > 0 else place.factor


def reshaped(shape: tuple[int, ...], value: np.ndarray) -> Any:
    """Return a value in a shape, where it has so many numbers."""
    if value.shape != shape and value.size == int(np.prod(shape)):
        return value.T.reshape(shape) if value.ndim == 2 and value.T.shape == shape else value.reshape(shape)
    return value


def upstream_sites(case: Case, place: WrongPlace | None, names: list[str]) -> Iterator[Site]:
    """Yield the expressions of the backward pass that the updates of some parameters are made from, the nearest first."""
    assert case.backward is not None  # noqa: S101
    backward = case.backward
    graph, step = backward.graph, backward.step
    ends = [
        step.feeds[old][0] if old in step.feeds else new
        for old, new in step.parameters.items()
        if backward.reading.names[old] in names
    ]
    path = graph.cone(ends, step.start)
    start = max(place.records) if place is not None else step.end
    near = graph.cone(place.records, step.start) if place is not None else path
    ordered = sorted(near - step.forward, reverse=True) + sorted(
        path - near - step.forward, key=lambda one: abs(one - start)
    )
    seen: set[tuple[int, ...]] = set()
    for record in ordered:
        for site in (_own_site(case, record), *_named_sites(case, record)):
            if site is None or (site.file, *site.span) in seen or not site.records:
                continue
            seen.add((site.file, *site.span))
            if not set(site.records) & step.forward:
                yield site


def _own_site(case: Case, record: int) -> Site | None:
    at = case.trace.place(record)
    return None if at is None else site_at(case, at.file, at.line, at.column)


def call_sites(case: Case, place: WrongPlace) -> list[Site]:
    """Return the calls of the script's own functions that gave a place's values: what is called may be right."""
    return [site for site in _named_sites(case, place.records[0]) if set(site.records) & set(place.records)]


def renamed_sites(case: Case, place: WrongPlace) -> list[Site]:
    """Return the expression that gives a place's right values the name as which they are wrong."""
    at = other_name(case, place.records[0])
    site = None if at is None else site_at(case, at.file, at.line, at.column, place)
    if site is None or site.records or site.formula:
        return []
    site.records = list(place.records)
    return [site]


def _named_sites(case: Case, record: int) -> Iterator[Site]:
    """Yield the calls of the script's own functions whose values, made inside of them, are given a name."""
    assert case.backward is not None  # noqa: S101
    step, trace = case.backward.step, case.trace
    for _, number in trace.labels.get(record, ()):
        at = trace.places[number]
        site = site_at(case, at.file, at.line, at.column) if at.kind == "assign" else None
        if site is not None and not site.records and isinstance(site.expression, ast.Call):
            inside = range(step.start + 1, step.end + 1)
            site.records = [one for one in inside if any(place == number for _, place in trace.labels.get(one, ()))]
            yield site


def renaming_sites(case: Case, base: Happened, names: list[str]) -> Iterator[tuple[Site, dict[int, Any], str]]:
    """Yield the statements that only give a value of the backward pass another name, with each parameter that may need it.

    What is right there is the parameter's gradient, for each record of the value in all steps.
    """
    backward, trace = base.backward, case.trace
    graph, step = backward.graph, backward.step
    for record in backward.records:
        for _, number in trace.labels.get(record, ()):
            at = trace.places[number]
            site = site_at(case, at.file, at.line, at.column) if at.kind == "assign" else None
            if site is None or site.records or site.formula:
                continue
            site.records = [record]
            for old in step.parameters:
                name = backward.reading.names[old]
                if name in names and graph.shape(old) == graph.shape(record):
                    fresh = replace(site, fitting=[])
                    right = {
                        pairs[record]: gradients[old]
                        for pairs, gradients in zip(base.pairs, backward.gradients, strict=True)
                        if old in gradients and record in pairs
                    }
                    yield fresh, right, name
