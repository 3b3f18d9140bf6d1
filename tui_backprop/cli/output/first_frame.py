"""What is seen of the trainer while NumPy, Textual and the session are loaded: its header, the panels' titles, "loading".

It is written straight to the terminal, on the other screen that the app then takes over, a few hundredths of a second after
Python has begun.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tui_backprop.text.cleaning import clean
from tui_backprop.ui.layout import LISTS, PANELS, PLACES, Layout, layout_for

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"  # the other screen, no cursor, nothing on it
_LEAVE = "\x1b[?25h\x1b[?1049l"
_BARS = 4  # rows of the header and below the panels, about
_NUMBERS = ("parameters", "gradients")  # they lie below the others


@contextmanager
def first_frame(source: str) -> Iterator[None]:
    """Show the frame where there is a terminal; where what is done meanwhile fails the terminal is left as it was."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    shown = not os.environ.get("TEXTUAL_DRIVER") and all(stream.isatty() for stream in streams)
    if not shown:
        yield
        return
    _write(_ENTER + "\r\n".join(frame_lines(clean(source, 20), *_size())))
    try:
        yield
    except BaseException:
        _write(_LEAVE)
        raise


def frame_lines(source: str, columns: int, rows: int) -> list[str]:
    """Return the lines of the frame for a terminal of that size, none wider than it."""
    head = f" tui-backprop · {source}"
    header = f"{head}{'loading '.rjust(max(0, columns - len(head)))}"[:columns]
    layout = layout_for(columns, rows)
    lines = [header]
    names = {panel.id: panel.name for panel in PANELS}
    in_rows = [[names[name] for name in row] for row in _rows(layout)]
    for place, row in enumerate(in_rows):
        below = len(in_rows) - 1
        height = rows - _BARS if not below else LISTS if place == below else (rows - _BARS - LISTS) // below
        lines += _boxes(row, columns // max(len(row), len(in_rows[0])), height)
    return lines[:rows]


def _rows(layout: Layout) -> list[list[str]]:
    """Return the panels that are in front at the start, row by row."""
    front = [place[0] for place in PLACES[layout]]
    charts, each = [name for name in front if name not in _NUMBERS], 3 if layout == "large" else 2
    numbers = [name for name in front if name in _NUMBERS]
    return [*(charts[at : at + each] for at in range(0, len(charts), each)), *filter(None, [numbers])]


def _boxes(titles: Sequence[str], width: int, height: int) -> list[str]:
    inside = " " * (width - 2)
    top = "".join(f"╭{f'─ {title} '.ljust(width - 2, '─')}╮" for title in titles)
    return [top, *([f"│{inside}│" * len(titles)] * (height - 2)), f"╰{'─' * (width - 2)}╯" * len(titles)]


def _size() -> tuple[int, int]:
    try:
        return os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):
        return (80, 24)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
