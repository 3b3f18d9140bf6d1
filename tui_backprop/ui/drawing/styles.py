"""A text as runs of one style, and a style on a ground."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Span, Text

from tui_backprop.ui.theme import RGB, on_ground

StyledText = tuple[str, str | Style]
"""Some text, and its style; empty for none."""


def text_runs(text: Text, console: Console) -> Sequence[StyledText]:
    """Return the runs of a text from left to right.

    One that was appended together has spans that follow one another, and nothing but its own style below them: it is cut at
    their ends. Any other takes rich's way, which is four times as long.
    """
    plain, below = text.plain, text.style
    if not text.spans:
        return [(plain, below)]
    found: list[StyledText] = []
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


@lru_cache(maxsize=4096)
def layered(base: Style, style: str | Style) -> Style:
    """Return a style on that of a ground; the colours of signs and curves are darker on a light one."""
    found = base + _parsed(style)
    ground = found.bgcolor.triplet if found.bgcolor is not None else None
    return found if ground is None else _shaded(found, ground)


def text_on_ground(text: Text, ground: RGB | None) -> Text:
    """Return a text with the same colours that `layered` gives; as it is where colours cannot be shaded."""
    if ground is None:
        return text
    found = text.copy()
    found.spans = [Span(start, end, _shaded(_parsed(style), ground)) for start, end, style in text.spans]
    return found


def _parsed(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style


def _shaded(style: Style, ground: RGB) -> Style:
    """Return a style whose colour is read on a ground."""
    instead = on_ground(style.color.name, ground) if style.color is not None else None
    return style if instead is None else style + Style(color=Color.from_rgb(*instead))
