"""Strings from outside, and signs where there are few."""

from __future__ import annotations

import json

from tui_backprop.text.cleaning import clean, is_harmful, json_escaped


def test_escaped_json_is_the_same_json():
    """Every character of Unicode's first two planes survives, and none is left that is harmful."""
    text = "".join(map(chr, range(0x20000)))
    printed = json_escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(printed) == json.loads(json.dumps(text))
    assert not any(map(is_harmful, printed))


def test_clean_is_short_and_harmless():
    """What is left out is seen."""
    assert clean("a\x1b\u202e\udc80b") == "a���b"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
