"""What is seen of the trainer before it is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui_backprop.cli.output.first_frame import frame_lines
from tui_backprop.ui.layout import PANELS, PLACES, layout_for

UNTIL_NUMPY = """
import io, sys
class Terminal(io.StringIO):
    def isatty(self): return True
seen = Terminal()
class Watch:
    def find_spec(self, name, *_):
        if name in ("numpy", "textual"):
            print("BEFORE", repr(seen.getvalue()), file=real)
            raise KeyboardInterrupt
real, sys.stdin, sys.stdout, sys.stderr = sys.stdout, Terminal(), Terminal(), seen
from tui_backprop.cli.main import main
sys.meta_path.insert(0, Watch())
print("STATUS", main([]), file=real)
print("AFTER", repr(seen.getvalue()), file=real)
"""
"""Opens the trainer on a terminal that notes what it is sent, and interrupts it where NumPy or Textual would be loaded."""


def test_the_first_frame_is_there_before_numpy_and_textual_and_goes_where_the_start_fails():
    """You should see the header, the titles of the panels and that it is loading; after ^C the shell is as it was."""
    done = subprocess.run([sys.executable, "-c", UNTIL_NUMPY], capture_output=True, text=True, check=True, timeout=60)
    before, status, after = done.stdout.splitlines()
    for word in ("tui-backprop", "loading", "Loss", "Parameters", "Gradients"):
        assert word in before
    assert status == "STATUS 130"
    assert before.removeprefix("BEFORE ").rstrip("'") in after
    assert r"\x1b[?25h\x1b[?1049l" in after
    assert "interrupted" in after


@pytest.mark.parametrize("size", [(20, 5), (60, 18), (80, 24), (120, 36), (200, 60)])
def test_the_first_frame_has_the_titles_of_its_layout_and_fits(size):
    """Whatever the terminal, nothing is wider or higher than it, and the panels in front are named."""
    columns, rows = size
    lines = frame_lines("parity", columns, rows)
    assert len(lines) <= rows
    assert all(len(line) <= columns for line in lines)
    names = {panel.id: panel.name for panel in PANELS}
    for place in PLACES[layout_for(columns, rows)]:
        assert f"─ {names[place[0]]} ─" in "\n".join(lines)
