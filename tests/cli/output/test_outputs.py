"""Files that commands write: nobody's file is harmed, and a path that cannot be is told before the work."""

from __future__ import annotations

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.refusal import refused
from tui_backprop.cli.main import main
from tui_backprop.datasets.catalogue import entry

posix = pytest.mark.skipif(os.name != "posix", reason="the system has no such files")

RULE = """\
def backward(network, parameters, tape, y):
    return {tensor.name: 0 * parameters.by_name()[tensor.name] for tensor in network.tensors}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with data, a rule, and other names of both."""
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    Path("r.py").write_text(RULE)
    Path("hard.csv").hardlink_to("d.csv")
    Path("soft").symlink_to("r.py")
    Path("f").mkdir()
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


RUN = ("run", "d.csv", "--rule", "r.py", "--steps", "2")
SWEEP = ("sweep", "d.csv", "--steps", "2", "--seeds", "1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*RUN, "--curve", "d.csv"), "d.csv: this is the file that the data is read from"),
        ((*RUN, "--curve", "hard.csv"), "the data"),
        ((*RUN, "--curve", "f/../d.csv"), "the data"),
        ((*RUN, "--curve", "r.py"), "the rule"),
        ((*RUN, "--predictions", "./soft"), "the rule"),
        ((*RUN, "--curve", "a", "--predictions", "a"), "the file of --curve as well"),
        ((*RUN, "--curve", "a", "--predictions", "f/../a"), "the file of --curve as well"),
        ((*SWEEP, "--save", "s", "--csv", "./s"), "the file of --save as well"),
        ((*SWEEP, "--save", "hard.csv"), "the data"),
        ((*RUN, "--curve", "-", "--predictions", "-"), "the file of --curve as well"),
        ((*RUN, "--curve", "-", "--json"), "standard output has the JSON object"),
        ((*RUN, "--curve", "f"), "a folder"),
        ((*RUN, "--curve", ""), "a folder"),
        ((*RUN, "--curve", "d.csv/x"), "d.csv/x: "),
        ((*RUN, "--curve", "nowhere/x"), "there is no folder"),
        ((*RUN, "--curve", "x" * 300), "name too long"),
        ((*RUN, "--curve", "a\0b"), "null"),
    ],
)
def test_what_is_no_output_is_refused_before_the_work(capsys, monkeypatch, folder, arguments, said):
    """Sources and other outputs are known by what they are, under any name; nothing is made or changed."""
    if "-" in arguments:  # the streams of a test have no file
        monkeypatch.setattr("tui_backprop.system.outputs._identity_of", lambda stream: (0, id(stream)))
    before = contents(folder)
    assert said.lower() in refused(capsys, *arguments).lower()
    assert contents(folder) == before


def test_a_built_in_set_is_a_source_too(capsys, folder):
    """Its file belongs to the program."""
    path = entry("xor").path
    before = path.read_bytes()
    assert "the data" in refused(capsys, "run", "xor", "--steps", "1", "--curve", str(path))
    assert path.read_bytes() == before


def test_a_file_is_replaced_with_its_mode_behind_its_links(capsys, folder):
    """What was there keeps its permissions, and the link stays a link; one that leads nowhere yet makes its file."""
    Path("c.csv").write_text("old")
    Path("c.csv").chmod(0o604)
    Path("link").symlink_to("c.csv")
    Path("f/far").symlink_to("../new.csv")
    assert main([*RUN, "--curve", "link", "--predictions", "f/far"]) == 0
    assert Path("link").is_symlink()
    assert Path("f/far").is_symlink()
    assert Path("c.csv").read_text().startswith("step,train,test")
    assert stat.S_IMODE(Path("c.csv").stat().st_mode) == 0o604
    assert Path("new.csv").read_text().startswith("row,part")
    assert not list(folder.glob(".*"))


def test_a_file_stays_as_it_was_where_the_new_one_fails(capsys, monkeypatch, folder):
    """All of it is there, or none of it."""
    Path("c.csv").write_text("old")

    def broken(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    assert "--curve: c.csv: No space left" in refused(capsys, *RUN, "--curve", "c.csv")
    assert Path("c.csv").read_text() == "old"
    assert not list(folder.glob(".*"))


def call(folder, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "tui_backprop", *arguments], cwd=folder, text=True, check=False, timeout=60, **options
    )


@posix
@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
@pytest.mark.parametrize("redirected", [False, True])
def test_standard_output_is_written_to(folder, name, redirected):
    """By either name, a pipe or a file; the report is on standard error then."""
    if redirected:
        with Path("out").open("w") as out:
            done = call(folder, *RUN, "--curve", name, stdout=out, stderr=subprocess.PIPE)
        printed = Path("out").read_text()
    else:
        done = call(folder, *RUN, "--curve", name, capture_output=True)
        printed = done.stdout
    assert done.returncode == 0
    assert next(csv.reader(printed.splitlines())) == ["step", "train", "test"]
    assert "stopped by steps" in done.stderr
    assert "stopped by" not in printed


@posix
def test_devices_stay_devices(folder):
    """The null device swallows as many outputs as there are."""
    before = Path("/dev/null").stat()
    assert call(folder, *RUN, "--curve", "/dev/null", "--predictions", "/dev/null").returncode == 0
    assert call(folder, *SWEEP, "--save", "/dev/null", "--csv", "/dev/null").returncode == 0
    after = Path("/dev/null").stat()
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)


@posix
def test_a_pipe_is_written_to(capsys, folder):
    """It waits for its reader a moment, and stays a pipe."""
    os.mkfifo("p")
    found = []
    reader = threading.Thread(target=lambda: found.append(Path("p").read_text()))
    reader.start()
    assert main([*RUN, "--curve", "p"]) == 0
    reader.join(30)
    assert found[0].startswith("step,train,test")
    assert stat.S_ISFIFO(Path("p").stat().st_mode)


@posix
def test_a_pipe_that_nobody_reads_is_told(capsys, monkeypatch, folder):
    """And not waited for without an end."""
    monkeypatch.setattr("tui_backprop.system.outputs._READER", 0.05)
    os.mkfifo("p")
    assert "p: nothing reads this pipe" in refused(capsys, *RUN, "--curve", "p")


@posix
def test_two_sweeps_do_not_write_to_one_file(folder):
    """The second says so and ends; the first goes on, and after it the file is free."""
    arguments = ["sweep", "xor", "--steps", "100000", "--seeds", "40", "--processes", "1", "--save", "s", "--json"]
    first = subprocess.Popen([sys.executable, "-m", "tui_backprop", *arguments], cwd=folder, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not (Path("s").exists() and Path("s").stat().st_size) and time.monotonic() < end:
            time.sleep(0.02)
        second = call(folder, *arguments, capture_output=True)
        assert (second.returncode, second.stdout) == (2, "")
        assert "s: another sweep is writing to this file" in second.stderr
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait(60)
    short = ["sweep", "xor", "--steps", "1", "--seeds", "1", "--save", "other", "--json"]
    assert call(folder, *short, capture_output=True).returncode == 0
    again = call(folder, *short, capture_output=True)
    assert json.loads(again.stdout)["resumed"] == 1


@posix
@pytest.mark.parametrize("name", ["a\u2028b.csv", "a\udce9b.csv", "a\u202eb.csv", "ä.csv"])
def test_a_sweep_goes_on_whatever_its_data_are_called(folder, name):
    """Line separators, bytes that are no text and other signs in a file's name are kept in the save file."""
    try:
        Path("d.csv").rename(name)
    except OSError:
        pytest.skip("the file system has no such names")
    arguments = ["sweep", name, "--steps", "1", "--seeds", "2", "--save", "s", "--json"]
    assert call(folder, *arguments, capture_output=True).returncode == 0
    done = call(folder, *arguments, capture_output=True)
    found = json.loads(done.stdout)
    assert found["resumed"] == 2
    assert found["recipe"]["source"] == name
    assert name in ("ä.csv",) or name not in done.stdout


def test_no_cell_of_a_table_is_a_formula_of_a_spreadsheet(folder, capsys):
    """A name from outside that begins like one gets an apostrophe before it; numbers below 0 stay numbers."""
    rows = "".join(f"{i - 5},{i % 2},{i}\n" for i in range(12))
    (folder / "d.csv").write_text(f"=1+1,@b,y\n{rows}")
    assert main(["run", "d.csv", "--steps", "2", "--predictions", "answers.csv"]) == 0
    table = list(csv.reader((folder / "answers.csv").read_text().splitlines()))
    assert table[0][2:4] == ["'=1+1", "'@b"]
    assert table[1][2] == "-5.0"
    capsys.readouterr()
    (folder / "=cmd.py").write_text("x = 1\n")
    main(["check", "=cmd.py", "--format", "csv"])
    assert "\n'=cmd.py," in capsys.readouterr().out
