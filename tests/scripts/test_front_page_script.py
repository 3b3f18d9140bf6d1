"""What the front page shows of a script is what `check` says of it."""

from __future__ import annotations

from tests.written import ROOT, blocks
from tui_backprop.cli.main import main


def test_the_answer_on_the_front_page_is_the_answer(tmp_path, capsys, monkeypatch):
    """The script is whole, each line of the answer is in the answer, and what is said below is as well."""
    monkeypatch.setenv("COLUMNS", "100")  # a page is wider than the smallest terminals
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.split("## What is my mistake?")[1].split("\n## ")[0]
    (code,), (shown,) = blocks(section, "python"), blocks(section, "text")
    script = tmp_path / "my_script.py"
    script.write_text(code, encoding="utf-8")
    assert main(["check", str(script)]) == 1
    said = capsys.readouterr().out
    answer = [line for line in shown.splitlines()[1:] if line]
    assert [line for line in said.splitlines() if line in answer] == answer
    said = " ".join(said.split())
    assert "asked about 5 and 16" in said
    assert "cannot go below the floor 0.2222" in said
