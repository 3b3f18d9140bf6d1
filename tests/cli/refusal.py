"""What a command that cannot be done has to look like."""

from __future__ import annotations

from tui_backprop.cli.main import main


def refused(capsys, *arguments):
    """Return the one line that a usage or input error ends in."""
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    return printed.err
