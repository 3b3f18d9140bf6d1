"""A script from its wrong line to the floor in a real terminal of 80 by 24, by keys alone."""

from __future__ import annotations

import os
import re
import select
import struct
import subprocess
import sys
import time

import pytest

from tests.own_scripts import ORIGINAL

fcntl, pty, termios = (
    pytest.importorskip(name) for name in ("fcntl", "pty", "termios")
)  # POSIX has terminals like these

ROWS, COLUMNS = 24, 80
_PATIENCE = 120.0  # seconds, on a slow machine
_PART = re.compile(
    r"\x1b\[([?>=]?[0-9;]*)([@-~])|\x1b[PX^_\]].*?(?:\x1b\\|\x07)|\x1b.|([\r\n])|([^\x1b\r\n]+)", re.DOTALL
)


class Terminal:
    """A program in a terminal, and what it has painted there."""

    def __init__(self, folder, *arguments):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui_backprop", *arguments],
            cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._ours = ours
        self._bytes = b""
        self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self._at = (0, 0)

    def press(self, keys):
        """Type, as a terminal sends it."""
        os.write(self._ours, keys.encode())

    def text(self):
        """What is on the screen, its blanks made one."""
        return re.sub(r"\s+", " ", " ".join("".join(row) for row in self.cells))

    def await_text(self, wanted):
        """Read until something is on the screen."""
        end = time.monotonic() + _PATIENCE
        while wanted not in self.text():
            assert time.monotonic() < end, f"{wanted!r} was never on the screen:\n{self.text()}"
            if select.select([self._ours], [], [], 0.2)[0]:
                self._take(os.read(self._ours, 65536))

    def _take(self, read):
        self._bytes += read
        whole = self._bytes.rfind(b"\x1b")  # a sequence may have come in parts
        cut = len(self._bytes) if whole < 0 or len(self._bytes) - whole > 40 else whole
        done, self._bytes = self._bytes[:cut], self._bytes[cut:]
        for match in _PART.finditer(done.decode(errors="ignore")):
            self._draw(match)

    def _draw(self, match):
        row, column = self._at
        numbers, kind, line, text = match.groups()
        if kind == "H":
            row, column = (int(one or 1) - 1 for one in (f"{numbers};".split(";") if numbers else ("1", "1"))[:2])
        elif line == "\r":
            column = 0
        elif line == "\n":
            row += 1
        for character in text or "":
            if row < ROWS and column < COLUMNS:
                self.cells[row][column] = character
            column += 1
        self._at = row, column

    def close(self):
        """End the program, and return its status."""
        try:
            status = self.process.wait(20)
        finally:
            self.process.kill()
            os.close(self._ours)
        return status


def test_from_the_wrong_line_to_the_floor_by_keys_alone(tmp_path):
    """The finding leads to its line; three fixes make the gradients right; the run meets the floor; `q` leaves."""
    (tmp_path / "my_script.py").write_text(ORIGINAL.replace("10000", "2000"), encoding="utf-8")
    terminal = Terminal(tmp_path, "my_script.py")
    try:
        terminal.await_text("✗ 3 wrong lines")
        terminal.press("6\r")
        terminal.await_text("✗ should be ∂L/∂h")
        terminal.await_text("the factor `sigmoid_slope(out)` is missing")
        for left in ("✗ 2 wrong lines", "✗ 1 wrong line", "✓ gradients right"):
            terminal.press("!")
            terminal.await_text(left)
        terminal.press(" ")
        terminal.await_text("update 2,000 of 2,000")
        terminal.press("6")
        terminal.await_text("asked about")
        terminal.press("7")
        terminal.await_text("floor 0.2222")
        terminal.press("q")
    finally:
        status = terminal.close()
    assert status == 0
