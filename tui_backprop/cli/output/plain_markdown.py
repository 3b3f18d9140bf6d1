"""Markdown as plain text for a terminal: the part of Markdown that the manual is written in."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterator

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")
_EMPHASIS = re.compile(r"\*{1,2}([^*`]+)\*{1,2}")
_ITEM = re.compile(r"(\s*)([-*]|\d+\.) +")
_CELL = re.compile(r"(?<!\\)\|")
_GAP = "  "  # between the columns of a table


def plain_lines(markdown: str, width: int, *, bold: bool = False) -> Iterator[str]:
    """Give the lines of a text, wrapped at `width`: headings, paragraphs, lists, tables and code. Pictures are left out."""
    for block in _blocks(markdown):
        if block[0].startswith("```"):
            lines = ["  " + line if line else "" for line in block[1:-1]]
        elif block[0].startswith("#"):
            lines = _heading(_inline(block[0].lstrip("# ")), bold=bold)
        elif block[0].startswith("|"):
            lines = _table(block, width)
        elif block[0].lstrip().startswith("!["):
            continue
        else:
            lines = [line for part in _items(block) for line in _wrapped(part, width)]
        yield from lines
        yield ""


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Give the blocks, each a list of lines: blank lines part them, but for those inside code."""
    block: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            if fenced and block:
                yield block
                block = []
        if line or fenced:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _heading(text: str, *, bold: bool) -> list[str]:
    return [f"\x1b[1m{text}\x1b[0m"] if bold else [text, "─" * len(text)]


def _inline(text: str) -> str:
    """Return a text without the signs of links and emphasis; a link to another page says how to read it here."""

    def named(match: re.Match[str]) -> str:
        label, target = match[1], match[2]
        if target.endswith(".md") and "/" not in target:
            return f"{label} (`tui-backprop help {target.removesuffix('.md')}`)"
        return label

    return _EMPHASIS.sub(r"\1", _LINK.sub(named, text)).replace("\\|", "|")


def _items(block: list[str]) -> Iterator[str]:
    """Give a paragraph, or the items of a list, each as one line that begins with its indent and its mark."""
    item = ""
    for line in block:
        if _ITEM.match(line) and item:
            yield item
            item = ""
        item = f"{item} {line.strip()}" if item else line
    yield item


def _wrapped(item: str, width: int) -> list[str]:
    mark = _ITEM.match(item)
    indent = " " * len(mark[0]) if mark else item[: len(item) - len(item.lstrip())]
    return textwrap.wrap(_inline(item), width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def _table(block: list[str], width: int) -> list[str]:
    """Set a table in columns; what is too wide for its column is wrapped, and then a blank line parts the rows."""
    rows = [[_inline(cell.strip()) for cell in _CELL.split(line.strip()[1:-1])] for line in block]
    del rows[1]  # the line below the heads
    widths = _widths([max(map(len, column)) for column in zip(*rows, strict=True)], width)
    heads, *others = (_row(row, widths) for row in rows)
    apart = any(len(row) > 1 for row in others)
    lines = [*heads, _GAP.join("─" * size for size in widths)]
    for number, row in enumerate(others):
        lines += ["", *row] if apart and number else row
    return lines


def _widths(needed: list[int], width: int) -> list[int]:
    """Share `width` among the columns: each gets what it needs, or else as much as the others that get too little."""
    room = width - len(_GAP) * (len(needed) - 1)
    widths = list(needed)
    for left, i in zip(range(len(needed), 0, -1), sorted(range(len(needed)), key=needed.__getitem__), strict=True):
        widths[i] = min(needed[i], max(1, room // left))
        room -= widths[i]
    return widths


def _row(row: list[str], widths: list[int]) -> list[str]:
    cells = [textwrap.wrap(cell, size, break_on_hyphens=False) for cell, size in zip(row, widths, strict=True)]
    return [
        _GAP.join(part.ljust(size) for part, size in zip(parts, widths, strict=True)).rstrip()
        for parts in itertools.zip_longest(*cells, fillvalue="")
    ]
