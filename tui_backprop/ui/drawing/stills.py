"""Still pictures of what is on the screen: SVG, PNG and text, taken at once and drawn when one is chosen."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rich.console import Console
from rich.segment import Segment, Segments
from textual.strip import Strip

from tui_backprop.core.errors import InputError
from tui_backprop.ui.drawing.fonts import NAMED, font_options

_REMOTE = re.compile(r"@font-face\s*\{[^}]*\}\s*")


@dataclass(frozen=True, eq=False)
class Still:
    """The whole screen or one panel as it was at one moment, to be written in one form."""

    title: str
    """What it shows."""
    name: str
    """What its file is to be called."""
    form: Literal["SVG", "PNG", "text"]
    seen: str | tuple[Strip, ...]
    """A screen as SVG, or the lines of a panel, which alone can be text."""

    @property
    def suffix(self) -> str:
        """How the file's name ends, without the dot."""
        return {"SVG": "svg", "PNG": "png", "text": "txt"}[self.form]

    def content(self) -> bytes:
        """Return what is written.

        Raises:
            InputError: it cannot be drawn here; the text says what to do.
        """
        if self.form == "text" and not isinstance(self.seen, str):
            return screen_text(self.seen).encode()
        svg = offline(self.seen) if isinstance(self.seen, str) else svg_of(self.seen, self.title)
        return png_of(svg) if self.form == "PNG" else svg.encode()


def offline(svg: str) -> str:
    """Return an SVG that asks no server for a font: it names those that may be there instead."""
    return _REMOTE.sub("", svg).replace("Fira Code, monospace", NAMED)


def svg_of(strips: Iterable[Strip], title: str) -> str:
    """Return lines of a screen as SVG, in a window with a title."""
    lines = list(strips)
    console = Console(
        width=max((strip.cell_length for strip in lines), default=1),
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        _environ={},  # the lines have no colours already where the environment says NO_COLOR
    )
    segments = [segment for strip in lines for segment in (*strip, Segment.line())]
    console.print(Segments(segments[:-1]))
    return offline(console.export_svg(title=title))


def screen_text(strips: Iterable[Strip]) -> str:
    """Return lines of a screen as text, without what is blank at their ends."""
    return "".join(f"{strip.text.rstrip()}\n" for strip in strips)


def png_of(svg: str) -> bytes:
    """Return an SVG as PNG, with a font that the system has.

    Raises:
        InputError: what draws it is not installed, or cannot draw it, or there is no font; the text says what to do.
    """
    try:
        import resvg_py  # an extra: only PNG needs it  # noqa: PLC0415
    except ImportError:
        raise InputError(
            "a PNG needs the extra png: pip install 'tui-backprop[png]'; SVG and text need nothing"
        ) from None
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, **font_options(resvg_py.svg_to_bytes)))
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"this picture cannot be drawn as PNG: {error}") from None
