"""What the tests of data sets share."""

from __future__ import annotations

import pytest

from tui_backprop.datasets.reading import TableOptions
from tui_backprop.datasets.source import open_source


@pytest.fixture
def table(tmp_path):
    """Write a file and read it."""

    def read(content, name="my.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_source(str(path), TableOptions(**options))

    return read
