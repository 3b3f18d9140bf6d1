"""The signs that the program prints, where a terminal, a pipe or a file has ASCII or another small set of characters."""

from __future__ import annotations

import codecs
import re

PLAIN = "tui_backprop.plain"
"""The name of the error handler that writes a sign in ASCII."""

_SIGNS = {
    **{"−": "-", "⁻": "-", "–": "-", "→": "->", "←": "<-", "…": "...", "·": "*", "×": "x", "≤": "<=", "≥": ">="},
    **{"✓": "+", "✗": "x", "∂": "d", "′": "'", "∞": "inf", "√": "sqrt"},
}
_GREEK = r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)"


def ascii_sign(character: str) -> str:
    """Return a sign in ASCII: `−` as `-`, `η` as `eta`, `²` as `2`; `?` where nothing is like it.

    >>> ascii_sign("η"), ascii_sign("ŷ"), ascii_sign("−"), ascii_sign("漢")
    ('eta', 'y', '-', '?')
    """
    if character in _SIGNS:
        return _SIGNS[character]
    import unicodedata  # noqa: PLC0415  (most terminals have every sign)

    letter = re.match(_GREEK, unicodedata.name(character, ""))
    if letter:
        return letter[1].lower()
    parts = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return parts or "?"


def _written_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(ascii_sign, error.object[error.start : error.end])), error.end


codecs.register_error(PLAIN, _written_plainly)
