"""A worksheet as LaTeX, for pdflatex and the classes that every installation has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from tui_backprop.session.anatomy.expressions import (
    FORMULA_DIGITS,
    Difference,
    Expression,
    FunctionCall,
    Product,
    Quotient,
    Sum,
    Term,
    number_text,
    terms_in,
)
from tui_backprop.session.keep.worksheet.content import Given, Group, Line, UpdateExercise, Worksheet, is_literal
from tui_backprop.session.keep.worksheet.tex_text import in_mathematics, in_text
from tui_backprop.session.keep.worksheet.words import (
    introduction,
    layer_rows,
    sample_note,
    settings_note,
    worksheet_title,
)

_HEAD = r"""\documentclass[a4paper,11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[margin=22mm]{geometry}
\usepackage{amsmath,amssymb}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\raggedright
\newcommand{\gap}{\underline{\hspace{3.2em}}}
\newcommand{\result}{\underline{\hspace{7em}}}
\newcommand{\hung}[1]{\par\hangindent=2.5em\hangafter=1 #1\par}
% One quantity: its formula, the numbers in it, the result.
\newcommand{\quantity}[1]{\hung{\(\displaystyle #1\)}}
\begin{document}
"""
_DRAWN_UNITS, _DRAWN_LAYERS = 6, 5  # of a network that is drawn, at the most
_ACROSS, _UP = 26, 12  # millimetres between layers, and between units
_RADIUS = 4
_FRACTION = 5  # terms of a fraction that has a bar, which no line can be broken in; all that Adam's has
_EQUALS = r" \allowbreak = \nobreak "  # a long line is broken before it, where people look for it
_WORD = re.compile(r"\(?[a-z]{2,}[,:]?|1,|[^\W_]+:")

Write = Callable[[Term], str]
"""How a term is written: its symbol, its number, or room for it."""


def latex(sheet: Worksheet, *, answers: bool) -> str:
    """Return a worksheet as LaTeX, with the answers or with room for them."""
    return _HEAD + "\n".join(_lines(sheet, answers)) + "\n\\end{document}\n"


def _lines(sheet: Worksheet, answers: bool) -> Iterator[str]:
    yield rf"\section*{{{in_text(worksheet_title(sheet, answers=answers))}}}"
    for sentence in introduction(sheet, answers=answers):
        yield from (in_text(sentence), "")
    yield r"\subsection*{What is given}"
    yield from _drawing(sheet)
    yield from _table(("layer", "units", "activation"), layer_rows(sheet))
    for call, definition in sheet.functions:
        yield rf"\hung{{\({in_mathematics(call)} =\) {_definition(definition)}}}"
    yield "The parameters before the first update:"
    yield from _givens(sheet.parameters)
    for update in sheet.updates:
        yield from _update(sheet, update, answers)


def _update(sheet: Worksheet, update: UpdateExercise, answers: bool) -> Iterator[str]:
    yield rf"\subsection*{{Update {update.number}: from step {update.step:,} to {update.step + 1:,}}}"
    for sample in update.samples:
        yield in_text(sample_note(sheet, update, sample))
        yield from _givens((*sample.inputs, *sample.targets))
    note, settings = settings_note(update)
    yield in_text(note)
    yield from _givens(settings)
    for part in update.parts:
        yield rf"\subsubsection*{{{part.title}}}"
        for group in part.groups:
            yield from _group(group, answers)


def _group(group: Group, answers: bool) -> Iterator[str]:
    if group.title:
        yield rf"\par\textit{{{group.title}}}"
    yield from (rf"\quantity{{{_formula(line, answers)}}}" for line in group.lines)


def _formula(line: Line, answers: bool) -> str:
    parts = [in_mathematics(line.name), _written(line.formula, _symbol)]
    if not isinstance(line.formula, Term):
        parts.append(_written(line.formula, _number if answers else _gap, whole=True))
    parts.append(in_mathematics(number_text(line.value)) if answers else r"\result")
    return _EQUALS.join(parts)


def _symbol(term: Term) -> str:
    return in_mathematics(term.symbol)


def _number(term: Term) -> str:
    return in_mathematics(number_text(term.value, FORMULA_DIGITS))


def _gap(term: Term) -> str:
    return _symbol(term) if is_literal(term) else r"\gap{}"


def _written(formula: Expression, write: Write, *, whole: bool = False, loose: bool = True) -> str:
    """Return a formula as LaTeX.

    Args:
        formula: what is written.
        write: how its terms are.
        whole: whether a sum is written term by term where it has a shorter way of writing it.
        loose: whether no operator is beside it, so that it needs no brackets.
    """

    def inner(part: Expression, *, loose: bool) -> str:
        return _written(part, write, whole=whole, loose=loose)

    text = ""
    match formula:
        case Term():
            text = write(formula)
            return text if loose or not text.startswith("-") else f"({text})"
        case FunctionCall(name="√", arguments=(inside,)):
            return rf"\sqrt{{{inner(inside, loose=True)}}}"
        case FunctionCall(name="−abs", arguments=(inside,)):
            return rf"-|{inner(inside, loose=True)}|"
        case FunctionCall(name=name, arguments=arguments):
            return f"{in_mathematics(name)}({', '.join(inner(one, loose=True) for one in arguments)})"
        case Quotient(above=above, below=below) if len(list(terms_in(formula))) > _FRACTION and whole:
            text = f"{inner(above, loose=False)} / {inner(below, loose=isinstance(below, FunctionCall))}"
        case Quotient(above=above, below=below):
            return rf"\frac{{{inner(above, loose=True)}}}{{{inner(below, loose=True)}}}"
        case Product(factors=factors):
            return r" \cdot ".join(inner(factor, loose=False) for factor in factors)
        case Sum(terms=(only,)):
            return inner(only, loose=loose)
        case Sum(general=general) if general and not whole:
            text = in_mathematics(general)
        case Sum(terms=terms):
            first, *rest = terms
            others = [inner(term, loose=not isinstance(term, Term)) for term in rest]
            text = " + ".join([inner(first, loose=True), *others])
        case Difference(left=left, right=right):
            text = f"{inner(left, loose=True)} - {inner(right, loose=isinstance(right, Product))}"
    return text if loose else f"({text})"


def _definition(text: str) -> str:
    """Return a definition, which has words and formulas in it."""
    return " ".join(in_text(word) if _WORD.fullmatch(word) else rf"\({in_mathematics(word)}\)" for word in text.split())


def _givens(givens: Sequence[Given]) -> Iterator[str]:
    """Yield given numbers, some of them to a row."""
    yield ""
    yield " \\quad\n".join(
        rf"\mbox{{\({in_mathematics(one.name)} = {in_mathematics(number_text(one.value, FORMULA_DIGITS))}\)}}"
        for one in givens
    )
    yield ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield rf"\begin{{center}}\begin{{tabular}}{{{'l' * len(head)}}}"
    yield f"{' & '.join(head)} \\\\ \\hline"
    yield from (f"{' & '.join(map(in_text, row))} \\\\" for row in rows)
    yield r"\end{tabular}\end{center}"


def _drawing(sheet: Worksheet) -> Iterator[str]:
    """Yield a picture of a small network, by LaTeX's own picture environment."""
    sizes = sheet.sizes
    if max(sizes) > _DRAWN_UNITS or len(sizes) > _DRAWN_LAYERS:
        return
    tallest, last = max(sizes), len(sizes) - 1

    def place(layer: int, unit: int) -> tuple[float, float]:
        return layer * _ACROSS + _RADIUS, (tallest - 1 - unit - (tallest - sizes[layer]) / 2) * _UP + _RADIUS

    yield r"\begin{center}\setlength{\unitlength}{1mm}"
    yield rf"\begin{{picture}}({last * _ACROSS + 2 * _RADIUS},{(tallest - 1) * _UP + 2 * _RADIUS})"
    for layer, (here, above) in enumerate(pairwise(sizes)):
        for i in range(here):
            for j in range(above):
                (x, y), (u, v) = place(layer, i), place(layer + 1, j)
                share = _RADIUS / ((u - x) ** 2 + (v - y) ** 2) ** 0.5  # a line begins and ends at the circles
                x, u, y, v = x + share * (u - x), u - share * (u - x), y + share * (v - y), v - share * (v - y)
                yield rf"\qbezier({x:.2f},{y:.2f})({(x + u) / 2:.2f},{(y + v) / 2:.2f})({u:.2f},{v:.2f})"
    for layer, units in enumerate(sizes):
        names = [one.name for one in sheet.updates[0].samples[0].inputs]
        if layer:
            names = [f"a{layer}[{unit}]" if units > 1 else f"a{layer}" for unit in range(units)]
        for unit, name in enumerate(names):
            x, y = place(layer, unit)
            yield rf"\put({x:.2f},{y:.2f}){{\circle{{{2 * _RADIUS}}}}}"
            yield rf"\put({x:.2f},{y:.2f}){{\makebox(0,0){{\(\scriptstyle {in_mathematics(name)}\)}}}}"
    yield r"\end{picture}\end{center}"
