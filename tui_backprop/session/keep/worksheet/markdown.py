"""A worksheet as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from tui_backprop.session.anatomy.expressions import (
    FORMULA_DIGITS,
    Expression,
    Term,
    formula_text,
    number_text,
    printed,
)
from tui_backprop.session.keep.worksheet.content import Given, Group, Line, UpdateExercise, Worksheet, is_literal
from tui_backprop.session.keep.worksheet.words import (
    introduction,
    layer_rows,
    sample_note,
    settings_note,
    worksheet_title,
)

_ALL = 10**6  # terms of a sum: all of them are written out
_WIDTH = 88  # characters of a line of a formula
_BLANK = "____"
_RESULT = "____________"


def markdown(sheet: Worksheet, *, answers: bool) -> str:
    """Return a worksheet as Markdown, with the answers or with room for them."""
    return "\n".join(_lines(sheet, answers)) + "\n"


def _lines(sheet: Worksheet, answers: bool) -> Iterator[str]:
    yield from (f"# {_plain(worksheet_title(sheet, answers=answers))}", "")
    for sentence in introduction(sheet, answers=answers):
        yield from (_plain(sentence), "")
    yield from ("## What is given", "")
    yield from _table(("layer", "units", "activation"), layer_rows(sheet))
    if sheet.functions:
        yield from _block(f"{call} = {definition}" for call, definition in sheet.functions)
    yield from ("The parameters before the first update:", "")
    yield from _block(_givens(sheet.parameters))
    for update in sheet.updates:
        yield from _update(sheet, update, answers)


def _update(sheet: Worksheet, update: UpdateExercise, answers: bool) -> Iterator[str]:
    yield from (f"## Update {update.number}: from step {update.step:,} to {update.step + 1:,}", "")
    for sample in update.samples:
        yield from (_plain(sample_note(sheet, update, sample)), "")
        yield from _block(_givens((*sample.inputs, *sample.targets)))
    note, settings = settings_note(update)
    yield from (note, "")
    yield from _block(_givens(settings))
    for part in update.parts:
        yield from (f"### {part.title}", "")
        for group in part.groups:
            yield from _group(group, answers)


def _group(group: Group, answers: bool) -> Iterator[str]:
    if group.title:
        yield from (f"{group.title}:", "")
    yield from _block(text for line in group.lines for text in _formula(line, answers))


def _formula(line: Line, answers: bool) -> Iterator[str]:
    """Yield the formula in symbols, with numbers or with room for them, and the result, the = below each other."""
    margin = " " * len(line.name)
    yield from _folded(f"{line.name} = {formula_text(printed(line.formula, numbers=False))}", margin)
    if not isinstance(line.formula, Term):
        yield from _folded(f"{margin} = {_filled(line.formula, answers)}", margin)
    yield f"{margin} = {number_text(line.value) if answers else _RESULT}"


def _filled(formula: Expression, answers: bool) -> str:
    pieces = printed(formula, numbers=True, most=_ALL)
    if answers:
        return formula_text(pieces)
    return "".join(
        piece.text if piece.term is None else piece.term.symbol if is_literal(piece.term) else _BLANK
        for piece in pieces
    )


def _folded(text: str, margin: str) -> list[str]:
    """Fold a long line where a term ends."""
    indent = f"{margin}   "
    return textwrap.wrap(
        text.replace(" · ", "\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}"),
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def _givens(givens: Sequence[Given]) -> Iterator[str]:
    width = max((len(one.name) for one in givens), default=0)
    return (f"{one.name:<{width}} = {number_text(one.value, FORMULA_DIGITS)}" for one in givens)


def _block(lines: Iterator[str]) -> Iterator[str]:
    yield "```text"
    yield from (line.replace("\N{NO-BREAK SPACE}", " ") for line in lines)
    yield from ("```", "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(_plain, row))} |" for row in rows)
    yield ""


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, whatever a name in it has."""
    return re.sub(r"([\\`*_\[\]|#~$])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")
