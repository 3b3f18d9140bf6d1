"""Fixes for causes: an edit of the source that is kept where a new check no longer finds the cause."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.answering.wording import statement_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.answers import softmax_edits
from tui_backprop.scripts.causes.broadcast import grown_edits
from tui_backprop.scripts.causes.kept import keep_fix
from tui_backprop.scripts.causes.optimizer import square_edits
from tui_backprop.scripts.causes.remade import no_effect_edits
from tui_backprop.scripts.examining import examined
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import fix_of, node_edit, patched
from tui_backprop.text.syntax import parsed

Look = Callable[[Case, Answer], list[Cause]]

_TRIED = 4


def mend_cause(case: Case, answer: Answer, cause: Cause, look: Look) -> None:
    """Try the edits for a cause; keep the first with which its own check finds it no more and no gradient is wrong."""
    for edits in list(_edits(case, cause))[:_TRIED]:
        source = patched(case.source, edits)
        try:
            again = examined(source, case.setting)
        except InputError:
            continue
        if (
            again.examination is None
            or again.examination.verdict not in ("right", "scaled")
            or look(again, Answer(answer.file))
        ):
            continue
        cause.fix = fix_of(case.source, edits)
        answer.mistakes = [one for one in answer.mistakes if one.fix is not None]  # with this fix they are right
        keep_fix(case, answer, source, None)
        return


def _edits(case: Case, cause: Cause) -> Iterable[list[SourceEdit]]:
    if cause.id == "dropped-result":
        yield from _kept_results(case, cause)
    elif cause.id == "broadcast":
        yield from _same_shapes(case, cause)
    elif cause.id == "sums-never-cleared":
        yield from _copies(case, cause)
    elif cause.id == "softmax-axis":
        yield from softmax_edits(case, cause)
    elif cause.id == "grown-parameter":
        yield from grown_edits(case, cause)
    elif cause.id == "no-effect":
        yield from no_effect_edits(case, cause)
    elif cause.id == "square-missing":
        yield from square_edits(case, cause)
    elif cause.id == "shared-rows":
        yield from _rows_of_their_own(case, cause)
    elif cause.id == "whole-numbers":
        made = [statement_at(case.source.text, line) for line in cause.lines]
        edits = [_as_floats(one) for one in made if isinstance(one, ast.Assign)]
        if edits:
            yield edits


def _as_floats(statement: ast.Assign) -> SourceEdit:
    target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
    return node_edit(statement, f"{target} = {value}.astype(float)", "float")


def _kept_results(case: Case, cause: Cause) -> Iterable[list[SourceEdit]]:
    """Assign what a call returns to the names that it was given."""
    statement = statement_at(case.source.text, cause.line or 0)
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return
    call = statement.value
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for node in ast.walk(parsed(case.source.text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
            given = {one.arg: ast.unparse(value) for one, value in zip(node.args.args, call.args, strict=False)}
            for value in returned:
                parts = value.elts if isinstance(value, ast.Tuple) else [value]
                names = [given.get(ast.unparse(one)) for one in parts]
                if all(names):
                    yield [node_edit(statement, f"{', '.join(map(str, names))} = {ast.unparse(call)}", "result")]


def _same_shapes(case: Case, cause: Cause) -> Iterable[list[SourceEdit]]:
    """Make a column of the targets where they are made."""
    for line in cause.lines:
        statement = statement_at(case.source.text, line)
        if isinstance(statement, ast.Assign) and line != cause.line:
            target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            yield [node_edit(statement, f"{target} = ({value}).reshape(-1, 1)", "shape")]
    statement = statement_at(case.source.text, cause.line or 0)
    whole = getattr(statement, "value", None)
    if not isinstance(whole, ast.expr):
        return
    for node in ast.walk(whole):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            for side in (node.right, node.left):
                yield [node_edit(side, f"{ast.unparse(side)}.reshape(-1, 1)", "shape", cost=1.0)]


def _rows_of_their_own(case: Case, cause: Cause) -> Iterable[list[SourceEdit]]:
    """Make each row by itself where one list is repeated with `*`."""
    for line in cause.lines:
        for node in ast.walk(statement_at(case.source.text, line) or ast.Pass()):
            match node:
                case ast.BinOp(left=ast.List(elts=[row]), op=ast.Mult(), right=count):
                    made = f"list({row.id})" if isinstance(row, ast.Name) else ast.unparse(row)
                    yield [node_edit(node, f"[{made} for _ in range({ast.unparse(count)})]", "rows", cost=1.0)]


def _copies(case: Case, cause: Cause) -> Iterable[list[SourceEdit]]:
    """Make copies where sums are set to the same list of arrays again."""
    edits = []
    for line in cause.lines:
        statement = statement_at(case.source.text, line)
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name | ast.Attribute):
            target, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            edits.append(node_edit(statement, f"{target} = [one.copy() for one in {value}]", "copy"))
    if edits:
        yield edits
