"""A pseudo-terminal on which a benchmark shows something; what is drawn is read and dropped, as fast as it comes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
from collections.abc import Callable


def on_a_terminal(size: tuple[int, int], show: Callable[[], None]) -> None:
    """Call `show` in a process of its own, on a terminal of so many columns and rows, and wait for its end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        fcntl.ioctl(sys.stdout.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        show()
        os._exit(0)
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:  # the terminal's other end is closed
                break
    os.close(terminal)
