"""What came of a check, in words: the lines that the command prints and the screen shows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from tui_backprop.scripts.clinic.checkup import Checkup, ParameterCheck, Verdict
from tui_backprop.text.minus import minus

_ROWS = 40  # parameters that the table lists at the most, the wrong ones first
_NAME = 24  # cells of a parameter's name at the most
_MARKS = {"right": "✓ right", "scaled": "~ scaled", "wrong": "✗ wrong", "unsure": "? cannot tell"}

_FACTORS = re.compile(r"(?<=[·\s])")  # where a formula may be cut

SpanKind = Literal["", "right", "scaled", "wrong", "formula"]


class Span(NamedTuple):
    """A part of a line."""

    text: str
    kind: SpanKind = ""
    """What it says, for the painter: a verdict, or the formula as it should be."""


SpanLine = tuple[Span, ...]


def checkup_text(checkup: Checkup, width: int) -> tuple[SpanLine, ...]:
    """Return the lines, none wider than `width` columns where names and formulas allow it."""
    return tuple(_lines(checkup, width))


def _word(checkup: Checkup) -> Span:
    wrong = [one for one in checkup.mistakes if not one.harmless]
    mistakes = f": {len(wrong)} mistake{'' if len(wrong) == 1 else 's'}" if wrong else ""
    texts = {"right": "✓ right", "scaled": "~ scaled", "wrong": f"✗ wrong{mistakes}", "unchecked": "could not check"}
    kinds: dict[Verdict, SpanKind] = {"right": "right", "scaled": "scaled", "wrong": "wrong", "unchecked": ""}
    return Span(texts[checkup.verdict], kinds[checkup.verdict])


def _but(checkup: Checkup) -> str:
    return ", but in a trial it did not learn its data" if checkup.learns is False else ""


_MEANING = {
    "right": ": every gradient is the one of the loss",
    "scaled": ": every gradient is a multiple of the right one, which is harmless",
}


def _lines(checkup: Checkup, width: int) -> Iterator[SpanLine]:
    recognised = "" if checkup.recognised is None else f": {checkup.recognised.line}"
    yield from _wrapped(f"{checkup.file}{recognised}", width)
    yield ()
    if checkup.parameters:
        yield from _table(checkup.parameters, width)
        yield ()
    word = _word(checkup)
    for line in _wrapped(word.text + _MEANING.get(checkup.verdict, "") + _but(checkup), width):
        yield tuple(Span(span.text, word.kind) for span in line)
    for number, mistake in enumerate(sorted(checkup.mistakes, key=lambda one: one.harmless), start=1):
        yield ()
        yield from _wrapped(mistake.sentence, width, f"{number}. ")
        yield from _formula("as it is", Span(mistake.formula_as_is), width)
        yield from _formula("right", Span(mistake.formula_right, "formula"), width)
    for note in checkup.notes:
        yield ()
        yield from _wrapped(note, width)


def _wrapped(text: str, width: int, bullet: str = "") -> list[SpanLine]:
    lines = textwrap.wrap(
        text, width, initial_indent=bullet, subsequent_indent=" " * len(bullet), break_on_hyphens=False
    )
    return [(Span(line),) for line in lines]


def _formula(what: str, formula: Span, width: int) -> Iterator[SpanLine]:
    """Yield a formula behind what it is; one that is too long goes on below, after a factor or a term."""
    head = f"   {what:<9}"
    line = ""
    for part in _FACTORS.split(formula.text):
        if line and len(head) + len(line) + len(part.rstrip()) > width:
            yield Span(head), formula._replace(text=line)
            head, line = " " * len(head), ""
        line += part
    yield Span(head), formula._replace(text=line)


def _table(parameters: Sequence[ParameterCheck], width: int) -> Iterator[SpanLine]:
    """Yield a line for each parameter: the entry that is furthest off, in both versions, and the verdict.

    Where there is no room for it, the relative error is left out.
    """
    order = ("wrong", "scaled", "unsure", "right")
    shown = (
        sorted(parameters, key=lambda one: order.index(one.verdict))[:_ROWS] if len(parameters) > _ROWS else parameters
    )
    name = min(max(len("parameter"), *(len(one.entry) for one in shown)), _NAME)
    error = name + 46 + max(len(_verdict(one)) for one in shown) <= width
    head = f"{'parameter':<{name}}  {'yours':>12}  {'numeric':>12}"
    yield (Span(head + (f"  {'relative error':>14}" if error else "")),)
    for one in shown:
        numbers = f"{one.entry:<{name}}  {one.theirs:>+12.5g}  {one.numeric:>+12.5g}"
        numbers += f"  {one.relative_error:>14.1e}" if error else ""
        yield (
            Span(minus(f"{numbers}  ")),
            Span(_verdict(one), "" if one.verdict == "unsure" else one.verdict),
        )
    if len(parameters) > len(shown):
        yield (Span(f"and {len(parameters) - len(shown):,} more"),)


def _verdict(one: ParameterCheck) -> str:
    """Return a parameter's mark and, where it is a multiple of the right one, by what."""
    scaled = one.verdict in ("scaled", "wrong") and one.scale is not None
    return minus(_MARKS[one.verdict] + (f" ×{one.scale:.4g}" if scaled else ""))
