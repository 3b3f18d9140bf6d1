"""A Python source in colours, line by line, by Textual's own highlighting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.highlight import highlight
from textual.style import Style

from tui_backprop.ui.theme import Colors

_SIXTEEN = {"$text-accent": "magenta", "$text-warning": "yellow", "$text-success": "green", "$text-error": "cyan"}
_WEIGHTS = ("bold", "italic")


def source_lines(text: str, colors: Colors, variables: Mapping[str, str]) -> Sequence[Text]:
    """Return the lines of a source, styled for what can be drawn with; `variables` are the theme's."""
    content = highlight(text, language="python")
    whole = Text(content.plain, no_wrap=True)
    for span in content.spans:
        style = _style(str(span.style), colors, variables)
        if style is not None:
            whole.stylize(style, span.start, span.end)
    return list(whole.split("\n", allow_blank=True))


def _style(name: str, colors: Colors, variables: Mapping[str, str]) -> str | None:
    """Return a style of Textual's as rich's; None for the plain text's own."""
    if name.startswith("$text 60"):
        return "dim"
    if name.startswith("$text ") or name in ("$text", ""):
        return None
    words = [word for word in name.split() if word in _WEIGHTS]
    if colors == "full":
        found = Style.parse(name.replace(" underline", ""), dict(variables)).rich_style
        color = found.color.name if found.color is not None else ""
        return " ".join([*words, color]) or None
    if colors == "sixteen":
        words += [color for variable, color in _SIXTEEN.items() if name.startswith(variable)]
    return " ".join(words) or None
