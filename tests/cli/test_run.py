"""`tui-backprop run`, as the user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.refusal import refused
from tui_backprop.cli.main import main


def run_json(capsys, *arguments):
    status = main(["run", *arguments, "--json"])
    printed = capsys.readouterr()
    return status, json.loads(printed.out)


def test_json_has_every_member_of_the_contract(capsys):
    """The object on standard output has the members that other programs rely on."""
    status, found = run_json(capsys, "--steps", "100")
    assert status == 0
    assert list(found) == [
        "recipe", "steps", "epochs", "stopped_by", "loss", "accuracy", "parameters", "inputs", "outputs", "layers",
        "probes", "reference", "notes", "findings", "engine", "seconds", "steps_per_second",
    ]  # fmt: skip
    assert found["steps"] == 100
    assert found["stopped_by"] == "steps"
    assert found["epochs"] == pytest.approx(100 / 9, rel=1e-4)
    assert found["loss"]["initial"]["test"] is None
    assert found["recipe"]["loss"] == "squared"
    assert found["recipe"]["output_activation"] == "sigmoid"
    assert [probe["input"] for probe in found["probes"]] == [[5.0], [16.0]]
    assert found["probes"][0]["scaled"] == [5 / 9]
    assert found["reference"]["constant"] == pytest.approx(20 / 81)
    assert found["reference"]["network"] == pytest.approx(2 / 9)
    assert [list(one) for one in found["findings"]] == [["id", "severity", "message", "evidence", "remedy"]] * 3
    assert set(found["parameters"]) == {"w1", "b1", "w2", "b2"}


def test_the_same_recipe_gives_the_same_numbers(capsys):
    """Two runs differ in nothing but their time."""
    first, second = (run_json(capsys, "xor", "--steps", "300", "--seed", "7")[1] for _ in range(2))
    for found in (first, second):
        del found["seconds"], found["steps_per_second"]
    assert first == second


def test_original_run_is_what_it_was(capsys):
    """The golden numbers of the original case, 200 steps with seed 0."""
    _, found = run_json(capsys, "--steps", "200")
    assert found["loss"]["initial"]["train"] == pytest.approx(0.25216735732277445, rel=1e-9)
    assert found["loss"]["final"]["train"] == pytest.approx(0.24764832698926348, rel=1e-9)
    assert found["epochs"] == 22.222
    assert found["engine"] == "numpy"


@pytest.mark.parametrize("seed", range(10))
def test_posted_formulas_give_the_original_symptom(capsys, seed):
    """With the formulas as posted, 5 and 16 get nearly the same answer from every seed."""
    _, found = run_json(capsys, "--rule", "posted", "--seed", str(seed))
    five, sixteen = (probe["after"][0] for probe in found["probes"])
    assert abs(five - sixteen) < 0.02


@pytest.mark.parametrize("rate", ["0.01", "0.1", "1", "10", "100"])
def test_no_rate_takes_a_chain_of_single_units_below_the_monotone_floor(capsys, rate):
    """The best monotone answer to parity has a mean squared error of 2/9."""
    _, found = run_json(capsys, "--lr", rate, "--steps", "3000", "--batch-size", "full")
    assert found["loss"]["final"]["train"] >= 2 / 9


def test_until_stops_where_the_condition_first_holds(capsys):
    """The run stops at the first step whose loss is below the mark, and says so."""
    _, found = run_json(capsys, "xor", "--until", "loss < 0.1")
    assert found["stopped_by"] == "until"
    assert found["loss"]["final"]["train"] < 0.1
    steps = found["steps"]
    _, before = run_json(capsys, "xor", "--steps", str(steps - 1))
    assert before["loss"]["final"]["train"] >= 0.1


def test_a_run_that_diverges_ends_with_status_1_and_finite_numbers(capsys):
    """The last finite state is reported, with the tensor that broke first."""
    status, found = run_json(capsys, "line", "--lr", "1e3", "--steps", "1000")
    assert status == 1
    assert found["stopped_by"] == "diverged"
    assert found["loss"]["final"]["train"] > 1e100
    assert found["findings"][0]["id"] == "non-finite"
    assert found["findings"][0]["evidence"]["step"] == found["steps"]


def findings(capsys, *arguments):
    return {one["id"]: one for one in run_json(capsys, *arguments)[1]["findings"]}


def test_the_posted_formulas_are_found_wrong(capsys):
    """`run --rule posted --json` says first that three of four gradients are wrong, and what to do."""
    found = findings(capsys, "--rule", "posted")
    assert next(iter(found)) == "wrong-gradient"
    assert found["wrong-gradient"]["severity"] == "error"
    assert found["wrong-gradient"]["evidence"]["tensors"] == ["w1", "b1", "w2"]
    assert "exact" in found["wrong-gradient"]["remedy"]


def test_the_right_formulas_leave_the_model_and_the_probe(capsys):
    """With the right formulas the floor is 2/9, every input gets the same answer, and the probe 16 is out of range."""
    found = findings(capsys)
    assert "wrong-gradient" not in found
    assert found["cannot-do-better"]["severity"] == "warning"
    assert found["cannot-do-better"]["evidence"]["floor"] == pytest.approx(2 / 9)
    assert found["same-answer"]["severity"] == "warning"
    assert found["probe-out-of-range"]["evidence"]["probe"] == [16.0]


def test_findings_are_printed_the_worst_first(capsys):
    """In the text each is one line with its severity, its id and its remedy, after the reference lines."""
    main(["run", "--rule", "posted", "--steps", "500"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["network", "0.222222"] for line in lines)
    assert next(line for line in lines if line.startswith("error")).startswith("error     wrong-gradient: 3 of 4")
    severities = [line.split()[0] for line in lines if line.split()[0] in ("error", "warning", "info")]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_a_threshold_on_the_command_line_decides_and_is_reported(capsys):
    """`--threshold` may be given several times; the recipe that is reported has them as an object."""
    options = ("--steps", "500", "--threshold", "same-answer=0.0001", "--threshold", "probe-out-of-range=1")
    _, found = run_json(capsys, *options)
    assert found["recipe"]["thresholds"] == {"same-answer": 0.0001, "probe-out-of-range": 1.0}
    assert not {"same-answer", "probe-out-of-range"} & {one["id"] for one in found["findings"]}


def test_a_floor_that_is_not_computed_is_said(capsys, tmp_path):
    """With more than 20,000 samples there is no line for it but a reason."""
    source = tmp_path / "many.csv"
    source.write_text("x,y\n" + "".join(f"{i / 30_000},{i % 2}.5\n" for i in range(30_000)))
    assert main(["run", str(source), "--hidden", "1", "--steps", "1"]) == 0
    assert "network not known: there are more than 20,000 training samples" in capsys.readouterr().out


def test_set_and_freeze_hold_a_parameter(capsys):
    """A parameter that is set and frozen is there at the end."""
    _, found = run_json(capsys, "--set", "w1=0.15", "--freeze", "w1", "--steps", "50")
    assert found["parameters"]["w1"] == [[0.15]]


def test_negative_probes_are_numbers_and_not_options(capsys):
    """`--probe -1,2` is a probe."""
    _, found = run_json(capsys, "xor", "--probe", "-1,2", "--steps", "1")
    assert found["probes"][0]["input"] == [-1.0, 2.0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "xr"], "xor"),
        (["run", "--lr", "0"], "lr: expected a number above 0"),
        (["run", "--lr", "nan"], "lr: expected"),
        (["run", "--hidden", "0", "--lr", "x"], "; lr: expected"),
        (["run", "--hidden", "2,2,2,2,2,2,2,2,2"], "up to 8 sizes"),
        (["run", "--loss", "cross-entropy"], "cross-entropy needs"),
        (["run", "--set", "w9=1"], "unknown parameter w9"),
        (["run", "--freeze", "w1[4,4]"], "outside w1"),
        (["run", "--probe", "1,2"], "probe: expected 1 number"),
        (["run", "--until", "__import__('os')"], "not allowed"),
        (["run", "--until", "loss <"], "not a condition"),
        (["run", "--until", "los < 1"], "unknown name los; did you mean loss?"),
        (["run", "--until", "w1 + 1"], "not true or false"),
        (["run", "--steps", "-1"], "steps: expected"),
        (["run", "--threshold", "same-anser=1"], "unknown finding same-anser; did you mean same-answer?"),
        (["run", "--threshold", "magic=1"], "unknown finding magic; available: wrong-gradient, non-finite"),
        (["run", "--steps", "9" * 23], "and at most 9,223,372,036,854,775,807, not"),
        (["run", "--edit", "10:foo=1"], "unknown name foo; available: w1[0,0], hidden"),
        (["run", "--edit", "10:optimiser=sgd"], "unknown name optimiser; did you mean optimizer?"),
        (["run", "--edit", "10:w1=much"], "expected a number for w1"),
        (["run", "xor", "--features", "x1 +"], "not a feature such as x1*x2"),
        (["run", "xor", "--features", "x1.real"], "not allowed in a feature"),
        (["run", ""], "the name is empty: expected a data set"),
        (["check", ""], "the name is empty: expected a Python file"),
        (["check", "x.py", "--json", "--format", "text"], "--json and --format text are two forms"),
        (["check", "--", "-dash.py"], "./-net.py"),
        (["run", "--threshold", "same-answer=2"], "same-answer: expected a number from 0 to 1, not 2"),
        (["run", "--threshold", "loss-rising=-1"], "loss-rising: expected a number of at least 0, not -1"),
        (["run", "--threshold", "same-answer=nan"], "threshold: expected a number"),
        (["run", "--threshold", "same-answer"], "expected NAME=NUMBER such as same-answer=0.2"),
        (["run", "--bogus"], "unknown option --bogus (see"),
        (["run", "--curve", "nowhere/x.csv"], "no folder"),
        (["run", "."], "folder"),
    ],
)
def test_bad_input_is_one_line_and_status_2(capsys, arguments, said):
    """Whatever is wrong with the command line is said in one line."""
    assert said in refused(capsys, *arguments)


def test_run_never_imports_the_screen():
    """Training without a screen loads neither Textual nor plotext."""
    code = (
        "import sys; from tui_backprop.cli.main import main; main(['run', '--steps', '1', '--json']); "
        "sys.exit(any(name.split('.')[0] in ('textual', 'plotext', 'rich') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_the_bits_do_not_depend_on_the_number_of_cores():
    """A wide layer, whose product several threads of BLAS would share, gives what one thread gives."""
    code = (
        "import sys; from tui_backprop.cli.main import main; sys.exit(main(["
        "'run', 'digits', '--hidden', '200', '--batch-size', 'full', '--steps', '20', '--engine', 'numpy', '--json']))"
    )
    unset = {
        name: value for name, value in os.environ.items() if not name.endswith(("_NUM_THREADS", "_MAXIMUM_THREADS"))
    }
    found = [
        json.loads(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout)
        for env in (unset, {**unset, "OPENBLAS_NUM_THREADS": "1"})
    ]
    assert found[0]["parameters"] == found[1]["parameters"]


def test_curve_and_predictions_are_written(capsys, tmp_path):
    """Both files have a header and as many rows as there are points and samples."""
    curve, predictions = tmp_path / "c.csv", tmp_path / "p.csv"
    run_json(capsys, "iris", "--steps", "20", "--curve", str(curve), "--predictions", str(predictions))
    assert curve.read_text().splitlines()[0] == "step,train,test"
    assert len(predictions.read_text().splitlines()) == 151


def test_the_data_are_never_overwritten(capsys, tmp_path):
    """Writing the predictions over the file that is read is refused, and the file survives."""
    source = tmp_path / "my.csv"
    source.write_text("x,y\n1,2\n2,3\n")
    assert "read from" in refused(capsys, "run", str(source), "--predictions", str(source))
    assert source.read_text() == "x,y\n1,2\n2,3\n"


def test_datasets_lists_all_sixteen(capsys):
    """The list is there for people and for programs."""
    assert main(["datasets", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 16
    assert main(["datasets"]) == 0
    assert "parity" in capsys.readouterr().out
