"""Edits put into a source, in all its files, and told as differences."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.source.source import Source

_HUNK = re.compile(r"@@ -(\d+)")


def patched(source: Source, edits: list[SourceEdit]) -> Source:
    """Return a source with edits in the script and in the modules beside it."""
    paths = list(dict.fromkeys(edit.path for edit in edits))
    modules = dict(source.modules)
    text = source.text
    for path in paths:
        here = [edit for edit in edits if edit.path == path]
        if path:
            modules[path] = applied(source.text_of(path), here)
        else:
            text = applied(text, here)
    return replace(source, text=text, modules=modules)


def applied(text: str, edits: list[SourceEdit]) -> str:
    """Return a text with its edits."""
    lines = [f"{line}\n".encode() for line in text.split("\n")]
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        (first, left), (last, right) = edit.start, edit.end
        lines[first - 1 : last] = [lines[first - 1][:left] + edit.new.encode() + lines[last - 1][right:]]
    return b"".join(lines).decode()[:-1]


def fix_of(source: Source, edits: list[SourceEdit]) -> dict[str, Any]:
    """Return edits as the answer has them: their diff, and each line before and after."""
    after = patched(source, edits)
    changed = []
    for edit in sorted(edits, key=lambda one: (one.path, one.start)):
        old = source.text_of(edit.path).split("\n")
        alone = applied(source.text_of(edit.path), [edit]).split("\n")
        first, last = edit.start[0], edit.end[0]
        kept = len(old) - last
        changed.append(
            {
                "file": source.name_of(edit.path),
                "cell": None,
                "line": first,
                "old": "\n".join(old[first - 1 : last]),
                "new": "\n".join(alone[first - 1 : len(alone) - kept]),
            }
        )
    return {"diff": diff_of(source, after), "edits": changed}


def diff_of(before: Source, after: Source) -> str:
    """Return a unified diff of all files that two sources have otherwise."""
    found: list[str] = []
    for path in ("", *sorted(set(before.modules) | set(after.modules))):
        old, new, name = before.written_text_of(path), after.written_text_of(path), before.name_of(path)
        found += difflib.unified_diff(
            old.splitlines(), new.splitlines(), name, f"{_fixed_name(name)}", n=1, lineterm=""
        )
    return "\n".join(_in_cells(line, before) for line in found)


def _in_cells(line: str, source: Source) -> str:
    """Return a line of a notebook's difference, which says cells where lines are counted."""
    match = _HUNK.match(line)
    if match is None or not source.cells or int(match[1]) > len(source.cells):
        return line
    return "@@ cell {}, line {} @@".format(*source.cells[max(int(match[1]), 1) - 1])


def _fixed_name(name: str) -> str:
    return f"{name} (fixed)" if name == "<stdin>" else Path(name).with_suffix(f".fixed{Path(name).suffix}").as_posix()


def node_edit(node: ast.stmt | ast.expr, new: str, kind: str, path: str = "", cost: float = 2.0) -> SourceEdit:
    """Return an edit of a whole statement or expression."""
    end = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return SourceEdit(kind, ast.unparse(node), new, new, (node.lineno, node.col_offset), end, cost, path)
