"""`tui-backprop sweep`, as the user calls it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tui_backprop.cli.main import main
from tui_backprop.session.sweep.wording import duration, short_loss

ENTRY = "import sys; from tui_backprop.cli.main import main; sys.exit(main(sys.argv[1:]))"


def shown(capsys, *arguments):
    assert main(["sweep", *arguments]) == 0
    return capsys.readouterr().out


def test_a_table_over_two_fields_and_what_helps_fit_a_small_screen(capsys):
    """Nothing helps one hidden unit, each rule has its rows, and the settings that do help stand below."""
    text = shown(
        capsys, "--vary", "rule=posted,exact", "--vary", "hidden=1,8", "--vary", "lr=0.03:10:log:6", "--seeds", "3",
        "--steps", "3000",
    )  # fmt: skip
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24
    assert "rule posted" in lines
    assert "rule exact" in lines
    assert any("this does: tanh, adam with η 0.03, batch full" in line for line in lines)
    one, eight = lines[-1].split("  ")[-2:]
    assert float(one.split()[0]) > 0.2
    assert float(eight.split()[0]) < 0.1


@pytest.mark.parametrize(("asked", "same"), [([], "reference"), (["--engine", "numpy"], "numpy")])
def test_a_swept_run_is_bit_for_bit_what_the_engine_that_is_named_gives(capsys, asked, same):
    """README and help name the engine: the reference's runs train together, another engine's one by one."""

    def losses(*arguments):
        assert main([*arguments, "--steps", "400", "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    for source in ("parity", "moons"):
        runs = losses("sweep", source, "--vary", "hidden=4,8", "--seeds", "2", "--processes", "1", *asked)["runs"]
        for run in runs:
            options = ("run", source, "--hidden", ",".join(map(str, run["hidden"])), "--seed", str(run["seed"]))
            assert losses(*options, "--engine", same)["loss"]["final"]["train"] == run["loss"]
            other = losses(*options, "--engine", "numpy")["loss"]["final"]["train"]
            assert other == pytest.approx(run["loss"], rel=1e-9)


@pytest.mark.parametrize("arguments", [[], ["--vary", "hidden=2,4"], ["--vary", "lr=0.001:10:log:30"]])
def test_sweeps_over_one_field_or_none_have_a_table_too(capsys, arguments):
    """Whatever is varied, no line is wider than 80 columns."""
    text = shown(capsys, "xor", *arguments, "--seeds", "2", "--steps", "50")
    assert max(map(len, text.splitlines())) <= 80


def test_shares_that_reach_a_condition(capsys):
    """With a condition the table has shares and steps in place of losses."""
    text = shown(
        capsys, "xor", "--vary", "optimizer=sgd,adam", "--until", "loss < 0.1", "--seeds", "4", "--steps", "300"
    )
    assert "share of runs that reach loss < 0.1" in " ".join(text.split())
    assert "100%" in text
    assert "0%" in text


def test_json_csv_and_the_page_have_every_run(capsys, tmp_path):
    """Programs get the plan, the runs and the cells; a table gets a row for each run; a page is for people."""
    path, page = tmp_path / "runs.csv", tmp_path / "sweep page.html"
    files = ["--csv", str(path), "--report", str(page)]
    found = json.loads(
        shown(capsys, "line", "--vary", "lr=0.1,1000", "--seeds", "2", "--steps", "300", "--json", *files)
    )
    text = page.read_text(encoding="utf-8")
    assert "4 runs, 2 diverged (div)" in text
    assert f"tui-backprop sweep line --vary lr=0.1,1000 --seeds 2 --steps 300 --json --csv {path}" in text
    assert [run["lr"] for run in found["runs"]] == [0.1, 0.1, 1000, 1000]
    assert [run["stopped_by"] for run in found["runs"]] == ["steps", "steps", "diverged", "diverged"]
    assert [cell["diverged"] for cell in found["cells"]] == [0, 2]
    assert found["cells"][1]["loss"] == {"median": None, "best": None, "worst": None}
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["seed"] for row in rows] == ["0", "1", "0", "1"]
    assert float(rows[0]["loss"]) == found["runs"][0]["loss"]


def test_the_same_command_goes_on_where_it_was(capsys, tmp_path):
    """A second call makes nothing again and says that the runs are from the file."""
    arguments = ["xor", "--vary", "lr=0.1,1", "--seeds", "2", "--steps", "20", "--save", str(tmp_path / "s.jsonl")]
    first = shown(capsys, *arguments).splitlines()
    second = shown(capsys, *arguments).splitlines()
    assert "4 of them from the file" in second[1]
    assert first[-2:] == second[-2:]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--vary", "speed=1"], "expected FIELD=VALUES"),
        (["--vary", "lr=x"], "lr: expected a number above 0"),
        (["--vary", "lr=1", "--vary", "lr=2"], "given twice"),
        (["--vary", "loss=squared,cross-entropy"], "loss cross-entropy: "),
        (["--seeds", "0"], "seeds: expected"),
        (["--processes", "none"], "processes: expected"),
        (["--until", "loss <"], "not a condition"),
        (["--until", "nonsense > 1"], "unknown name nonsense"),
        (["--until", "loss"], "not true or false"),
        (["--save", "nowhere/x"], "no folder"),
        (["--vary", "lr=0.1:1:lin:1000", "--vary", "l2=0:1:lin:1000", "--seeds", "2"], "at most"),
        (["nothing.csv"], "neither a built-in data set"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, arguments, said):
    """Whatever is wrong is said before anything is trained."""
    assert main(["sweep", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert said in printed.err


def test_an_interrupt_says_how_to_go_on_and_loses_nothing(tmp_path):
    """^C goes to the whole process group, as in a terminal: one sentence, status 130, and the next call resumes."""
    path = tmp_path / "s.jsonl"
    arguments = ["sweep", "--vary", "hidden=1,2,3,4,5,6,7,8", "--seeds", "40", "--steps", "4000", "--save", str(path)]
    process = subprocess.Popen(
        [sys.executable, "-c", ENTRY, *arguments], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (path.exists() and path.read_text().count("\n") > 1):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command makes the rest: tui-backprop sweep --vary" in said
    assert "Traceback" not in said
    kept = path.read_text().count("\n") - 1
    assert 0 < kept < 320
    finished = subprocess.run(
        [sys.executable, "-c", ENTRY, *arguments, "--json"], capture_output=True, text=True, check=True
    )
    found = json.loads(finished.stdout)
    assert found["resumed"] == kept
    assert len(found["runs"]) == 320


def test_sweep_never_imports_the_screen():
    """Sweeping without a screen loads neither Textual nor plotext nor Dask."""
    code = (
        "import sys; from tui_backprop.cli.main import main; main(['sweep', '--steps', '1', '--seeds', '1', '--json']); "
        "sys.exit(any(n.split('.')[0] in ('textual', 'plotext', 'rich', 'distributed') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2469, ".247"), (0.0, "0"), (2.4e-05, "2e-5"), (1.25, "1.25"), (0.9999, "1"), (123456.0, "1e5"), (1e300, "1e300"),
     (float("inf"), "div"), (float("nan"), "·"), (998.7, "999")],
)  # fmt: skip
def test_losses_are_written_shortly(value, text):
    """A table holds six rates with two numbers each."""
    assert short_loss(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_time_is_told_in_two_units(seconds, text):
    """What is left of an hour is not told in seconds."""
    assert duration(seconds) == text
