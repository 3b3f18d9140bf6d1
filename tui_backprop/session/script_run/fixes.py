"""Fixes applied to a script's text in memory, and lines followed from one text to another."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui_backprop.scripts.answering.answer import Mistake
from tui_backprop.scripts.source.source import Source
from tui_backprop.session.script_run.version import Problem


def fixed_source(source: Source, problem: Problem) -> Source | None:
    """Return the source with a problem's fix, in all its files; None where it has none, or its lines have changed."""
    if problem.fix is None:
        return None
    texts: dict[str, list[str]] = {}
    for edit in sorted(problem.fix["edits"], key=lambda one: -int(one["line"])):
        path = "" if edit["file"] == source.name else str(Path(source.folder) / str(edit["file"]))
        try:
            lines = texts.setdefault(path, source.text_of(path).split("\n"))
        except OSError:
            return None
        at = int(edit["line"]) - 1
        old, new = str(edit["old"]).split("\n"), str(edit["new"]).split("\n")
        if lines[at : at + len(old)] != old:
            return None
        lines[at : at + len(old)] = new
    modules = {**source.modules, **{path: "\n".join(lines) for path, lines in texts.items() if path}}
    return replace(source, text="\n".join(texts[""]) if "" in texts else source.text, modules=modules)


def problem_lines(problem: Problem) -> tuple[int, ...]:
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


def still_true(problem: Problem, text: str, new: str) -> Problem | None:
    """Return a problem as it is in a text that was fixed elsewhere; None where its own line was changed."""
    if problem.line is None or (isinstance(problem, Mistake) and problem.file is not None):
        return problem
    line = moved_line(text, new, problem.line)
    if text.splitlines()[problem.line - 1] != new.splitlines()[line - 1]:
        return None
    fix: dict[str, Any] | None = problem.fix
    if fix is not None:
        fix = {**fix, "edits": [{**one, "line": moved_line(text, new, int(one["line"]))} for one in fix["edits"]]}
    return replace(problem, line=line, lines=[moved_line(text, new, one) for one in problem.lines], fix=fix)
