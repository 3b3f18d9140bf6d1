"""Parameters that are made again while training goes on, and statements whose result goes nowhere."""

from __future__ import annotations

import ast
import re

import numpy as np

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answering.answer import Answer, Cause
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.causes.kept import keep_fix
from tui_backprop.scripts.causes.places import beginning_at
from tui_backprop.scripts.examining import examined
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import fix_of, node_edit, patched
from tui_backprop.text.syntax import parsed

_TURNED = re.compile(r"^([\w.\[\]'\", ]*[\w\]])\s*=([-+])\s*(?![\d.\s]+(?:#.*)?$)(\S.*?)(?:;.*|#.*)?$")
_TIMES = 10
_OFTEN = 0.7  # of all updates: then something else changes the parameters too


def made_again(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where parameters return to fresh values again and again, and nothing is kept of what was learned."""
    if case.training is None or case.reading is None or case.training.course.learned:
        return []
    followed = case.training.course.followed
    count = len(followed.resets)
    if count < _TIMES or count > _OFTEN * followed.updates:
        return []
    between = np.diff(followed.resets)
    every = int(np.median(between))
    if (between == every).mean() < 0.8:
        return []
    roots = {name.split(".")[0].split("[")[0] for name in case.reading.names.values()}
    lines = _making_lines(case.source.text, roots)
    sentence = (
        f"{beginning_at(*lines)}the parameters are made again (reset to new initial values) after every "
        f"{every} updates, inside the loop, so what was learned is thrown away each time. Make the network once, before "
        "the loop."
    )
    return [
        Cause("made-again", "error", lines[0] if lines else None, lines, sentence, {"every": every, "times": count})
    ]


def _making_lines(text: str, roots: set[str]) -> list[int]:
    """Return the lines inside loops that assign to the names of parameters or of what they belong to."""
    tree = parsed(text)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    named, made = set(), set()
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)):
        for node in ast.walk(loop):
            if isinstance(node, ast.Assign):
                targets = {n.id for one in node.targets for n in ast.walk(one) if isinstance(n, ast.Name)}
                called = {ast.unparse(n.func) for n in ast.walk(node.value) if isinstance(n, ast.Call)}
                fresh = bool(called & own) or any(re.search(r"rand|uniform|normal|zeros|ones", one) for one in called)
                if targets & roots and fresh:
                    named.add(node.lineno)
                elif called & {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}:
                    made.add(node.lineno)
    return sorted(named or made)


def no_effect(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where a statement that runs in training computes something and drops it."""
    if case.reading is None or case.source.cells:
        return []
    first = case.reading.passes[0]
    ran = {
        place.line
        for record in range(first.start + 1, case.reading.passes[-1].end + 1)
        if (place := case.trace.place(record)) is not None and place.file == 0
    }
    out = []
    for node in ast.walk(parsed(case.source.text)):
        if (
            not isinstance(node, ast.Expr)
            or not isinstance(node.value, ast.BinOp | ast.Compare)
            or node.lineno not in ran
        ):
            continue
        sentence = (
            f"line {node.lineno}: `{ast.unparse(node)}` computes a value and drops it: the statement has no effect, and "
            "what it was to change is unchanged. Is an = missing?"
        )
        out.append(Cause("no-effect", "error", node.lineno, [node.lineno], sentence, {"statement": ast.unparse(node)}))
    return out


def no_effect_edits(case: Case, cause: Cause) -> list[list[SourceEdit]]:
    """Return edits that give the first operand what the rest computes: `a - b` as `a -= b`, or as `a = b`."""
    node = next(
        (n for n in ast.walk(parsed(case.source.text)) if isinstance(n, ast.Expr) and n.lineno == cause.line), None
    )
    if node is None:
        return []
    text = ast.unparse(node)
    out = []
    if isinstance(node.value, ast.Compare):
        out.append([node_edit(node, text.replace("==", "=", 1), "equals")])
    for sign in ("-", "+"):
        if f" {sign} " in text:
            left, right = text.split(f" {sign} ", 1)
            out.append([node_edit(node, f"{left} = {right}", "equals")])
            out.append([node_edit(node, f"{left} {sign}= {right}", "equals")])
    return out


def swapped_operator(case: Case, answer: Answer) -> list[Cause]:
    """Return the cause where `=-` is written for `-=`: the parameter becomes the step, and keeps nothing of what it was."""
    edits, lines = [], []
    for node in ast.walk(parsed(case.source.text)):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.UnaryOp | ast.BinOp):
            continue
        written = _TURNED.match(case.source.line(node.lineno))
        if written is None or node.end_lineno != node.lineno:
            continue
        new = f"{written[1]} {written[2]}= {written[3]}"
        edits.append(node_edit(node, new, "turned sign"))
        lines.append(node.lineno)
    if not edits:
        return []
    source = patched(case.source, edits)
    try:
        again = examined(source, case.setting, explain=False)
    except InputError:
        return []
    if again.reading is None or again.examination is None or again.examination.verdict == "unchecked":
        return []
    made = {again.trace.line(update.record) for step in again.reading.steps for update in step.updates}
    if not made & set(lines):
        return []
    sentence = (
        f"line {lines[0]}: `{case.source.line(lines[0])}` has =- where -= belongs: the parameter is set to the step "
        "alone (Python reads = and then a minus), and loses what it was before the update."
    )
    if again.examination.verdict in ("right", "scaled"):
        keep_fix(case, answer, source, None)
        answer.mistakes = []  # with this fix they are right
    return [Cause("turned-sign", "error", lines[0], lines, sentence, {"lines": lines}, fix_of(case.source, edits))]
