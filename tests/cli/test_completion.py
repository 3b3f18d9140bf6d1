"""Completion scripts, and options that say less."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.cli.refusal import refused
from tui_backprop.cli.main import COMMANDS, EXIT_INTERRUPTED, main
from tui_backprop.session.session import Session


@pytest.fixture(scope="module")
def scripts():
    """The script of each shell, made once."""
    made = {}
    for shell in ("bash", "zsh", "fish"):
        command = [sys.executable, "-m", "tui_backprop", "completion", shell]
        made[shell] = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return made


def test_each_shell_gets_every_command_and_its_options(scripts):
    """Commands, an option of each kind, and the values of a field that has few."""
    for script in scripts.values():
        assert [command for command in COMMANDS if command not in script] == []
        for word in ("hidden", "session", "leaky-relu"):
            assert word in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "completed"), [("run xor --acti", "--activation"), ("swe", "sweep"), ("run xor --init xa", "xavier")]
)
def test_bash_completes(scripts, tmp_path, words, completed):
    """As bash asks for it."""
    script = tmp_path / "completion.bash"
    script.write_text(scripts["bash"])
    typed = ["tui-backprop", *words.split()]
    asked = (
        f"source {script}; COMP_WORDS=({' '.join(typed)}); COMP_CWORD={len(typed) - 1}; _shtab_tui_backprop; "
        "echo ${COMPREPLY[@]}"
    )
    assert (
        completed
        in subprocess.run(
            [shutil.which("bash"), "-c", asked], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_another_shell_is_one_line(capsys):
    """Which there are is said."""
    assert "fish" in refused(capsys, "completion", "tcsh")


def test_quiet_runs_say_no_notices(capsys, tmp_path):
    """The answer is the same, standard error is empty."""
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "".join(f"{i},1,{i % 2}\n" for i in range(30)))
    assert main(["run", str(path), "--steps", "3", "--json", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_an_interrupted_run_reports_what_was_reached(capsys, monkeypatch, tmp_path):
    """^C ends the training and nothing else: the report is printed, files are written, the exit status is that of ^C."""
    run = Session.run

    def interrupted(session, steps, *rest, **options):
        if session.step >= 5:
            raise KeyboardInterrupt
        return run(session, min(steps, 5), *rest, **options)

    monkeypatch.setattr(Session, "run", interrupted)
    path = tmp_path / "s.tbp"
    assert main(["run", "xor", "--steps", "1000", "--json", "--session", str(path)]) == EXIT_INTERRUPTED
    found = json.loads(capsys.readouterr().out)
    assert found["stopped_by"] == "interrupted"
    assert 5 <= found["steps"] < 1000
    assert path.exists()


def test_findings_are_folded_to_the_width(capsys, monkeypatch):
    """No line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["run", "--steps", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(("info ", "warning ", "error ")))
    assert max(map(len, lines[first:])) <= 60
