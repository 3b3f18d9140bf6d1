"""Strings from outside, made harmless once where they come in, and again where the program has the last word."""

from __future__ import annotations

import re
import unicodedata

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, invisible and bidirectional marks, surrogates, line separators
_UNUSUAL = re.compile(r"[^\x20-\x7e\n]")


def clean(text: str, limit: int = 80) -> str:
    """Return `text` with every control, invisible or bidirectional character replaced, and shortened to `limit`."""
    shown = "".join(_REPLACEMENT if is_harmful(c) else c for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def is_harmful(character: str) -> bool:
    """Whether a character may steer a terminal, or make a line look like another one."""
    return unicodedata.category(character) in _HARMFUL


def json_escaped(json_text: str) -> str:
    r"""Return a JSON text with every harmful character inside its strings as `\uXXXX`: the same for every reader.

    >>> json_escaped('"a\u202eb"')
    '"a\\u202eb"'
    """
    return _UNUSUAL.sub(lambda found: _escape(found[0]) if is_harmful(found[0]) else found[0], json_text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
