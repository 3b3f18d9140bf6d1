"""How a table is refused."""

from __future__ import annotations

import pytest

from tui_backprop.datasets.dataset import SourceError


def refusal(read, *arguments, **options):
    """Return the one line with which a table is refused."""
    with pytest.raises(SourceError) as caught:
        read(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)
