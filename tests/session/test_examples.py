"""Each example shows what it says."""

import io
import json
import shlex
from contextlib import redirect_stdout

import pytest

from tui_backprop.cli.main import main
from tui_backprop.session.examples import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_it_comes_to_what_it_says(example):
    """A finding, or a loss, after so many steps."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(["run", *shlex.split(example.options), "--steps", str(example.steps), "--json", "-q"]) == 0
    found = json.loads(printed.getvalue())
    if example.finding:
        assert example.finding in [one["id"] for one in found["findings"]]
    else:
        assert found["loss"]["final"]["train"] < example.below


def test_the_ravine_is_as_much_longer_as_it_says():
    """Plain sgd beside momentum, at the same rate and step."""
    losses = {}
    for optimizer in ("momentum", "sgd"):
        printed = io.StringIO()
        with redirect_stdout(printed):
            main(["run", "ravine", "--optimizer", optimizer, "--lr", "0.003", "--steps", "60", "--json", "-q"])
        losses[optimizer] = json.loads(printed.getvalue())["loss"]["final"]["train"]
    assert 160 < losses["sgd"] / losses["momentum"] < 180


def test_twelve_are_listed(capsys):
    """With the command and what to look for, as text and as JSON."""
    assert main(["examples", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 12
    assert main(["examples"]) == 0
    text = capsys.readouterr().out
    assert all(one["command"] in text and one["title"] in text for one in found)
