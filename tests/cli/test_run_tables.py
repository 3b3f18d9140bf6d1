"""`run` on tables as people have them: each trains at the first try, and says what was done with it."""

from __future__ import annotations

import io
import json

import pytest

from tests.datasets.shapes import SHAPES
from tui_backprop.cli.main import main

TOLD = {
    "titanic": ("'Name' is text", "'Cabin' has no value", "'PassengerId' only numbers", "rows have gaps", "Sex (2)"),
    "iris": ("'Id' only numbers",),
    "digits": ("'label' is the target", "each at least twice", "are constant"),
    "houses": ("'Alley' has no value", "rows have gaps", "Neighborhood"),
    "german": ("Windows-1252", "Straße (2)"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_tables_as_people_have_them_train_at_the_first_try(capsys, tmp_path, name):
    """No option is needed, the loss falls, and each note is on standard error and in the JSON."""
    (tmp_path / f"{name}.csv").write_bytes(SHAPES[name]())
    assert main(["run", str(tmp_path / f"{name}.csv"), "--steps", "200", "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["loss"]["final"]["train"] < found["loss"]["initial"]["train"]
    for note in found["notes"]:
        assert f"note: {note}" in printed.err
    assert [said for said in TOLD[name] if not any(said in note for note in found["notes"])] == []


def test_a_table_on_standard_input_with_the_options_of_reading(capsys, monkeypatch):
    """`-` is a source of run and sweep; options of reading are recipe fields, the flag among them."""
    table = "1,2,7\n2,,8\n3,4,7\n4,1,8\n"
    options = ["-", "--no-header", "--missing", "mean", "--task", "numbers", "--target", "x3", "--steps", "5", "--json"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(table.encode())))
    assert main(["run", *options]) == 0
    recipe = json.loads(capsys.readouterr().out)["recipe"]
    assert (recipe["no_header"], recipe["missing"], recipe["task"]) == (True, "mean", "numbers")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(table.encode())))
    assert main(["sweep", *options, "--seeds", "2", "--processes", "1"]) == 0
    assert any("filled with the mean" in note for note in json.loads(capsys.readouterr().out)["notes"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("targets", [("1e308", "-1e308", "1"), ("1e200", "3e200", "-1e200")])
def test_targets_whose_spread_is_no_number_are_told_of(capsys, tmp_path, targets):
    """Their square is beyond float64: the loss is not finite, and the finding says why; nothing crashes or warns."""
    path = tmp_path / "my.csv"
    path.write_text("x,y\n" + "".join(f"{i},{target}\n" for i, target in enumerate(targets)))
    assert main(["run", str(path), "--steps", "5", "-q"]) == 1
    printed = capsys.readouterr()
    assert "train not finite" in printed.out
    assert "non-finite: the update from step 0" in printed.out
    assert printed.err == ""
