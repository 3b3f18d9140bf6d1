"""`tui-backprop --version`, with what a report of a bug needs."""

from __future__ import annotations

import importlib.metadata
import platform
import tomllib

import pytest

import tui_backprop
from tests.written import ROOT
from tui_backprop.cli.main import main


def test_the_version_is_one_line(capsys):
    """And it is the package's."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tui-backprop {tui_backprop.__version__}\n"
    assert importlib.metadata.version("tui-backprop") == tui_backprop.__version__


def test_verbose_names_all_that_a_report_needs(capsys, monkeypatch):
    """Python, every package that the program can use, the platform and the terminal; nothing else of the user's."""
    monkeypatch.setenv("TERM", "xterm-\x1b[31mkitty")
    monkeypatch.setenv("TMUX", "/tmp/tmux-secret")  # noqa: S108  (a value as tmux sets it)
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["--version", "--verbose"]) == 0
    text = capsys.readouterr().out
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert platform.python_version() in lines["python"]
    for package in ("numpy", "textual", "plotext"):
        assert lines[package] == importlib.metadata.version(package)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    used = [*project["dependencies"], *extras["png"], *extras["cluster"], *extras["fast"]]
    assert {one.split(">")[0].strip() for one in used} <= lines.keys()
    assert platform.system() in lines["platform"]
    assert lines["output"].startswith("no terminal")
    assert lines["NO_COLOR"] == "1"
    assert lines["TMUX"] == "set"
    assert lines["TERM"].startswith("xterm-")
    assert "\x1b" not in text
    assert "secret" not in text


def test_a_package_that_is_missing_is_said_to_be(capsys, monkeypatch):
    """What is not installed is not left out."""

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert main(["--version", "--verbose"]) == 0
    assert "not installed" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--verbose"], ["xor", "--verbose"]])
def test_verbose_alone_is_one_line(capsys, arguments):
    """It says what it goes with."""
    assert main(arguments) == 2
    assert capsys.readouterr().err == "error: --verbose is for --version: `tui-backprop --version --verbose`\n"
