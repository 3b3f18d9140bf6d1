"""Small edits of an expression, smallest first: what a wrong line may have been meant to be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui_backprop.scripts.mending.edit_kinds import changes_of
from tui_backprop.scripts.mending.missing import Alternative
from tui_backprop.scripts.mending.scope import Scope
from tui_backprop.scripts.mending.writing import Writer
from tui_backprop.text.syntax import parsed_expression


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """An edit: the part of the source that is replaced, by what, and of which kind it is."""

    kind: str
    old: str
    new: str
    expression: str
    """The whole expression with the edit."""
    start: tuple[int, int]
    end: tuple[int, int]
    """Where the replaced part is: line and column in bytes."""
    cost: float
    path: str = ""
    """The file, by its absolute path, where it is not the script itself."""


def edits_of(text: str, expression: ast.expr, scope: Scope, path: str = "", most: int = 3500) -> list[SourceEdit]:
    """Return the edits of an expression of a text, as many as are wanted, cheapest first."""
    writer = Writer(text, expression)
    found: dict[str, SourceEdit] = {}
    for edit in _made(writer, sorted(changes_of(writer, scope), key=lambda one: one.cost), path):
        found.setdefault(edit.expression, edit)
        if len(found) == most:
            break
    return list(found.values())


def _made(writer: Writer, changes: Iterable[Alternative], path: str) -> Iterator[SourceEdit]:
    own = writer.whole(writer.root, writer.text(writer.root))
    for change in changes:
        try:
            fresh = parsed_expression(change.new).body
        except SyntaxError:
            continue
        node = change.node
        new = writer.fitting(node, fresh, change.new)
        whole = writer.whole(node, new)
        if whole != own:
            end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
            yield SourceEdit(
                change.kind, writer.text(node), new, whole, (node.lineno, node.col_offset), end, change.cost, path
            )
