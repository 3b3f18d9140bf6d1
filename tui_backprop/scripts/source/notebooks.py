"""Notebooks as scripts: their code cells in order, and places told as cell and line."""

from __future__ import annotations

import difflib
import json
import re

_MAGIC = re.compile(r"^\s*[%!?]|^\s*\w+\s*=\s*!|\?\s*$")


def cells_of(text: str) -> list[tuple[int, list[str]]] | None:
    """Return the code cells of a notebook, numbered from 1 among themselves; None where the text is no notebook."""
    try:
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        out = []
        for number, cell in enumerate(cells, start=1):
            source = cell["source"]
            out.append((number, ("".join(source) if isinstance(source, list) else str(source)).splitlines()))
    except (ValueError, KeyError, TypeError):
        return None
    return out


def joined(cells: list[tuple[int, list[str]]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the cells as one text, and for each of its lines the cell and the line in it."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for number, cell in cells:
        foreign = bool(cell) and cell[0].lstrip().startswith("%%")
        for at, line in enumerate(cell, start=1):
            magic = foreign or _MAGIC.search(line) is not None
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}pass  # {line.strip()}" if magic and not foreign else "" if foreign else line)
            places.append((number, at))
    return "\n".join(lines) + "\n", tuple(places)


def with_cells(text: str, cells: tuple[tuple[int, int], ...]) -> str:
    """Return a sentence in which `line 34` is the cell and the line in it."""

    def one(number: str) -> str:
        n = int(number)
        return "cell {}, line {}".format(*cells[n - 1]) if 0 < n <= len(cells) else f"line {number}"

    def run(match: re.Match[str]) -> str:
        first, last = match[1], match[2]
        if first is None:
            return one(match[0])
        (cell, a), (other, b) = (cells[min(int(n), len(cells)) - 1] for n in (first, last))
        return f"cell {cell}, lines {a}-{b}" if cell == other else f"{one(first)} to {one(last)}"

    return _LINES.sub(lambda match: re.sub(r"(\d+)-(\d+)|\d+", run, match[1]), text)


def rewritten(original: str, before: str, after: str, cells: tuple[tuple[int, int], ...]) -> str:
    """Return a notebook with the changes between two joined texts in its cells, and all else in it as it was."""
    book = json.loads(original)
    old, new = before.split("\n")[: len(cells)], after.split("\n")
    if new and not new[-1]:
        new.pop()
    lines: dict[int, list[str]] = {number: [] for number, _ in cells}
    raw = dict(cells_of(original) or [])
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for at in range(i1, i2):
                cell, line = cells[at]
                lines[cell].append(raw[cell][line - 1])
        else:
            lines[cells[min(i1, len(cells) - 1)][0]] += new[j1:j2]
    codes = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    for number, body in lines.items():
        if body != raw[number]:
            whole, cell = "\n".join(body), codes[number - 1]
            cell["source"] = whole.splitlines(keepends=True) if isinstance(cell["source"], list) else whole
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


_LINES = re.compile(r"\blines? (\d+(?:(?:, | and |-)\d+)*)")
