"""The contributor's guide and what else lies in `.github`: what they name is there."""

from __future__ import annotations

import re

from tests.written import ROOT, links

GITHUB = ROOT / ".github"
GUIDE = (GITHUB / "CONTRIBUTING.md").read_text(encoding="utf-8")


def quoted(text):
    """What stands between backticks outside code blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def paths(text):
    """The files and folders that a text names."""
    return [name for name in quoted(text) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", name) and "/" in name]


def test_every_file_that_the_guide_names_is_there():
    """A file that is moved takes its name in the guide along."""
    assert len(paths(GUIDE)) > 10
    assert [name for name in paths(GUIDE) if not (ROOT / name).exists()] == []
    assert [target for target in links(GUIDE) if not (GITHUB / target).exists()] == []


def test_every_name_that_the_guide_gives_beside_a_file_is_in_that_file():
    """In each step, names of code between backticks are in one of the files that the step names."""
    missing = []
    for item in re.split(r"\n(?=\d+\. |- |\n)", GUIDE):
        files = [ROOT / name for name in paths(item) if (ROOT / name).is_file()]
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        names = [name for name in quoted(item) if re.fullmatch(r"_?[A-Z][A-Za-z_]+|[a-z]+_[a-z_]+", name)]
        missing += [name for name in names if files and name not in text]
    assert missing == []


def test_the_guide_lists_every_room():
    """Each folder of the package, in the order of the imports."""
    listed = re.findall(r"^\| `tui_backprop/(\w+)/` \|", GUIDE, re.MULTILINE)
    folders = {folder.parent.name for folder in ROOT.glob("tui_backprop/*/*") if not folder.parent.name.startswith("_")}
    assert set(listed) == folders
