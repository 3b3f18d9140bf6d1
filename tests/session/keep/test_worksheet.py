"""A worksheet: every number that it leaves out can be computed from those that it gives, and its answers are right."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from itertools import pairwise

import numpy as np
import pytest

from tui_backprop.core.errors import InputError
from tui_backprop.core.operations.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.session.keep.worksheet.content import FUNCTIONS, calls, worksheet
from tui_backprop.session.keep.worksheet.latex import latex
from tui_backprop.session.keep.worksheet.markdown import markdown
from tui_backprop.session.keep.worksheet.tex_text import in_text
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

ON_A_CALCULATOR = {"abs", "−abs", "cos", "exp", "log", "max", "sin", "√"}
NAMES = {
    "σ": lambda z: 1 / (1 + math.exp(-z)),
    "sqrt": math.sqrt,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
}
RECIPES = [
    suggested_recipe("parity"),
    suggested_recipe("parity", rule="posted"),
    suggested_recipe("xor", hidden=(2,), batch_size=2, optimizer="adam", l2=0.1, clip=0.01),
    suggested_recipe("xor", hidden=(2, 2), optimizer="momentum", momentum=0.9, batch_size=1, loss="half-squared"),
    suggested_recipe("iris", hidden=(2,), batch_size=1, loss="cross-entropy"),
]


def run_of(recipe, steps=3):
    session = Session(recipe)
    session.run(steps)
    return session.current


def entries(text):
    """Yield (name, row with the numbers, result) of each quantity of a sheet in Markdown that is more than a copy."""
    body = text[text.index("### Forward pass, layer 1") :]
    found = []
    for block in re.findall(r"```text\n(.*?)```", body.split("## Update 2")[0], re.DOTALL):
        for line in block.splitlines():
            name, equals, row = line.partition(" = ")
            if not line.startswith(" "):
                found.append([name, row])
            elif equals and not name.strip():
                found[-1].append(row)
            else:  # a row that was folded
                found[-1][-1] += f" {line.strip()}"
    return [tuple(rows[:1] + rows[2:]) for rows in found if len(rows) == 4]


def read(number):
    return float(number.replace("−", "-"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.source}-{r.optimizer}-{r.rule}")
def test_each_answer_follows_from_the_numbers_shown_before_it(recipe):
    """A student with a calculator gets the result from the row of numbers, to the last digit or one beside it."""
    run = run_of(recipe)
    text = markdown(worksheet(run), answers=True)
    found = list(entries(text))
    assert len(found) > 8
    for name, row, result in found:
        said = row.replace("−", "-").replace("·", "*").replace("√", "sqrt")
        computed = eval(said, dict(NAMES))  # noqa: S307  (a text of our own)
        assert math.isclose(computed, read(result), rel_tol=3e-4, abs_tol=2e-8), (name, row, result)
    new = {name.removeprefix("new "): read(result) for name, _, result in found if name.startswith("new ")}
    run.advance(1)
    expected = dict(zip(run.problem.network.entry_names, run.state.parameters.tolist(), strict=True))
    assert new == {name: float(f"{value:.5g}") for name, value in expected.items()}


def test_the_exercise_asks_for_the_same_and_tells_no_answer():
    run = run_of(RECIPES[2])
    sheet = worksheet(run, 2)
    asked, answered = (markdown(sheet, answers=answers) for answers in (False, True))
    results = {result for _, _, result in entries(answered)}
    shown = {result for _, _, result in entries(asked)}
    assert [name for name, *_ in entries(asked)] == [name for name, *_ in entries(answered)]
    assert len(results) > 30
    assert shown == {"____________"}
    assert not any(re.search(r"\d{3}", row) for _, row, _ in entries(asked))


def test_later_updates_begin_with_the_results_of_the_one_before():
    sheet = worksheet(run_of(suggested_recipe("parity"), 0), 3)
    lines = [
        {line.name: line for part in u.parts for group in part.groups for line in group.lines} for u in sheet.updates
    ]
    assert [update.step for update in sheet.updates] == [0, 1, 2]
    for before, after in pairwise(lines):
        assert f"{before['new w1'].value:.6g}".replace("-", "−") in markdown(sheet, answers=True)
        weight = after["new w1"].formula.left
        assert (weight.symbol, weight.value) == ("w1", before["new w1"].value)


@pytest.mark.parametrize("activation", HIDDEN_ACTIVATIONS)
def test_every_function_is_on_a_calculator_or_defined(activation):
    for loss in LOSSES if activation == HIDDEN_ACTIVATIONS[0] else ("squared",):
        source = "iris" if loss == "cross-entropy" else "xor"
        recipe = suggested_recipe(
            source,
            hidden=(2,),
            activation=activation,
            loss=loss,
            output_activation="auto",
            optimizer="lion",
            batch_size=1,
        )
        sheet = worksheet(run_of(recipe, 1))
        used = {
            name
            for part in sheet.updates[0].parts
            for group in part.groups
            for line in group.lines
            for name in calls(line.formula)
        }
        assert used <= ON_A_CALCULATOR | set(FUNCTIONS)


def test_what_is_no_exercise_is_refused_with_what_to_do():
    with pytest.raises(InputError, match=r"about [\d,]+: give fewer --hidden units, --batch-size 1"):
        worksheet(run_of(suggested_recipe("iris", hidden=(64, 64)), 0))
    with pytest.raises(InputError, match=r"the rule no-output-slope has no formulas .* --rule exact"):
        worksheet(run_of(suggested_recipe("xor", rule="no-output-slope"), 0))
    assert "not the chain rule" in markdown(worksheet(run_of(RECIPES[1])), answers=False)


def test_what_the_network_gets_is_told_beside_what_the_data_have(tmp_path):
    """Scaled inputs and targets, features, and an optimizer that remembers nothing yet."""
    path = tmp_path / "houses.csv"
    path.write_text("size,age,price\n" + "\n".join(f"{10 * i},{i % 7},{1000 * i * i + 3}" for i in range(30)))
    recipe = suggested_recipe(str(path), hidden=(1,), batch_size=1, features=("size", "size*age"), test_fraction=0.0)
    text = markdown(worksheet(run_of(recipe, 0), 2), answers=False)
    assert r"these numbers made of the inputs: size, size\*age." in text
    assert re.search(r"Row \d+ of the data \(size \d+, age \d, price \d+\), which becomes:", text)
    assert "all that the optimizer remembers (old …) is 0" in text
    first, second = text.split("## Update 2")
    assert "old m(w2) =" not in first
    assert "\nSettings:\n" in second


@pytest.fixture
def hostile(tmp_path):
    """A run of a table whose names would mean something to Markdown, to HTML and to LaTeX."""
    path = tmp_path / "data.csv"
    head = r'"\input{/etc/passwd}","<script>*_`|$x$ & #100%","Größe ~^ 中 Ł α","c\d"'
    rows = np.random.default_rng(0).normal(size=(20, 3)).round(2).tolist()
    lines = [f"{a},{b},{c},{['no', '{}$%'][a > 0]}" for a, b, c in rows]
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return run_of(suggested_recipe(str(path), hidden=(2,), batch_size=1))


def test_names_from_a_file_are_only_names(hostile):
    sheet = worksheet(hostile)
    text = markdown(sheet, answers=False)
    assert "<script" not in text
    assert r"\<script" not in text
    assert r"&lt;script>\*\_\`\|\$x\$ &amp; \#100%" in text
    tex = latex(sheet, answers=False)
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex
    assert in_text("Größe ~^ 中 Ł α") == r"Gr\"{o}\ss{}e \textasciitilde{}\textasciicircum{} ? \L{} \(\alpha\)"
    assert in_text("Größe ~^ 中 Ł α") in tex


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed (Debian: texlive-latex-base)")
def test_latex_makes_a_page_of_it_without_a_complaint(tmp_path, hostile):
    """Each of these compiles, and no line runs out of the page."""
    sheets = [worksheet(hostile), *(worksheet(run_of(recipe)) for recipe in (RECIPES[2], RECIPES[4]))]
    for number, sheet in enumerate(sheets):
        for answers in (False, True):
            path = tmp_path / f"sheet{number}{answers}.tex"
            path.write_text(latex(sheet, answers=answers))
            done = subprocess.run(
                [shutil.which("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", path.name],
                cwd=tmp_path, capture_output=True, check=False, timeout=60,
            )  # fmt: skip
            said = done.stdout.decode(errors="replace")
            assert done.returncode == 0, said[-1500:]
            assert "Overfull" not in said, said[-3000:]
            assert path.with_suffix(".pdf").stat().st_size > 10_000
