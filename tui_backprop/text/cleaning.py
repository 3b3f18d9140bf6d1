"""Strings from outside, made harmless once where they come in."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, invisible and bidirectional marks, surrogates, line separators


def clean(text: str, limit: int = 80) -> str:
    """Return `text` with every control, invisible or bidirectional character replaced, and shortened to `limit`."""
    shown = "".join(_REPLACEMENT if unicodedata.category(c) in _HARMFUL else c for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
