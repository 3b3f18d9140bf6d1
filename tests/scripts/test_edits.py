"""The edits that are tried in place of a wrong line: which there are, and that they keep the source's own spelling."""

from __future__ import annotations

import ast

import pytest

from tui_backprop.scripts.mending.edits import edits_of
from tui_backprop.scripts.mending.patches import applied
from tui_backprop.scripts.mending.scope import scope_of
from tui_backprop.scripts.mending.statements import Lines, statement_edits
from tui_backprop.scripts.source.trainings import beginning, trainings

AROUND = """\
import numpy as np

def slope(a):
    return a*(1 - a)

def train(x, y, W, V, lr):
    h = np.tanh(x@W)
    out = h@V
    d = out - y
    back = {}
    W -= lr*x.T@back
"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("d@V.T*h*1 - h", "d@V.T * h * (1 - h)"),
        ("d@V.T", "d@V.T * slope(h)"),
        ("d@V.T*h*(1 - h)", "d@V.T * (1 - h ** 2)"),
        ("d@V.T*slope(x)", "d@V.T*slope(h)"),
        ("d@V*slope(h)", "d @ V.T*slope(h)"),
        ("(y - out)@V.T*slope(h)", "(out - y)@V.T*slope(h)"),
        ("d.sum(axis=0)", "d.sum(axis=1, keepdims=True)"),
        ("np.dot(d, h)", "np.outer(d, h)"),
        ("h[1]*V[0][1]", "h[1]*V[1][0]"),
        ("d*slope(h)", "(d @ V.T) * slope(h)"),
        ("[d*V[i]*h[i] for i in range(3)]", "[d*V[i]*h[i] for i in range(3)]"),
    ],
)
def test_the_right_line_is_among_the_edits(wrong, right):
    """Each edit of the text parses, and one of them is what is meant."""
    text = AROUND.format(wrong)
    statement = next(one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Assign) and one.lineno == 10)
    edits = edits_of(text, statement.value, scope_of(text, 10))
    lines = [applied(text, [edit]).split("\n")[9] for edit in edits[:3500]]
    wanted = ast.dump(ast.parse(f"back = {right}"))
    assert any(ast.dump(ast.parse(line.strip())) == wanted for line in lines) or wrong == right
    assert [edit.cost for edit in edits] == sorted(edit.cost for edit in edits)
    for edit, line in zip(edits[:200], lines, strict=False):  # what was tried is what is written
        assert ast.dump(ast.parse(line.strip()).body[0].value) == ast.dump(ast.parse(edit.expression, mode="eval").body)


def test_statements_are_moved_copied_and_added_up():
    """A reader before its update, a copy of an alias, a sum that was overwritten; a comment stays in its place."""
    text = (
        "def step(w, v, x, lr):\n    g = 0\n    old = v\n    for a in x:\n        g = a * w\n"
        "    v -= lr * g  # first\n    back = g * v\n    w -= lr * back\n    return w\n"
    )
    lines = frozenset(range(5, 9))
    results = [
        applied(text, edits) for edits in statement_edits(Lines("", text, lines, frozenset({7}), frozenset({6, 8})))
    ]
    assert any("    back = g * v\n    v -= lr * g  # first\n" in one for one in results)
    assert any("    old = v.copy()\n" in one for one in results)
    assert any("        g += a * w\n" in one for one in results)
    assert any("    old_v = v.copy()\n" in one and "back = g * old_v" in one for one in results)
    for one in results:
        ast.parse(one)


def test_a_training_begins_at_its_outermost_loop_or_its_call():
    """And those that train alike are found: calls of the same function, and loops with updates."""
    text = (
        "def fit(w, n):\n    for i in range(n):\n        for x in (1, 2):\n            w -= 0.1 * x\n    return w\n\n"
        "fit(1, 2)\nprint('between')\nif __name__ == '__main__':\n    fit(2, 3)\nfor k in range(3):\n    print(k)\n"
    )
    assert beginning(text, 4) == (2, 4)
    assert beginning(text, 10) == (10, 4)
    assert beginning(text, 12) == (11, 0)
    assert beginning(text, 6) is None
    assert trainings(text, {4}) == [7, 10]
