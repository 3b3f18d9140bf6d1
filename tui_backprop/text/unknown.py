"""A name that is not known: what to say of it."""

from __future__ import annotations

from collections.abc import Iterable

from tui_backprop.text.cleaning import clean

_NAMED = 40  # names that are listed


def unknown(what: str, name: str, known: Iterable[str], *, known_as: str = "available", near: float = 0.6) -> str:
    """Say that a name is unknown, and which one is meant, or else which ones there are.

    >>> unknown("lesson", "xro", ["xor", "rate"]), unknown("name", "w9", ["a", "b"])
    ('unknown lesson xro; did you mean xor?', 'unknown name w9; available: a, b')
    """
    from difflib import get_close_matches  # noqa: PLC0415  (of use where something is misspelt)

    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=near)
    listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    return f"unknown {what} {clean(name)}; " + (f"did you mean {close[0]}?" if close else f"{known_as}: {listed}")
