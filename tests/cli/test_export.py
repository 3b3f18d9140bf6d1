"""`tui-backprop export`: what is written computes what the program does, and what cannot be written is one line."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tui_backprop.cli.export import KINDS
from tui_backprop.cli.main import COMMANDS, main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *arguments):
    """The one line that a command ends with."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


def test_the_general_help_lists_every_command(capsys):
    """And so does nothing less."""
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  tui-backprop {name}" not in text] == []


def test_weights_are_right_elsewhere(folder):
    """With the scaling of the file and NumPy alone, predictions are those that the program writes."""
    (folder / "d.csv").write_text("size,age,price\n" + "\n".join(f"{i * 10},{i % 7},{i * i + 3}" for i in range(30)))
    common = ["d.csv", "--steps", "20", "--features", "size,age,size*age", "--test-fraction", "0"]
    assert main(["export", *common, "--weights", "net.npz", "-q"]) == 0
    assert main(["run", *common, "--predictions", "answers.csv"]) == 0
    net = np.load("net.npz", allow_pickle=False)
    assert net["activations"].tolist() == ["tanh", "linear"]
    assert net["input_names"].tolist() == ["size", "age"]
    assert net["features"].tolist() == ["size", "age", "size*age"]
    rows = np.loadtxt("answers.csv", delimiter=",", skiprows=1, usecols=(2, 3, 5))
    x = np.column_stack([rows[:, 0], rows[:, 1], rows[:, 0] * rows[:, 1]])
    a = np.tanh((x - net["input_offset"]) / net["input_divisor"] @ net["w1"] + net["b1"])
    answer = (a @ net["w2"] + net["b2"]) * net["target_divisor"] + net["target_offset"]
    assert np.abs(answer[:, 0] - rows[:, 2]).max() < 1e-9


def test_a_file_of_tensors_has_the_same(capsys):
    """Arrays as in the other form, and the texts as JSON beside them."""
    safetensors = pytest.importorskip("safetensors", reason="the extra [weights] is not installed")
    assert main(["export", "iris", "--steps", "3", "--weights", "net.safetensors"]) == 0
    assert main(["export", "iris", "--steps", "3", "--weights", "net.npz"]) == 0
    assert capsys.readouterr().out == "written: net.safetensors, of step 3\nwritten: net.npz, of step 3\n"
    net = np.load("net.npz")
    with safetensors.safe_open("net.safetensors", "numpy") as file:
        about = json.loads(file.metadata()["about"])
        assert all(np.array_equal(file.get_tensor(name), net[name]) for name in file.keys())  # noqa: SIM118
        assert {"w1", "b1", "w2", "b2", "input_offset", "target_divisor"} <= set(file.keys())
    assert about["outputs"]["classes"] == net["output_names"].tolist()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.flag)
def test_a_name_that_ends_otherwise_is_refused(capsys, kind):
    """The line says how it may end."""
    line = refused(capsys, "export", "xor", kind.flag, "net.doc")
    assert f"{kind.flag}: expected a name that ends in" in line
    assert all(suffix in line for suffix in kind.suffixes)


def test_nothing_to_write_is_refused(capsys):
    """Before any training."""
    line = refused(capsys, "export", "xor")
    assert all(kind.flag in line for kind in KINDS)


def test_a_worksheet_is_of_the_update_that_comes_next(folder, capsys):
    """Of the example that textbooks work out by hand, the answers are those that they print; and training comes before."""
    assert main(["export", "textbook", "--worksheet", "step.md", "--answers"]) == 0
    assert capsys.readouterr().out == "written: step.md, of step 0\n"
    text = (folder / "step.md").read_text(encoding="utf-8")
    for name, value in (("L", 0.29837), ("new w1[0,0]", 0.14978), ("new w2[0,0]", 0.35892), ("new w2[1,1]", 0.56137)):
        margin = " " * len(name)
        assert f"\n{margin} = {value:g}\n" in text[text.index(f"\n{name} = ") :].split("```")[0]
    assert (
        main(["export", "xor", "--edit", "7:lr=1", "--batch-size", "1", "--worksheet", "step.tex", "--updates", "2"])
        == 0
    )
    text = (folder / "step.tex").read_text(encoding="utf-8")
    assert "Update 2: from step 8 to 9" in text
    assert r"\gap{}" in text
    assert main(["export", "xor", "--steps", "5", "--worksheet", "-", "--batch-size", "1", "-q"]) == 0
    assert "from step 5 to 6" in capsys.readouterr().out
    assert "--answers goes with --worksheet" in refused(capsys, "export", "xor", "--answers", "--report", "run.html")
    assert "a number of updates from 1" in refused(capsys, "export", "xor", "--updates", "0", "--worksheet", "s.md")
    assert "at most 1,000 formulas" in refused(capsys, "export", "iris", "--hidden", "64", "--worksheet", "s.md")


def test_a_report_is_of_the_whole_run(folder):
    assert main(["export", "xor", "--steps", "40", "--edit", "20:lr=1", "--report", "run.html"]) == 0
    text = (folder / "run.html").read_text(encoding="utf-8")
    assert "<h1>xor: a network 2-4-1 after 40 steps</h1>" in text
    assert "<code>tui-backprop run xor --steps 40 --edit 20:lr=1</code>" in text
