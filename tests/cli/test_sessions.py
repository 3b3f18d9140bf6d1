"""A run that is kept, handed on in one line, and gone on with."""

from __future__ import annotations

import json

import pytest

from tests.cli.refusal import refused
from tui_backprop.cli.main import main

EDITS = ("--edit", "20:lr=1", "--edit", "30:w1[0,0]=0.5")


def found(capsys, *arguments):
    assert main(["run", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_saved_run_goes_on_with_the_same_bits(capsys, tmp_path):
    """50 steps, saved, and 25 more are 75 steps, edits included."""
    path = str(tmp_path / "s.tbp")
    found(capsys, "xor", "--steps", "50", *EDITS, "--session", path)
    later = found(capsys, path, "--steps", "25")
    assert later["steps"] == 75
    assert later["parameters"] == found(capsys, "xor", "--steps", "75", *EDITS)["parameters"]


def test_without_steps_a_saved_run_goes_on_to_the_end_of_its_recipe(capsys, tmp_path):
    """The recipe of the original case has 10,000 steps; a finished run stays where it is."""
    path = str(tmp_path / "s.tbp")
    found(capsys, "xor", "--steps", "50", "--session", path)
    assert found(capsys, path)["steps"] == 50


def test_options_change_a_saved_run_from_where_it_stands(capsys, tmp_path):
    """Another rate is an edit; another network would be another run, and is refused."""
    path = str(tmp_path / "s.tbp")
    found(capsys, "xor", "--steps", "50", "--session", path)
    later = found(capsys, path, "--steps", "10", "--lr", "2")
    assert later["parameters"] == found(capsys, "xor", "--steps", "60", "--edit", "50:lr=2")["parameters"]
    assert "another run" in refused(capsys, "run", path, "--hidden", "3")
    assert "is at step 50" in refused(capsys, "run", path, "--edit", "20:lr=1")


def test_a_recipe_string_is_a_source(capsys):
    """`--share` prints one word; it runs, takes options, and can be swept."""
    assert main(["run", "xor", *EDITS, "--seed", "3", "--share"]) == 0
    text = capsys.readouterr().out.strip()
    assert (
        found(capsys, text, "--steps", "40")["parameters"]
        == (found(capsys, "xor", *EDITS, "--seed", "3", "--steps", "40")["parameters"])
    )
    assert main(["sweep", text, "--vary", "lr=0.1,1", "--seeds", "2", "--steps", "5", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["cells"]) == 2


def test_a_session_file_is_a_source_of_a_sweep(capsys, tmp_path):
    """The recipe in force is swept."""
    path = str(tmp_path / "s.tbp")
    found(capsys, "xor", "--steps", "50", *EDITS, "--session", path)
    assert main(["sweep", path, "--vary", "lr=1,2", "--seeds", "1", "--steps", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--edit", "5"], "STEP:FIELD=VALUE"),
        (["--edit", "5:activation=relu"], "--activation"),
        (["--edit", "50:lr=2", "--steps", "20"], "more --steps"),
        (["--edit", "5:nothing=2"], "unknown name nothing"),
    ],
)
def test_edits_that_cannot_be_are_one_line(capsys, arguments, why):
    """Each says what was expected, and the run does not begin."""
    assert why in refused(capsys, "run", "xor", *arguments)


def test_a_session_is_never_written_over_what_it_is_read_from(capsys, tmp_path):
    """What was read stays as it was."""
    path = tmp_path / "s.tbp"
    found(capsys, "xor", "--steps", "50", "--session", str(path))
    before = path.read_bytes()
    assert "is read from" in refused(capsys, "run", str(path), "--session", str(path))
    assert path.read_bytes() == before
