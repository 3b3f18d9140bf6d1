"""Fixes applied to a script's text in memory, and lines followed from one text to another."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from tui_backprop.session.script_run.version import Problem


def fixed_text(text: str, problem: Problem) -> str | None:
    """Return the text with a problem's fix; None where it has none, or its lines are no longer there."""
    if problem.fix is None:
        return None
    lines = text.split("\n")
    for edit in sorted(problem.fix["edits"], key=lambda one: -int(one["line"])):
        at = int(edit["line"]) - 1
        old, new = str(edit["old"]).split("\n"), str(edit["new"]).split("\n")
        if lines[at : at + len(old)] != old:
            return None
        lines[at : at + len(old)] = new
    return "\n".join(lines)


def lines_of(problem: Problem) -> tuple[int, ...]:
    """Return the lines that a problem speaks of, its own first."""
    own = () if problem.line is None else (problem.line,)
    return (*own, *(one for one in problem.lines if one not in own))


def moved_line(before: str, after: str, line: int) -> int:
    """Return where a line of one text is in another; where it is gone, the line that took its place."""
    matcher = difflib.SequenceMatcher(a=before.splitlines(), b=after.splitlines(), autojunk=False)
    for _, first, end, other, last in matcher.get_opcodes():
        if first <= line - 1 < end:
            return min(other + (line - 1 - first), max(other, last - 1)) + 1
    return max(1, min(line, len(after.splitlines())))


def difference(name: str, before: str, after: str) -> str:
    """Return what was changed, as a unified diff with three lines around."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (fixed)", n=3, lineterm="")
    return "\n".join(lines)


def still_true(problem: Problem, text: str, new: str) -> Problem | None:
    """Return a problem as it is in a text that was fixed elsewhere; None where its own line was changed."""
    if problem.line is None:
        return problem
    line = moved_line(text, new, problem.line)
    if text.splitlines()[problem.line - 1] != new.splitlines()[line - 1]:
        return None
    fix: dict[str, Any] | None = problem.fix
    if fix is not None:
        fix = {**fix, "edits": [{**one, "line": moved_line(text, new, int(one["line"]))} for one in fix["edits"]]}
    return replace(problem, line=line, lines=[moved_line(text, new, one) for one in problem.lines], fix=fix)
