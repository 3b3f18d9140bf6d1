"""`tui-backprop datasets` for people."""

from __future__ import annotations

from tui_backprop.cli.datasets import main
from tui_backprop.datasets.catalogue import catalogue


def test_the_columns_of_the_list_are_apart_and_below_each_other(capsys):
    """Each set's licence begins in one column, at least two blanks behind what is before it."""
    main([])
    heads = [line for line in capsys.readouterr().out.splitlines() if line and not line.startswith(" ")]
    assert len(heads) == len(catalogue())
    found = {line.rindex(f"  {entry.licence}") for line, entry in zip(heads, catalogue(), strict=True)}
    assert len(found) == 1
