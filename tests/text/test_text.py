"""Strings from outside, and signs where there are few: what the examples in the sources say."""

from __future__ import annotations

import doctest
import json

import pytest

from tui_backprop.text import cleaning, plain
from tui_backprop.text.cleaning import clean, json_escaped


@pytest.mark.parametrize("module", [cleaning, plain], ids=lambda module: module.__name__)
def test_examples(module):
    """Each has some, and they hold."""
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_escaped_json_is_the_same_json():
    """Every character of Unicode's first two planes survives, and none is left that is harmful."""
    text = "".join(map(chr, range(0x20000)))
    printed = json_escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(printed) == json.loads(json.dumps(text))
    assert not any(map(cleaning.is_harmful, printed))


def test_clean_is_short_and_harmless():
    """What is left out is seen."""
    assert clean("a\x1b\u202e\udc80b") == "a���b"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
