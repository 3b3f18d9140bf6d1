"""Numbers as people write them: decimal points and commas, marks of thousands, currencies and percent signs."""

from __future__ import annotations

import math
import re
from typing import Literal

Cell = str | float | None
"""A cell of a table: text, or a number or nothing where the file itself tells them apart."""

Mark = Literal["point", "comma"]
"""A decimal mark."""

Kind = Literal["gap", "plain", "point", "comma", "either", "infinite", "text"]
"""What a cell is. `plain` is one number under both marks, `point` or `comma` only under that one, `either` two numbers."""

GAPS = {"", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "?"}
"""Texts that mean that there is no value, in small letters."""

GAPS_AMONG_NUMBERS = {"-", "–", "—", ".", "..", "missing", "unknown"}
"""Texts that mean it in a column of numbers; in a column of text they are values."""

_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_AROUND = re.compile(r"^[$€£¥]\s*(?=[\d+\-−.,])|(?<=[\d.,])\s*[$€£¥%]$|^(?P<sign>[+\-−])[$€£¥](?=\d)")
_SPACES = " \u00a0\u202f'’"
_NUMBER = {
    mark: re.compile(
        rf"[+-]?(?:[1-9]\d{{0,2}}(?P<thousands>[{thousands}{_SPACES}])\d{{3}}(?:(?P=thousands)\d{{3}})*(?:{decimal}\d+)?"
        rf"|(?:\d+(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?)"
    )
    for mark, decimal, thousands in (("point", r"\.", ","), ("comma", ",", r"\."))
}


def is_gap(text: str) -> bool:
    """Whether a text means that there is no value."""
    return text.lower() in GAPS


def number_in(text: str, mark: Mark) -> float | None:
    """Return the number that a text is, with this decimal mark; None where it is none.

    >>> number_in("1.234,5", "comma"), number_in("$1,234.50", "point"), number_in("1 234", "comma")
    (1234.5, 1234.5, 1234.0)
    >>> number_in("1,5", "point") is None
    True
    """
    if mark == "point" and "," not in text:
        plain = _float(text)
        if plain is not None:
            return plain
    text = _AROUND.sub(lambda found: found["sign"] or "", text).replace("−", "-")
    found = _NUMBER[mark].fullmatch(text)
    if found is None:
        return None
    if found["thousands"]:
        text = text.replace(found["thousands"], "")
    return float(text.replace(",", "."))


def _float(text: str) -> float | None:
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def cell_kind(cell: Cell) -> Kind:
    """Tell what a cell is."""
    if not isinstance(cell, str):
        return "gap" if cell is None or math.isnan(cell) else "plain" if math.isfinite(cell) else "infinite"
    if cell.lower() in GAPS:
        return "gap"
    if _AMBIGUOUS.fullmatch(cell):
        return "either"
    plain = _float(cell)
    if plain is not None:
        return "infinite" if not math.isfinite(plain) else "point" if "." in cell else "plain"
    point, comma = number_in(cell, "point"), number_in(cell, "comma")
    if point is None and comma is None:
        return "text"
    if point == comma:
        return "plain"
    if point is None or comma is None:
        return "comma" if point is None else "point"
    return "either"
