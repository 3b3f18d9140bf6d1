"""The error that every room raises where somebody's input cannot be used."""

from __future__ import annotations


class InputError(ValueError):
    """Something typed, written in a file or asked for cannot be used; the text is one sentence for whoever gave it."""
