"""A mistake of the program's own ends it in one line, with status 70 and a file that has the traceback."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tui_backprop.cli import main as main_module
from tui_backprop.core.errors import require

BROKEN_RUN = (
    "import tui_backprop.cli.datasets as broken\ndef fall(*_):\n    raise LookupError('such\\x1b[31m a\\nthing')\n"
)
BROKEN_APP = """\
from tui_backprop.ui.app import TrainerApp
def fall(*_):
    raise LookupError('such a thing')
TrainerApp.action_log_axis = fall
"""
BROKEN_TASK = "from tui_backprop.session.session import Session\nSession.run = lambda *_, **__: [][0]\n"


def program(setup, *arguments):
    """Return what runs the program with something in it broken."""
    call = f"import sys\nfrom tui_backprop.cli.main import main\nsys.exit(main({list(arguments)!r}))"
    return [sys.executable, "-c", f"{setup}{call}"]


def told(text, folder):
    """Return the traceback that the one line names."""
    assert len(text.splitlines()) == 1, text
    path = Path(re.search(r"the traceback is in (\S+)", text)[1])
    assert path.parent == folder
    return path.read_text(encoding="utf-8")


def test_a_command_that_falls_is_one_line_and_names_its_traceback(tmp_path):
    """Without a home as well; what the error says is cleaned."""
    setup = f"{BROKEN_RUN}broken.main = fall\n"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path / "nowhere")}
    done = subprocess.run(
        program(setup, "datasets"), capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr.startswith("error: tui-backprop crashed (LookupError: such")
    assert "\x1b" not in done.stderr
    assert "in fall\nLookupError: such" in told(done.stderr, tmp_path)


def test_where_nothing_can_be_written_it_is_still_one_line(tmp_path):
    """The line says so; the status is the same."""
    setup = f"import tempfile\ntempfile.tempdir = {str(tmp_path / 'nowhere')!r}\n{BROKEN_RUN}broken.main = fall\n"
    done = subprocess.run(program(setup, "datasets"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 70
    assert len(done.stderr.splitlines()) == 1
    assert "the traceback cannot be written: No such file or directory" in done.stderr


def in_a_terminal(command, environment, keys):
    """Run a command in a terminal of its own, press keys once it has drawn; return its status and what it wrote."""
    terminal, its_end = pty.openpty()
    fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(command, stdin=its_end, stdout=its_end, stderr=its_end, env=environment)
    os.close(its_end)
    seen = b""
    with contextlib.suppress(OSError):  # its end is closed once it has ended
        while part := os.read(terminal, 65536):
            seen += part
            if keys and b"Loss" in seen:
                os.write(terminal, keys)
                keys = b""
    os.close(terminal)
    return process.wait(timeout=60), seen.decode(errors="replace").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("setup", "keys", "where"), [(BROKEN_APP, b"y", "in fall"), (BROKEN_TASK, b" ", "in <lambda>")]
)
def test_the_app_gives_the_terminal_back_and_ends_like_any_command(tmp_path, setup, keys, where):
    """It falls in a key, or in the training that goes on beside the keys: one line, 70, and the traceback in the file."""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TERM": "xterm-256color"}
    status, seen = in_a_terminal(program(setup, "parity"), environment, keys)
    assert status == 70
    left = seen.rpartition("\x1b[?1049l")[2]  # from here on there is the screen that was there before the app
    assert where in told(left[left.index("error: ") :], tmp_path)
    assert "Traceback" not in seen


def test_a_program_that_lacks_an_entry_refuses_with_a_sentence(monkeypatch, capsys):
    """One line that names what is missing, and no traceback."""

    def load(_command):
        require("Step's formulas of optimizers", ["sgd"], ["sgd", "lion"])

    monkeypatch.setattr(main_module, "_load", load)
    assert main_module.main(["run"]) == 70
    assert capsys.readouterr().err == (
        "error: tui-backprop is incomplete: Step's formulas of optimizers: no entry for lion\n"
    )
