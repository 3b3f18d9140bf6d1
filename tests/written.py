"""Texts for readers, tried as a reader would: each command that is written in them is run, and each link is followed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import re
import shlex
import sys
from pathlib import Path

from textual.app import App

from tests.own_files import ORIGINAL
from tests.own_scripts import ORIGINAL as SCRIPT
from tui_backprop.cli.main import COMMANDS, main
from tui_backprop.session.manual import manual_page

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(tui-backprop[^`]*)`")
_PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b|…")
_LINK = re.compile(r"\]\(([^)\s]+(?:\[[^)\s]*)?)\)")

WRONG = {"check my_net.py", "check my_script.py"}
"""Commands whose answer is no, so that they end with 1."""


def blocks(markdown, kind):
    """The code blocks of one kind, in order."""
    return [match["text"] for match in _BLOCK.finditer(markdown) if match["kind"] == kind]


def commands(markdown):
    """Each line that begins with `tui-backprop`, and each such command in a sentence unless it has a placeholder."""
    found = []
    for match in re.finditer(f"{_BLOCK.pattern}|{_INLINE.pattern}", markdown, re.DOTALL | re.MULTILINE):
        lines = [match[3]] if match["text"] is None else match["text"].splitlines()
        found += [line.strip() for line in lines if re.match(r"\s*tui-backprop\b", line)]
    return list(dict.fromkeys(line for line in found if not _PLACEHOLDER.search(line.partition("'")[0])))


def links(markdown):
    """The targets of all links and pictures that lie in the checkout."""
    return [target for target in _LINK.findall(_BLOCK.sub("", markdown)) if not re.match(r"https?:|#", target)]


class Reader:
    """Types commands in a folder of their own, where the files lie that the texts speak of."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(App, "run", lambda app, *_arguments, **_options: self._open(app))
        self._monkeypatch = monkeypatch
        self.screens = 0
        rows = [f"{x},{x % 3},{x % 2}" for x in range(40)]
        Path("my.csv").write_text("\n".join(["a,b,answer", *rows, ""]), encoding="utf-8")
        Path("my_net.py").write_text(ORIGINAL, encoding="utf-8")
        Path("my_script.py").write_text(SCRIPT, encoding="utf-8")
        Path("my_lesson.toml").write_text(blocks(manual_page("lessons"), "toml")[0], encoding="utf-8")

    def type(self, line):
        """Run one command; return what it printed on standard output."""
        arguments = shlex.split(line)[1:]
        printed = io.StringIO()
        on_a_screen = self.screens
        with self._monkeypatch.context() as patch, contextlib.redirect_stdout(printed):
            if _opens_a_screen(arguments):
                _pretend_a_terminal(patch)
            try:
                status = main(arguments)
            except SystemExit as left:  # argparse has printed the options
                status = left.code
        assert status == (1 if " ".join(arguments) in WRONG else 0), line
        assert _opens_a_screen(arguments) == (self.screens > on_a_screen), line
        return printed.getvalue()

    def _open(self, app):
        """What an app does in place of running: it is opened, makes a step, and is left by its own key."""

        async def look():
            async with app.run_test(size=(120, 36)) as pilot:
                await pilot.pause()
                await pilot.press("n")
                await pilot.pause()
                assert app.screen.is_mounted
                await pilot.press("q")
                await pilot.pause()
            assert app.return_code in (None, 0)

        asyncio.run(look())
        self.screens += 1


def _opens_a_screen(arguments):
    """Whether a command opens the app: no command is named, or draw, or a lesson is."""
    words = [argument for argument in arguments if not argument.startswith("--")]
    if {"--version", "--help"} & set(arguments):
        return False
    if arguments[:1] == ["lessons"]:
        return len(words) > 1
    return not arguments or arguments[0] == "draw" or arguments[0] not in COMMANDS


def _pretend_a_terminal(patch):
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        patch.setattr(stream, "isatty", lambda: True, raising=False)
    patch.setattr(os, "isatty", lambda _descriptor: True)
