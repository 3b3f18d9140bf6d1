"""A font to draw a PNG with: the one that the picture names, or any that this machine has."""

from __future__ import annotations

import os
import re
import struct
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from tui_backprop.core.errors import InputError

NAMED = "Fira Code, Cascadia Mono, DejaVu Sans Mono, Menlo, Consolas, monospace"
"""The families that pictures name, the last of them generic."""

_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/System/Library/Fonts",
    "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
_MONOSPACED = re.compile(r"mono|code|consol|courier|menlo|typewriter", re.IGNORECASE)
_MOST = 5_000  # files that are looked at
_TRIED = 8  # fonts that are tried
_TEXT = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>{}</svg>"
_WORD = f"<text y='15' font-family='{NAMED}'>Mw</text>"

Draw = Callable[..., list[int] | bytes]
"""`resvg_py.svg_to_bytes`."""


@lru_cache(maxsize=4)
def font_options(draw: Draw) -> dict[str, Any]:
    """Return what `draw` needs besides an SVG so that its text is drawn, which it leaves out where it knows no font.

    Raises:
        InputError: there is no font; the text says what to do.
    """
    blank = bytes(draw(svg_string=_TEXT.format("")))
    for options in _candidates():
        if bytes(draw(svg_string=_TEXT.format(_WORD), **options)) != blank:
            return options
    raise InputError(
        "a PNG needs a font and this machine has none: install one, such as DejaVu Sans Mono; SVG and text need none"
    )


def _candidates() -> Iterator[dict[str, Any]]:
    """Yield the system's fonts as they are, then single files, the monospaced first."""
    yield {}
    files = sorted(islice(_font_files(), _MOST), key=lambda path: (not _MONOSPACED.search(path.name), len(path.name)))
    for path in files[:_TRIED]:
        family = family_of(path)
        if family:
            yield {"font_files": [str(path)], "monospace_family": family}


def _font_files() -> Iterator[Path]:
    """Yield the files of fonts in the usual folders, and in a package that brings some."""
    folders = [Path(os.path.expanduser(folder)) for folder in _FOLDERS]  # noqa: PTH111  (a home that is not there is none)
    plots = sys.modules.get("matplotlib") or find_spec("matplotlib")
    origin = getattr(plots, "origin", None) or getattr(plots, "__file__", None)
    if origin:
        folders.append(Path(origin).parent / "mpl-data" / "fonts" / "ttf")
    for folder in folders:
        for where, _, names in os.walk(folder):
            yield from (Path(where) / name for name in names if name.lower().endswith((".ttf", ".otf")))


def family_of(path: Path) -> str:
    """Return the family that a TrueType or OpenType font says it is of; empty where it cannot be read."""
    try:
        data = path.read_bytes()
        tables = struct.unpack_from(">H", data, 4)[0]
        for i in range(tables):
            tag, _, start, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * i)
            if tag == b"name":
                return _family_in(data, start)
    except (OSError, struct.error, UnicodeDecodeError):
        pass
    return ""


def _family_in(data: bytes, start: int) -> str:
    """Read the family, name 1 of Windows' names, from the table at `start`."""
    _, count, texts = struct.unpack_from(">HHH", data, start)
    for i in range(count):
        platform, _, _, name, length, offset = struct.unpack_from(">HHHHHH", data, start + 6 + 12 * i)
        if (platform, name) == (3, 1):
            at = start + texts + offset
            return data[at : at + length].decode("utf-16-be")
    return ""
