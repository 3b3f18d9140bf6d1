"""One clear line: whatever is typed, named or read, on whatever stream; with the next step where there is one."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.cli.refusal import refused
from tests.own_files import RIGHT
from tui_backprop.cli.main import main

posix = pytest.mark.skipif(os.name != "posix", reason="the system has no such files")


def harmful(text):
    return [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and c != "\n"]


# The next step.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc", "my_net.py"], "unknown command chekc; did you mean `tui-backprop check`?"),
        (["sweeps"], "did you mean `tui-backprop sweep`?"),
        (["dataset"], "did you mean `tui-backprop datasets`?"),
        (["moon"], "did you mean moons?"),
        (["run", "--hiden", "3"], "unknown option --hiden; did you mean --hidden?"),
        (["run", "--batch_size=3"], "unknown option --batch_size; did you mean --batch-size?"),
        (["sweep", "--seed", "3", "--vari", "lr=1"], "did you mean --vary?"),
        (["check", "a.py", "--jsn"], "did you mean --json?"),
        (["run", "--quantum"], "unknown option --quantum (see tui-backprop run --help)"),
        (["run", "moons", "xor"], "one argument too many: xor"),
        (["run", "my_net.py"], "`tui-backprop check my_net.py` says whether its gradients are right"),
        (["sweep", "my_net.py"], "`tui-backprop check my_net.py`"),
        (["run", "text.csv"], "text.csv:22: column 'x': 'Ann' is not a number; correct it, or name the columns"),
        (
            ["run", "hole.csv"],
            "hole.csv:2: column 'a': the value is missing (''), and no row is without a gap: --missing",
        ),
        (
            ["run", "hole.csv", "--missing", "error"],
            "hole.csv:2: column 'a': the value is missing (''); --missing drop",
        ),
        (["check", "script.py"], "`tui-backprop new-check FILE.py` writes"),
    ],
)
def test_an_error_says_the_next_step(capsys, monkeypatch, tmp_path, arguments, said):
    """What was meant, or what to call instead."""
    monkeypatch.chdir(tmp_path)
    Path("my_net.py").write_text(RIGHT)
    Path("script.py").write_text("print('there is no training in it')\n")
    Path("text.csv").write_text("x,y\n" + "1,2\n" * 20 + "Ann,3\n")
    Path("hole.csv").write_text("a,x,y\n,1,2\n3,,2\n")
    assert said in refused(capsys, *arguments)


# Strings from outside.

EVIL = "a\x1b[31m\u202e\u200b\u2028\x85\x07b"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", f"--{EVIL}"],
        ["run", EVIL],
        [EVIL],
        ["run", "--lr", EVIL],
        ["run", "--until", EVIL],
        ["run", "moons", EVIL],
        ["run", "--curve", f"{EVIL}/x"],
        ["check", f"{EVIL}.py"],
        ["check", "x.py", "--timeout", EVIL],
        ["lessons", EVIL],
        ["new-check", EVIL],
        ["sweep", "--vary", EVIL],
        ["sweep", "--seeds", EVIL],
    ],
)
def test_what_was_typed_is_shown_harmless(capsys, monkeypatch, tmp_path, arguments):
    """No control, invisible or bidirectional character gets to the terminal, in a message of argparse's neither."""
    monkeypatch.chdir(tmp_path)
    assert harmful(refused(capsys, *arguments)) == []


@posix
def test_json_and_notices_are_harmless_and_tell_the_name(capsys, monkeypatch, tmp_path):
    """In JSON such characters are escaped: a program reads the very name, and a terminal shows none of them."""
    monkeypatch.chdir(tmp_path)
    name = "a\u202e\x1b[31m\x7f\u2028\U000e0041b"
    Path(f"{name}.csv").write_text(f'"{EVIL}",y\n1,2\n1,3\n')
    assert main(["run", f"{name}.csv", "--steps", "1", "--json"]) == 0
    printed = capsys.readouterr()
    assert harmful(printed.out) == []
    assert json.loads(printed.out)["recipe"]["source"] == f"{name}.csv"
    assert printed.err.startswith("note: column")
    assert harmful(printed.err) == []
    Path(f"{name}.py").write_text(RIGHT)
    assert main(["check", f"{name}.py", "--json"]) == 0
    printed = capsys.readouterr()
    assert harmful(printed.out) == []
    assert json.loads(printed.out)["verdict"] == "right"


# Streams.

COMMANDS = (["run", "--steps", "1"], ["run", "--steps", "1", "--json"], ["datasets"], ["lessons", "--json"])


def call(*arguments, **options):
    settings = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "timeout": 60, **options}
    return subprocess.run([sys.executable, "-m", "tui_backprop", *arguments], check=False, **settings)


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_takes_what_is_printed(arguments, encoding):
    """Signs that it lacks are written in ASCII, and JSON is escaped: it is the same for a program."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = call(*arguments, env=environment, stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    printed = done.stdout.decode(encoding)
    if "--json" in arguments:
        assert json.loads(printed)
    elif arguments[0] == "run":
        assert ("η 0.1" if encoding == "utf-8" else "eta 0.1") in printed


@posix
@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_closed_standard_output_is_one_line(arguments):
    """Nothing could be told, so nothing is done; standard input and standard error may be closed."""
    command = [sys.executable, "-m", "tui_backprop", *arguments]
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: standard output is closed")
    assert done.stderr.count("\n") == 1
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" <&- 2>&-', "sh", *command], stdout=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is full")
def test_a_full_disk_is_one_line():
    """Where standard output cannot be written, Python adds nothing of its own."""
    with Path("/dev/full").open("w") as full:
        done = call("datasets", stdout=full)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("arguments", [["xor"], ["my_net.py"], ["lessons", "xor"]])
@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
def test_an_app_needs_all_that_it_uses(tmp_path, arguments, missing):
    """Keys are read from standard input, and the app draws on standard error: `2>log` is an error, in one line."""
    (tmp_path / "my_net.py").write_text(RIGHT)
    ours, theirs = pty.openpty()
    log = tmp_path / "log"
    try:
        with log.open("w+") as file:
            streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs, missing: file}
            done = call(*arguments, cwd=tmp_path, **streams)
        said = log.read_text() if missing == "stderr" else os.read(ours, 4096).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    names = {"stdin": "standard input", "stdout": "standard output", "stderr": "standard error"}
    assert done.returncode == 2
    assert said.count("\n") == 1
    assert f"needs a terminal ({names[missing]} is none)" in said


def test_an_app_that_is_served_needs_no_terminal():
    """`textual serve` names a driver of its own, which speaks through pipes."""
    environment = {**os.environ, "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_backprop", "xor"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"__GANGLION__\n"  # what begins the conversation
    finally:
        process.kill()
        process.communicate()


# Files without a bound.


def many(count, row):
    return ",".join(f"c{i}" for i in range(count)) + "\n" + ",".join([row] * count) + "\n"


BIG = {
    "60,000 classes": ("x,y\n" + "".join(f"{i},class {i}\n" for i in range(60_000)), "classes are at most 256"),
    "20,000 columns": (many(20_000, "1"), "there can be at most 4,096"),
    "100,000 columns": (many(100_000, "1"), "there can be at most 4,096"),
    "a long first line": ("x" * 140_000 + ",y\n1,2\n", "a cell has more than 131,072 characters"),
    "a long line": ("x,y\n" + "1," * 2_000_000, "the line has more than 1,048,576 characters"),
    "an open quote": ('x,y\n"' + "1,2\n" * 100_000, "is a quote not closed?"),
    "an open lesson": ("a = " + "[" * 10_000, "too many brackets"),
    "an empty list": (
        'title = "a"\nabout = "a"\nminutes = 1\nrecipe = {source = "xor", lr = []}\n[[screens]]\ntitle = "a"\ntext = "a"\n',
        "recipe: lr: expected a text or a number, not []",
    ),
}


@pytest.mark.parametrize("what", BIG)
def test_what_is_too_large_is_told_with_its_limit(capsys, tmp_path, what):
    """Soon, and in one line; so are lists without anything in them and brackets without an end."""
    text, said = BIG[what]
    lesson = what in ("an open lesson", "an empty list")
    path = tmp_path / ("x.toml" if lesson else "x.csv")
    path.write_text(text)
    assert said in refused(capsys, *(["lessons", str(path)] if lesson else ["run", str(path)]))


@posix
@pytest.mark.parametrize("command", [["run"], ["check"], ["run", "--rule"], ["sweep", "--seeds", "1"], ["lessons"]])
@pytest.mark.parametrize("kind", ["pipe", "device", "sparse"])
def test_what_never_ends_is_not_begun(tmp_path, command, kind):
    """A pipe, a device and a file of 20 GB: refused at once, in less memory than they would need."""
    name = tmp_path / {"run": "x.csv", "sweep": "x.csv", "lessons": "x.toml"}.get(command[-1], "x.py")
    if command == ["sweep", "--seeds", "1"]:
        name = tmp_path / "x.csv"
    if kind == "pipe":
        os.mkfifo(name)
    elif kind == "device":
        name.symlink_to("/dev/zero")
    else:
        with name.open("wb") as file:
            file.truncate(20 * 2**30)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32));"
        "from tui_backprop.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command, str(name)], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert {"pipe": "this is a pipe", "device": "this is a device", "sparse": "has 20 GiB"}[kind] in done.stderr


@pytest.mark.parametrize("size", ["4611686018427387904", "1048577", "9" * 400, "9" * 5000])
def test_a_batch_has_a_bound(capsys, size):
    """A batch of 2⁶² samples is no batch."""
    assert "batch-size: expected a whole number from 1 to 1,048,576, or full" in refused(
        capsys, "run", "--batch-size", size
    )


def test_a_user_without_a_home_may_train(tmp_path):
    """There is no place to keep machine code then; it is made for the process, and all else goes on."""
    code = (
        "import pathlib, sys\n"
        "def nowhere(): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.home = staticmethod(nowhere)\n"
        "from tui_backprop.engines import machine_code\n"
        "from tui_backprop.cli.main import main\n"
        "machine_code.forget()\n"
        "sys.exit(main(['run', '--steps', '1']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
