"""README: short, true, and every command in it works."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.written import ROOT, Reader, blocks, commands, links
from tui_backprop.session.manual import TOPICS, title

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_is_read_in_one_go():
    """At most 8 KB, and one picture."""
    assert len(README.encode()) <= 8192
    assert README.count("![") == 1


def test_its_links_lead_to_files():
    """All paths are relative, and the files are there."""
    assert links(README)
    assert [target for target in links(README) if not (ROOT / target).is_file()] == []


def test_it_lists_every_page_of_the_manual():
    """Each topic with its title, in the manual's order."""
    listed = re.findall(r"^\| (\w+) \| \[(.*?)\]\(tui_backprop/manual/(\w+)\.md\) \|$", README, re.MULTILINE)
    assert listed == [(topic, title(topic), topic) for topic in TOPICS]


def test_every_command_works_as_it_is_written(tmp_path, monkeypatch):
    """In the order of the page, in one folder; what opens the app opens it."""
    reader = Reader(tmp_path, monkeypatch)
    for line in commands(README):
        reader.type(line)
    assert reader.screens == 4


def test_the_extras_that_it_names_are_there():
    """`pip install '.[fast]'` and the others install something."""
    named = {name for line in re.findall(r"'\.\[(.*?)\]'", README) for name in line.split(",")}
    assert "fast" in named
    assert named <= PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("seed", range(4))
def test_what_it_says_learns_all_nine_points_does(tmp_path, monkeypatch, seed):
    """From any seed, not only from the first."""
    wide = next(line for line in commands(README) if line.startswith("tui-backprop run parity"))
    found = json.loads(Reader(tmp_path, monkeypatch).type(f"{wide} --seed {seed} --json"))
    assert found["accuracy"]["train"] == 1


def test_the_package_index_gets_a_text_that_needs_no_other_file():
    """Neither pictures nor links to files, which an index does not have; the commands in it are run with the manual's."""
    text = (ROOT / PROJECT["readme"]).read_text(encoding="utf-8")
    assert links(text) == []
    assert "![" not in text
    assert blocks(text, "bash")


def test_commands_are_found_wherever_they_are_written():
    """In blocks, in lists, in sentences; not where a reader has to put in a word, and not in other languages."""
    text = """`tui-backprop one` and `tui-backprop help TOPIC` and `other`

```bash
tui-backprop two --until 'LOSS < 1'
other
```

1. As here:

   ```text
   tui-backprop three
   ```
"""
    found = ["tui-backprop one", "tui-backprop two --until 'LOSS < 1'", "tui-backprop three"]
    assert commands(text) == found


@pytest.mark.parametrize("line", ["tui-backprop run nothing", "tui-backprop xr", "tui-backprop check my_rule.py"])
def test_a_command_that_fails_is_noticed(tmp_path, monkeypatch, line):
    """What a reader cannot do is no example."""
    with pytest.raises(AssertionError):
        Reader(tmp_path, monkeypatch).type(line)


def test_a_link_that_leads_nowhere_is_noticed():
    """Brackets in a picture's name belong to the link; addresses and places on the page are no files."""
    text = "![a](b/c[1x2-dark].svg) [d](e.md) [f](https://g) [h](#i)"
    assert links(text) == ["b/c[1x2-dark].svg", "e.md"]
