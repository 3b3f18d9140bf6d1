"""`tui-backprop lessons`, as the user calls it."""

from __future__ import annotations

import json

from tui_backprop.cli.main import main


def test_the_list_says_what_each_lesson_is_and_how_to_take_it(capsys):
    """Ten lessons, each with the options that begin its run."""
    assert main(["lessons"]) == 0
    printed = capsys.readouterr().out
    assert "same-answer  Why does it always give the same answer?" in printed
    assert "tui-backprop parity --rule posted" in printed
    assert "`tui-backprop lessons NAME` takes one" in printed


def test_json_lists_them_all_or_one(capsys):
    """One array and nothing else, with the recipe resolved and the texts of each screen."""
    assert main(["lessons", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found][:2] == ["same-answer", "by-hand"]
    assert len(found) == 10
    assert found[0]["recipe"]["rule"] == "posted"
    assert all({"title", "text", "keys"} == set(screen) for one in found for screen in one["screens"])
    assert main(["lessons", "xor", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["xor"]


def test_trouble_is_one_line_and_status_2(capsys, tmp_path):
    """A name that there is not, a file that is not there or is wrong, and no terminal."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("title = 1", encoding="utf-8")
    for name, said in (
        ("xorr", "unknown lesson xorr; did you mean xor?"),
        ("nowhere.toml", "nowhere.toml: there is no such file"),
        (str(wrong), "wrong.toml: screens is missing"),
        ("xor", "a lesson needs a terminal"),
    ):
        assert main(["lessons", name]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"error: {said}")
        assert printed.err.count("\n") == 1
