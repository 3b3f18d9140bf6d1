"""Notebooks as scripts: their code cells in order, and places told as cell and line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui_backprop.scripts.source import Source

_MAGIC = re.compile(r"^\s*[%!?]|^\s*\w+\s*=\s*!|\?\s*$")


def cells_of(text: str) -> list[tuple[int, list[str]]] | None:
    """Return the code cells of a notebook, each with its number from 1; None where the text is no notebook."""
    try:
        cells = json.loads(text)["cells"]
        out = []
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "code":
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


def place_of(answer: dict[str, Any], source: Source) -> dict[str, Any]:
    """Return the JSON of an answer with cells beside lines, where the source is a notebook."""
    if not source.cells:
        return answer

    def placed(thing: Any) -> Any:
        if isinstance(thing, list):
            return [placed(one) for one in thing]
        if not isinstance(thing, dict):
            return thing
        out = {key: placed(value) for key, value in thing.items()}
        line = out.get("line")
        if isinstance(line, int) and 0 < line <= len(source.cells):
            out["file"] = out.get("file", source.name)
            out["cell"], out["line"] = source.cells[line - 1]
        if isinstance(out.get("lines"), list):
            out["lines"] = [
                source.cells[n - 1][1] if isinstance(n, int) and 0 < n <= len(source.cells) else n for n in out["lines"]
            ]
        return out

    return placed(answer)  # type: ignore[no-any-return]
