"""Sentences folded to the width of a terminal; for another program each stays on one line."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

_LEAST = 40  # characters: narrower lines are read worse than those that the terminal breaks


def folded(sentence: str, indent: int) -> str:
    """Return a sentence in lines of the terminal's width, those after the first indented by so many spaces."""
    if not (sys.stdout.isatty() or "COLUMNS" in os.environ):
        return sentence
    width = max(_LEAST, shutil.get_terminal_size().columns)
    return textwrap.fill(
        sentence, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
