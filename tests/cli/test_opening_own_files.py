"""`tui-backprop my_net.py` from outside: what does not go with it is one line and status 2."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from tests.own_files import RIGHT


def call(folder, *arguments, **streams):
    return subprocess.run(
        [sys.executable, "-m", "tui_backprop", *arguments],
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
        **streams,
    )


REFUSED = {
    "no terminal": (["my_net.py"], "the screen of a file needs a terminal; without one, use `tui-backprop check`"),
    "a recipe": (
        ["my_net.py", "--lr", "3", "--hidden", "2"],
        "--hidden, --lr: my_net.py has a network, data and formulas",
    ),
    "no time": (["my_net.py", "--timeout", "0"], "expected a number of seconds above 0"),
    "a data set": (["parity", "--timeout", "3"], "--timeout is for a file of your own, NAME.py"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_go_with_it_is_one_line(tmp_path, what):
    """And it says what to do instead."""
    arguments, sentence = REFUSED[what]
    (tmp_path / "my_net.py").write_text(RIGHT, encoding="utf-8")
    done = call(tmp_path, *arguments, capture_output=True)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


BROKEN = {
    "missing": (None, "my_net.py: there is no such file"),
    "syntax": ("def f(:\n", "my_net.py:1: not valid Python"),
    "endless": (f"{RIGHT}\nwhile True:\n    pass\n", "it did not end within 1 s"),
    "no update": (RIGHT.replace("def backward", "def back"), "neither backward(parameters, x, y) nor update"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_cannot_be_used_opens_nothing(tmp_path, what):
    """One line, status 2, before anything is painted, also where there is no whole terminal."""
    text, sentence = BROKEN[what]
    if text is not None:
        (tmp_path / "my_net.py").write_text(text, encoding="utf-8")
    ours, theirs = pty.openpty()
    try:
        done = call(tmp_path, "my_net.py", "--timeout", "1", stdin=theirs, stdout=theirs, stderr=subprocess.PIPE)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
