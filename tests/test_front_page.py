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
