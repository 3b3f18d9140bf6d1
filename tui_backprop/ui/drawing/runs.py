"""A text as runs of one style."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.style import Style
from rich.text import Text

Run = tuple[str, str | Style]
"""Some text, and its style; empty for none."""


def text_runs(text: Text, console: Console) -> Sequence[Run]:
    """Return the runs of a text from left to right.

    One that was appended together has spans that follow one another, and nothing but its own style below them: it is cut at
    their ends. Any other takes rich's way, which is four times as long.
    """
    plain, below = text.plain, text.style
    if not text.spans:
        return [(plain, below)]
    found: list[Run] = []
    at = 0
    for start, end, style in text.spans:
        if below or start < at:
            return [(segment.text, segment.style or "") for segment in text.render(console)]
        if start > at:
            found.append((plain[at:start], ""))
        if end > start:
            found.append((plain[start:end], style))
        at = end
    if at < len(plain):
        found.append((plain[at:], ""))
    return found
