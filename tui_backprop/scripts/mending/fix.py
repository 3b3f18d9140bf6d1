"""Fixes: small edits of wrong lines, each tried where the line runs, all proven together by a new check."""

from __future__ import annotations

import ast
import difflib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.case import Case, examined
from tui_backprop.scripts.mending.edits import Edit, Scope, edits_of
from tui_backprop.scripts.mending.sentences import sentence_for
from tui_backprop.scripts.replay.operations import CannotReplayError
from tui_backprop.scripts.running import run_trace
from tui_backprop.scripts.verdict.aligned import aligned
from tui_backprop.scripts.verdict.verdict import base_draws, examine
from tui_backprop.scripts.wording import file_text, mistake_at, statement_at

if TYPE_CHECKING:
    from tui_backprop.scripts.answer import Answer, Mistake
    from tui_backprop.scripts.verdict.wrong import WrongPlace

_UNTRIED = ("add.at", "sum")
"""Kinds of edits that only a new check can prove, so that nothing is said of them before."""
_STEPS = 3
_LARGEST = 60_000  # numbers that are sent for one line
_ROUNDS = 4
_SECONDS = 8.0  # after which no further round begins
_CHECKS = 5  # new checks of fixed sources


@dataclass(slots=True)
class _Site:
    """A wrong line: its statement, the expression in it, and what is right there."""

    place: WrongPlace
    mistake: Mistake
    statement: ast.stmt
    expression: ast.expr
    edits: list[Edit]
    request: dict[str, Any] | None
    fitting: list[Edit]


def mend_mistakes(case: Case, answer: Answer) -> None:
    """Find an edit for each wrong line, prove all together, and put fixes and their sentences into the answer.

    A line whose operands are wrong cannot be tried before those are mended: what is known is applied, and the rest tried.
    """
    at: Case | None = case
    done: set[int] = set()
    until = time.monotonic() + _SECONDS
    for _ in range(_ROUNDS):
        if time.monotonic() > until:
            break
        assert at is not None  # noqa: S101  (a round without a result ends the loop)
        found = [site for site in _sites(at, answer) if site.fitting and site.statement.lineno not in done]
        for site in found:
            if site.fitting[0].kind not in _UNTRIED:
                _say(at, site, site.fitting[0])
        at = _mended(at, found)
        if at is None:
            break
        done |= {site.statement.lineno for site in found}
        if at.examination is not None and at.examination.verdict in ("right", "scaled"):
            text = at.source.text
            answer.fixed_text = text
            answer.fixed = {
                "diff": diff_of(case.source.name, case.source.text, text),
                "loss_before": None,
                "loss_after": None,
            }
            return
    for mistake in answer.mistakes:
        mistake.fix = None


def _mended(case: Case, sites: list[_Site]) -> Case | None:
    """Return the case of the source with an edit at each of some lines, those that leave least wrong; None if none helps."""
    best: tuple[int, Case, list[Edit]] | None = None
    until = time.monotonic() + _SECONDS
    for chosen in _choices(sites) if sites else []:
        if best is not None and time.monotonic() > until:
            break
        try:
            again = examined(replace(case.source, text=applied(case.source.text, chosen)), case.setting)
        except InputError:
            continue
        if again.examination is None or again.examination.verdict == "unchecked":
            continue
        left = len(again.examination.wrong)
        if best is None or left < best[0]:
            best = (left, again, chosen)
        if left == 0:
            break
    if best is None or case.examination is None or best[0] >= len(case.examination.wrong):
        return None
    for site, edit in zip(sites, best[2], strict=True):
        _say(case, site, edit)
        site.mistake.right = edit.new
        site.mistake.fix = fix_of(case, [edit])
    return best[1]


def _say(case: Case, site: _Site, edit: Edit) -> None:
    site.mistake.sentence = sentence_for(case, site.place, edit, site.mistake)
    site.mistake.kind = edit.kind


def _sites(case: Case, answer: Answer) -> list[_Site]:
    """Return the wrong lines of a case with the edits that are right there; new ones become mistakes of the answer."""
    sites = []
    for place in case.wrong or []:
        line = case.trace.places[place.place].line
        mistake = next((one for one in answer.mistakes if one.line == line and one.fix is None), None)
        if mistake is None:
            mistake = mistake_at(case, place)
            answer.mistakes.append(mistake)
        site = _site(case, place, mistake)
        if site is not None:
            sites.append(site)
    requests = [site.request for site in sites if site.request is not None]
    if requests:
        _try(case, [site for site in sites if site.request is not None], requests)
    for site in sites:
        site.fitting += _by_statement(site)
    return sites


def _site(case: Case, place: WrongPlace, mistake: Mistake) -> _Site | None:
    at = case.trace.places[place.place]
    if at.file != 0:
        return None
    text = file_text(case, at.file)
    statement = statement_at(text, at.line)
    expression = getattr(statement, "value", None) if statement is not None else None
    if isinstance(expression, ast.expr):
        expression = _inner(expression, at.line, at.column, appended=isinstance(statement, ast.Expr))
    if statement is None or not isinstance(expression, ast.expr):
        return None
    site = _Site(place, mistake, statement, expression, [], None, [])
    records, parts = _expression_records(case, place, expression)
    if not records:
        return site
    try:
        passes, expected = _expected(case, place, records, parts)
    except (CannotReplayError, KeyError, ValueError):
        return site
    if not passes or sum(np.size(one) for many in expected for one in many) > _LARGEST:
        return site
    site.edits = edits_of(expression, _scope(case, text, statement))
    site.request = {
        "file": case.source.path,
        "line": statement.lineno,
        "column": statement.col_offset,
        "passes": passes,
        "expected": [[np.asarray(one, dtype=float).tolist() for one in many] for many in expected],
        "expressions": [ast.unparse(expression), *(edit.expression for edit in site.edits)],
    }
    return site


def _inner(expression: ast.expr, line: int, column: int, *, appended: bool) -> ast.expr:
    """Return the part of a tuple, list, dict or call of `append` that includes a place."""
    while True:
        parts: list[ast.expr] = []
        if isinstance(expression, ast.Tuple | ast.List):
            parts = expression.elts
        elif isinstance(expression, ast.Dict):
            parts = expression.values
        elif isinstance(expression, ast.Call) and appended:
            parts, appended = expression.args[-1:], False
        here = [
            one
            for one in parts
            if (one.lineno, one.col_offset) <= (line, column) < (one.end_lineno or 0, one.end_col_offset or 0)
        ]
        if not here:
            return expression
        expression = here[0]


def _expression_records(case: Case, place: WrongPlace, expression: ast.expr) -> tuple[list[int], bool]:
    """Return the records of an expression (of its elements, for a comprehension) in the step that was looked at."""
    assert case.backward is not None  # noqa: S101  (there is a wrong place)
    node = expression.elt if isinstance(expression, ast.ListComp) else expression
    wanted = (0, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    step, trace = case.backward.step, case.trace
    out = []
    for record in range(step.start + 1, step.end + 1):
        at = trace.place(record)
        if at is not None and (at.file, at.line, at.column, at.end_line, at.end_column) == wanted:
            out.append(record)
    del place
    return out, isinstance(expression, ast.ListComp)


def _expected(
    case: Case, place: WrongPlace, records: list[int], parts: bool
) -> tuple[list[tuple[int, int]], list[list[Any]]]:
    """Return passes of the trace, and for each what the expression should be at each of its occurrences."""
    assert case.backward is not None  # noqa: S101
    assert case.examination is not None  # noqa: S101
    assert case.reading is not None  # noqa: S101
    graph, step = case.reading.graph, case.backward.step
    base = examine(case.reading, base_draws(case.reading), case.examination.loss_of)
    passes: list[tuple[int, int]] = []
    expected: list[list[Any]] = []
    if base is None:
        return passes, expected
    for draw, gradients in zip(base.draws, base.gradients, strict=True):
        pairs = {one: one for one in range(step.end + 1)} if draw.step is step else aligned(graph, step, draw.step)
        if pairs is None or len(passes) >= _STEPS:
            continue
        put: dict[int, Any] = {}
        for record, target in zip(place.records, place.targets, strict=True):
            there = pairs[record]
            put[there] = _like(graph.shape(there), place.factor * np.asarray(gradients[pairs[target]]))
        affected = sorted(graph.affected(put, min(put) + 1, draw.step.end))
        values = {**draw.values, **graph.replay({**put}, affected, check=False)}
        found = [values[pairs[one]] if pairs[one] in values else graph.value(pairs[one]) for one in records]
        passes.append((draw.step.start, draw.step.end))
        expected.append([found] if parts else found)
    return passes, expected


def _like(shape: tuple[int, ...], value: np.ndarray) -> Any:
    if value.shape != shape and value.size == int(np.prod(shape)):
        return value.T.reshape(shape) if value.ndim == 2 and value.T.shape == shape else value.reshape(shape)
    return value


def _scope(case: Case, text: str, statement: ast.stmt) -> Scope:
    """Return the names that an edit of a statement may use: of its function first, then of the module."""
    tree = ast.parse(text)
    inside: ast.AST = tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno <= statement.lineno <= (node.end_lineno or 0):
            inside = node if inside is tree or node.lineno > getattr(inside, "lineno", 0) else inside
    names: dict[str, None] = {}
    functions = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_formula(node)]
    bound = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    modules = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    if isinstance(inside, ast.FunctionDef):
        names.update({one.arg: None for one in inside.args.args if one.arg != "self"})
    for node in ast.walk(inside):
        text_of = None
        if isinstance(node, ast.Name) and node.id not in bound and node.id not in modules:
            text_of = node.id
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and len(names) < 60:
            text_of = ast.unparse(node)
        if text_of is not None and text_of.split(".")[0].split("[")[0] in modules:
            continue  # what a module has is no value of the script's: NumPy reads some of it without an end
        if text_of is not None and len(text_of) < 30 and "(" not in text_of and text_of not in ("self", "range", "len"):
            names.setdefault(text_of)
    own = (one for one in ast.walk(tree) if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "self")
    if "self" in {node.id for node in ast.walk(inside) if isinstance(node, ast.Name)}:
        names.update(dict.fromkeys(ast.unparse(one) for one in own))
    if inside is not tree:
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                names.setdefault(node.targets[0].id)
    del case
    return Scope(tuple(names)[:60], tuple(dict.fromkeys(functions))[:12])


def _is_formula(node: ast.FunctionDef) -> bool:
    """Return whether a function computes one thing from one argument: no loop, which may be the training."""
    loops = any(isinstance(one, ast.For | ast.While) for one in ast.walk(node))
    gives = any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node))
    return len(node.args.args) == 1 and gives and not loops and not node.name.startswith("__")


def _try(case: Case, sites: list[_Site], requests: list[dict[str, Any]]) -> None:
    try:
        trace = run_trace(case.source, case.setting, attempts=requests)
    except InputError:
        return
    for site, good in zip(sites, trace.more.get("tried", []), strict=False):
        exact = [
            (site.edits[int(n) - 1], abs(np.log(ratio)) > 1e-6) for n, ratio, _ in good if 0 < int(n) <= len(site.edits)
        ]
        site.fitting = [edit for edit, _ in sorted(exact, key=lambda one: one[0].cost + 0.4 * one[1])]


def _by_statement(site: _Site) -> list[Edit]:
    """Return edits that change more than an expression: adding up where an assignment keeps the last of equal indices."""
    statement = site.statement
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript) and not site.fitting:
        target = statement.targets[0]
        base, at, value = ast.unparse(target.value), ast.unparse(target.slice), ast.unparse(statement.value)
        new = (
            f"np.add.at({base}, ({at}), {value})"
            if isinstance(target.slice, ast.Tuple)
            else f"np.add.at({base}, {at}, {value})"
        )
        plus = f"{ast.unparse(target)} += {value}"
        return [whole_statement(statement, new, "add.at"), whole_statement(statement, plus, "sum")]
    if isinstance(statement, ast.AugAssign) and site.place.sign:
        other = "-=" if isinstance(statement.op, ast.Add) else "+="
        return [
            whole_statement(
                statement, f"{ast.unparse(statement.target)} {other} {ast.unparse(statement.value)}", "sign"
            )
        ]
    match statement:
        case ast.AugAssign(target=ast.Subscript(value=array, slice=index)) if not site.fitting:
            if not isinstance(index, ast.Constant | ast.Slice):
                new = f"np.add.at({ast.unparse(array)}, {ast.unparse(index)}, {ast.unparse(statement.value)})"
                return [whole_statement(statement, new, "add.at")]
    return []


def whole_statement(statement: ast.stmt, new: str, kind: str) -> Edit:
    """Return an edit of a whole statement."""
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return Edit(kind, ast.unparse(statement), new, new, (statement.lineno, statement.col_offset), end, 2.0)


# proof


def _choices(sites: list[_Site]) -> list[list[Edit]]:
    out = [[site.fitting[0] for site in sites]]
    for n, site in enumerate(sites):
        out += [
            [*(s.fitting[0] for s in sites[:n]), edit, *(s.fitting[0] for s in sites[n + 1 :])]
            for edit in site.fitting[1:4]
        ]
    return out[:_CHECKS]


def applied(text: str, edits: list[Edit]) -> str:
    """Return a text with its edits."""
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        (first, left), (last, right) = edit.start, edit.end
        lines[first - 1 : last] = [lines[first - 1][:left] + edit.new.encode() + lines[last - 1][right:]]
    return b"".join(lines).decode()


def fix_of(case: Case, edits: list[Edit]) -> dict[str, Any]:
    """Return edits as the answer has them: their diff, and each line before and after."""
    text = applied(case.source.text, edits)
    old, new = case.source.text.splitlines(), text.splitlines()
    changed = []
    for edit in edits:
        at = edit.start[0]
        changed.append({"file": case.source.name, "cell": None, "line": at, "old": old[at - 1], "new": new[at - 1]})
    return {"diff": diff_of(case.source.name, case.source.text, text), "edits": changed}


def diff_of(name: str, before: str, after: str) -> str:
    """Return a unified diff."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (fixed)", n=1, lineterm="")
    return "\n".join(lines)
